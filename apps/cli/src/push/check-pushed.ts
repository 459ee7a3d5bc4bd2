import { pushRepository, type PushResult } from '@deployguard/git';
import { provePushed, type PushedProof } from '@deployguard/secrets';
import { chooseTransfer } from '../source/choose-transfer.ts';
import { openSource } from '../source/open-source.ts';
import { loadOldCommits } from './load-ref-map.ts';
import { recoverValues } from './recover-values.ts';
import type { PushJob } from './run-push.ts';

/** What the target hands out after a push. */
export interface PushCheck {
  readonly verdict: 'proven' | 'same-ids' | 'nothing-pushed' | 'failed';
  /** Of a fresh clone, when the values are still known. */
  readonly pushed?: PushedProof;
  /** Values of the proof that were not searched for, because the cleaned repository does not tell them. */
  readonly unknownValueCount: number;
}

/**
 * Clones afresh and searches every object for the values, where the repository that was cleaned is at hand to tell them. Otherwise asks
 * the target for its refs: equal ids are equal histories.
 */
export async function checkPushed(job: PushJob, pushed: PushResult): Promise<PushCheck> {
  const { flags, context, progress, workDirectory, path, result } = job;
  const { proof, layout } = result;
  if (isNothingPushed(pushed)) return { verdict: 'nothing-pushed', unknownValueCount: 0 };
  if (proof && path !== layout.repository) {
    await using source = await openSource({ repoPath: path }, context, progress);
    const values = await recoverValues(source, proof, context, progress);
    if (values.length > 0) {
      const oldCommits = loadOldCommits(layout.maps);
      const checked = await provePushed(flags.targetUrl, {
        name: proof.repository.name,
        tool: { name: 'deployguard', version: context.version },
        now: new Date(),
        values,
        workDirectory,
        clone: chooseTransfer(flags.targetUrl, context),
        pushedRefs: listPushed(pushed),
        isOldCommit: (oid) => oldCommits.has(oid),
        onProgress: ({ done, total, bytes }) => progress.update({ label: 'Proving what was pushed', done, total, bytes }),
        signal: context.signal,
      });
      return { verdict: checked.proof.verdict, pushed: checked, unknownValueCount: proof.searched.values.length - values.length };
    }
  }
  progress.update({ label: 'Asking what the target has', done: 0, total: 0 });
  const options = { ...chooseTransfer(flags.targetUrl, context), workDirectory, dryRun: true, signal: context.signal };
  const { refs } = await pushRepository(layout.repository, flags.targetUrl, options);
  const now = new Map(refs.map(({ name, remoteTarget }) => [name, remoteTarget]));
  const isSame = listPushed(pushed).every(({ name, target }) => now.get(name) === target);
  return { verdict: isSame ? 'same-ids' : 'failed', unknownValueCount: proof?.searched.values.length ?? 0 };
}

/** What the target has already counts only for a push that is repeated. */
function isNothingPushed(pushed: PushResult): boolean {
  const statuses = new Set(pushed.refs.map(({ status }) => status));
  const isRefused = statuses.has('moved') || statuses.has('rejected');
  const isChanged = statuses.has('created') || statuses.has('updated') || statuses.has('deleted');
  return listPushed(pushed).length === 0 || (isRefused && !isChanged);
}

function listPushed({ refs }: PushResult): { name: string; target: string }[] {
  return refs.flatMap(({ name, target, status }) =>
    target !== undefined && (status === 'created' || status === 'updated' || status === 'unchanged') ? [{ name, target }] : [],
  );
}
