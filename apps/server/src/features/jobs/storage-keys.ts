/** Names of what a job stores. What one attempt of a task stores is its own: an attempt that lost its lease cannot touch what another wrote. */
export interface RunKeys {
  /** Sealed: the repository as it was scanned, a bundle. */
  readonly source: string;
  /** Sealed: each value with its keyed hash. */
  readonly values: string;
  /** Everything of the cleaned repository stands below it. */
  readonly cleaned: string;
  readonly zip: string;
  readonly bundle: string;
  /** Sealed, for names of refs may hold secrets: what a push needs to know of the source. */
  readonly pushPlan: string;
  readonly proof: string;
}

export function buildRunKeys(jobId: string, { taskId, attempt }: { readonly taskId: string; readonly attempt: number }): RunKeys {
  const run = `${taskId}.${attempt}`;
  return {
    source: `repos/${jobId}/source/${run}.bundle`,
    values: `reports/${jobId}/${run}.values`,
    cleaned: `cleaned/${jobId}/${run}`,
    ...cleanedKeys(`cleaned/${jobId}/${run}`),
    proof: `proofs/${jobId}/${run}.json`,
  };
}

/** What stands below `jobs.cleaned_key`. */
export function cleanedKeys(cleanedKey: string): Pick<RunKeys, 'zip' | 'bundle' | 'pushPlan'> {
  return { zip: `${cleanedKey}/repository.zip`, bundle: `${cleanedKey}/repository.bundle`, pushPlan: `${cleanedKey}/push-plan` };
}

/** Everything of a job, as prefixes. */
export function listJobPrefixes(jobId: string, { keepsProof }: { readonly keepsProof: boolean }): string[] {
  return ['repos', 'reports', 'cleaned', ...(keepsProof ? [] : ['proofs'])].map((kind) => `${kind}/${jobId}/`);
}

/** Under which all files of jobs stand. */
export const jobFileKinds = ['repos/', 'reports/', 'cleaned/', 'proofs/'] as const;

/** The attempt that stored a file of a job, `run` as `task.attempt`; undefined when it is none of ours. */
export function parseRun(key: string): { readonly run: string; readonly taskId: string } | undefined {
  const [, run, taskId] = /\/(([0-9a-f-]{36})\.\d+)(?:[./]|$)/.exec(key) ?? [];
  return run === undefined || taskId === undefined ? undefined : { run, taskId };
}
