import type { TaskKind } from '../../platform/tasks/index.ts';

export const scanKind = { kind: 'job.scan', queue: 'scan' } as const satisfies TaskKind;
export const cleanKind = { kind: 'job.clean', queue: 'clean' } as const satisfies TaskKind;
export const pushKind = { kind: 'job.push', queue: 'push' } as const satisfies TaskKind;
/** Files are not left behind because a storage was away for an hour. */
export const deleteFilesKind = { kind: 'job.delete-files', queue: 'deployguard', maxFailures: 20 } as const satisfies TaskKind;

export interface JobInput {
  readonly jobId: string;
}

/** What was cleaned, when other secrets are selected or it is cleaned anew: signed links must lead to it no more. */
export const deleteResultKind = { kind: 'job.delete-result', queue: 'deployguard', maxFailures: 20 } as const satisfies TaskKind;

export interface DeleteResultInput extends JobInput {
  readonly cleanedKey: string;
  readonly proofKey: string | null;
}

/** What was asked for, as it was then: the job may be asked for something else before somebody has a task tried again. */
export interface CleanInput extends JobInput {
  /** Of `digestSelection`. An older version wrote none. */
  readonly selection?: string;
}

export interface PushInput extends JobInput {
  /** An older version wrote none: it stands in the job. */
  readonly push?: PushRequest;
}

export interface PushRequest {
  /** `jobs.cleaned_key` of what is pushed. */
  readonly cleanedKey: string;
  readonly targetPlatform: string;
  readonly targetUrl: string;
  readonly targetCredentialsId: string | null;
  readonly isForced: boolean;
}

export interface DeleteFilesInput extends JobInput {
  readonly keepsProof: boolean;
}
