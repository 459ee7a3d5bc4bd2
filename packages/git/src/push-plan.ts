import { isUtf8 } from 'node:buffer';
import type { Ref } from './repository.ts';

/** What became of one ref of a push. Names are Latin-1, one character a byte. */
export interface PushedRef {
  readonly name: string;
  /**
   * `created`, `updated`, `deleted`, `unchanged`: done. `withheld`: not tried. `moved`: the remote's ref is no longer what it was when the
   * history was scanned, and was left alone. `rejected`: the remote, or git, refused. `left`: only the remote has it.
   */
  readonly status: 'created' | 'updated' | 'deleted' | 'unchanged' | 'withheld' | 'moved' | 'rejected' | 'left';
  /** Why, for a person; without control characters. */
  readonly reason?: string;
  /** What it leads to here; absent when it is not here. */
  readonly target?: string;
  /** What it led to there; absent when it was not there. */
  readonly remoteTarget?: string;
}

/** One update to ask for. */
export interface PushUpdate {
  readonly name: string;
  /** Absent: delete it. */
  readonly target?: string;
  /** What the remote must still have for the update to happen; `''` when it must not have the ref. Absent: an ordinary push. */
  readonly expected?: string;
}

export interface PushPlan {
  /** What needs no push, or must not have one. */
  readonly settled: readonly PushedRef[];
  readonly updates: readonly PushUpdate[];
}

export interface PushPlanOptions {
  /** What each ref led to when it was scanned. A ref that leads elsewhere now was pushed to since and is left alone. */
  readonly expectedTargets: ReadonlyMap<string, string>;
  /** Replace refs whose new history does not contain the old one. */
  readonly force: boolean;
  /** Refs to delete there, such as the old names of renamed ones. */
  readonly deleteRefs: readonly string[];
}

/** Decides for each ref here and there what to do. `remoteRefs`: what the remote showed, from names to ids. */
export function planPush(refs: readonly Ref[], remoteRefs: ReadonlyMap<string, string>, options: PushPlanOptions): PushPlan {
  const settled: PushedRef[] = [];
  const updates: PushUpdate[] = [];
  const own = new Set(refs.map(({ name }) => name));
  for (const { name, target, symbolicTarget } of refs) {
    const remoteTarget = remoteRefs.get(name);
    const known = { name, target, ...(remoteTarget !== undefined && { remoteTarget }) };
    const reason = symbolicTarget === undefined ? whyWithheld(name) : 'it is symbolic; the ref that it points to is pushed';
    if (remoteTarget === target) settled.push({ ...known, status: 'unchanged' });
    else if (reason !== undefined) settled.push({ ...known, status: 'withheld', reason });
    else if (remoteTarget === undefined) updates.push({ name, target, expected: '' });
    else if (!options.force) updates.push({ name, target });
    else if (options.expectedTargets.get(name) === remoteTarget) updates.push({ name, target, expected: remoteTarget });
    else settled.push({ ...known, status: 'moved', reason: movedReason });
  }
  const doomed = new Set(options.deleteRefs.filter((name) => !own.has(name)));
  for (const [name, remoteTarget] of remoteRefs) {
    if (own.has(name)) continue;
    const reason = whyWithheld(name);
    if (!doomed.has(name)) settled.push({ name, remoteTarget, status: 'left', ...(reason !== undefined && { reason }) });
    else if (reason !== undefined) settled.push({ name, remoteTarget, status: 'withheld', reason });
    else if (options.expectedTargets.get(name) === remoteTarget) updates.push({ name, expected: remoteTarget });
    else settled.push({ name, remoteTarget, status: 'moved', reason: movedReason });
  }
  return { settled, updates };
}

export const movedReason = 'the remote has something else than what was scanned; scan and clean again, so that nothing is lost';

export const heldBackReason = 'nothing was replaced, because another ref could not be';

/** Refs that belong to the host, which refuses pushes to them, or to one clone alone. */
const withheldRefs: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^refs\/pull\//, 'GitHub keeps pull requests itself; ask its support to remove the old ones'],
  [/^refs\/pull-requests\//, 'Bitbucket keeps pull requests itself'],
  [/^refs\/merge-requests\//, 'GitLab keeps merge requests itself; its repository cleanup removes the old ones'],
  [/^refs\/(?:keep-around|pipelines|environments)\//, 'GitLab keeps it itself; its repository cleanup removes the old ones'],
  [/^refs\/changes\//, 'Gerrit keeps changes itself'],
  [/^refs\/remotes\//, 'it records what another remote had'],
  [/^refs\/stash$/, 'it is the private work of one clone'],
];

function whyWithheld(name: string): string | undefined {
  const [, reason] = withheldRefs.find(([pattern]) => pattern.test(name)) ?? [];
  if (reason !== undefined) return reason;
  // Names travel in git's arguments, which are text.
  return isUtf8(Buffer.from(name, 'latin1')) ? undefined : 'its name is not UTF-8';
}
