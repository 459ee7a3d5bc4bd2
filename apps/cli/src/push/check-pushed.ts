import { pushRepository, type PushResult } from '@deployguard/git';
import { provePushed, type PushedProof } from '@deployguard/secrets';
import { chooseTransfer } from '../source/choose-transfer.ts';
import { openSource } from '../source/open-source.ts';
import { loadOldCommits } from './load-ref-map.ts';
import { recoverValues } from './recover-values.ts';
import type { PushJob } from './run-push.ts';

/** What the target hands out after a push. */
export type PushCheck =
  | { readonly verdict: 'nothing-pushed' }
  | {
      readonly verdict: 'proven' | 'failed';
      /** Of a fresh clone. */
      readonly pushed: PushedProof;
      /** Values of the proof that were not searched for, because the cleaned repository does not tell them. */
      readonly unknownValueCount: number;
    }
  | {
      readonly verdict: 'same-ids' | 'other-ids';
      /** Why only ids were compared. */
      readonly unsearched: Unsearched;
    };

/** `result-named`: the user named the result, which does not tell what went from it. `values-unknown`: a scan of the source tells none of them. */
export type Unsearched = 'no-proof' | 'no-values' | 'result-named' | 'values-unknown';

/**
 * Clones afresh and searches every object for the values, where the repository that was cleaned is at hand to tell them. Otherwise asks
 * the target for its refs: equal ids are equal histories.
 */
export async function checkPushed(job: PushJob, pushed: PushResult): Promise<PushCheck> {
  if (isNothingPushed(pushed)) return { verdict: 'nothing-pushed' };
  const searched = await searchClone(job, pushed);
  return typeof searched === 'string' ? await compareIds(job, pushed, searched) : searched;
}

async function searchClone(
  { flags, context, progress, workDirectory, path, result }: PushJob,
  pushed: PushResult,
): Promise<PushCheck | Unsearched> {
  const { proof, layout } = result;
  if (!proof) return 'no-proof';
  const sought = proof.searched.values.length;
  if (sought === 0) return 'no-values';
  if (path === layout.repository) return 'result-named';
  await using source = await openSource({ repoPath: path }, context, progress);
  const values = await recoverValues(source, proof, context, progress);
  if (values.length === 0) return 'values-unknown';
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
  return { verdict: checked.proof.verdict, pushed: checked, unknownValueCount: sought - values.length };
}

async function compareIds(
  { flags, context, progress, workDirectory, result: { layout } }: PushJob,
  pushed: PushResult,
  unsearched: Unsearched,
): Promise<PushCheck> {
  progress.update({ label: 'Asking what the target has', done: 0, total: 0 });
  const options = { ...chooseTransfer(flags.targetUrl, context), workDirectory, dryRun: true, signal: context.signal };
  const { refs } = await pushRepository(layout.repository, flags.targetUrl, options);
  const now = new Map(refs.map(({ name, remoteTarget }) => [name, remoteTarget]));
  const isSame = listPushed(pushed).every(({ name, target }) => now.get(name) === target);
  return { verdict: isSame ? 'same-ids' : 'other-ids', unsearched };
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
