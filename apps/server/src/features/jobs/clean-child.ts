import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openLocalRepository } from '@deployguard/git';
import { defaultReplacement, proveRepository, rewriteRepository, writeBundle, writeZip } from '@deployguard/secrets';
import type { RewriteProgress, RewriteResult } from '@deployguard/secrets';
import { createProgress } from '../../platform/children/index.ts';
import type { PhaseRange } from '../../platform/children/index.ts';
import type { ChildContext } from '../../platform/tasks/index.ts';
import type { KeptValue } from './scan-child.ts';

export interface CleanOrder {
  /** Where `source.bundle` and `values.json` are, and where it leaves `proof.json`, `push-plan.json`, `repository.zip` and `.bundle`. */
  readonly workDirectory: string;
  readonly name: string;
  readonly version: string;
}

/** What a push must know of the source. Names are Latin-1, one character a byte. */
export interface PushPlan {
  /** What refs led to when they were scanned: all that a push may replace. */
  readonly expectedTargets: readonly (readonly [name: string, target: string])[];
  /** Old names of refs that were renamed because they held a secret. */
  readonly renamed: readonly string[];
}

const phases: Readonly<Record<RewriteProgress['phase'], { readonly label: string; readonly range: PhaseRange }>> = {
  searching: { label: 'Searching objects', range: [5, 20] },
  files: { label: 'Rewriting files', range: [20, 25] },
  trees: { label: 'Rewriting trees', range: [25, 30] },
  commits: { label: 'Rewriting commits', range: [30, 38] },
  copying: { label: 'Copying objects', range: [38, 44] },
  finishing: { label: 'Writing the result', range: [44, 45] },
};

/** Runs in a process of its own: rewrites, proves, packs. */
export async function handle({ workDirectory, name, version }: CleanOrder, context: ChildContext): Promise<{ verdict: string }> {
  const { signal } = context;
  const report = createProgress(context);
  const file = (fileName: string): string => join(workDirectory, fileName);
  const values = JSON.parse(await readFile(file('values.json'), 'utf8')) as KeptValue[];
  await context.progress(1, 'Unpacking the repository');
  await using source = await openLocalRepository(file('source.bundle'), { workDirectory, signal });
  await context.log(`Rewriting the history without ${values.length === 1 ? 'one value' : `${values.length} values`}.`);
  const rewrite = await rewriteRepository(source, {
    values: values.map(({ value }) => ({ value, replacement: defaultReplacement })),
    outputDirectory: file('repository.git'),
    onProgress: (progress) => report(phases[progress.phase].range, phases[progress.phase].label, progress),
    signal,
  });
  for (const { what, where, why } of rewrite.notCleanable) await context.log(`Not cleaned: ${what} ${where}: ${why}`);

  const proof = await proveRepository(rewrite.gitDir, {
    name,
    tool: { name: 'deployguard', version },
    now: new Date(),
    values,
    workDirectory,
    facts: { source, rewrite },
    onProgress: (progress) => report([45, 80], 'Proving', progress),
    signal,
  });
  await writeFile(file('proof.json'), JSON.stringify(proof));
  await context.log(`The cleaned history is ${proof.verdict === 'proven' ? 'proven' : 'NOT proven'}.`);
  if (proof.verdict !== 'proven') return { verdict: proof.verdict };

  await context.progress(85, 'Packing');
  await writeFile(file('push-plan.json'), JSON.stringify(toPushPlan(rewrite)), { mode: 0o600 });
  await writeZip(rewrite.gitDir, file('repository.zip'));
  await using cleaned = await openLocalRepository(rewrite.gitDir, { workDirectory, signal });
  await writeBundle(cleaned, file('repository.bundle'));
  return { verdict: proof.verdict };
}

function toPushPlan({ refs }: RewriteResult): PushPlan {
  const renamed = refs.filter(({ oldName, newName }) => newName !== oldName);
  return {
    expectedTargets: [
      ...refs.map(({ oldName, oldTarget }) => [oldName, oldTarget] as const),
      ...renamed.flatMap(({ newName, oldTarget }) => (newName === undefined ? [] : [[newName, oldTarget] as const])),
    ],
    renamed: renamed.map(({ oldName }) => oldName),
  };
}
