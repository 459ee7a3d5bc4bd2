import type { Git } from './git.ts';
import type { ObjectFormat } from './object-type.ts';

/** A ref of the source. Names are one character a byte (Latin-1, see `displayName`). */
export interface Ref {
  readonly name: string;
  /** Id of the object it leads to. */
  readonly target: string;
  /** The ref that it points to, when it is symbolic. */
  readonly symbolicTarget?: string;
}

/** Something that keeps objects alive without being a ref. */
export interface HiddenRoot {
  /** Where it was found, such as `refs/stash@{1}`, `ORIG_HEAD` or `worktrees/x/HEAD`. */
  readonly name: string;
  readonly target: string;
}

export const obstacleKinds = [
  'shallow',
  'partial',
  'grafts',
  'alternates',
  'replace-refs',
  'kept-packs',
  'precious-objects',
  'invalid-refs',
  'broken-head',
] as const;

/** Why a repository cannot be taken as a whole: a scan warns of it, rewriting refuses. */
export interface RepositoryObstacle {
  readonly kind: (typeof obstacleKinds)[number];
  /** What it is, what it means and what to do about it. */
  readonly message: string;
}

/**
 * A repository to read: a fresh bare one of ours, into which the source's objects are linked and its refs are copied as data. No setting,
 * hook or program of the source takes part.
 */
export interface Repository extends AsyncDisposable {
  /** The fresh bare repository. git runs only here. */
  readonly gitDir: string;
  /** Where packs and loose objects really are, for reading them directly. */
  readonly objectDirectories: readonly string[];
  readonly objectFormat: ObjectFormat;
  readonly git: Git;
  /** Every ref of the source that leads to an object, in the order of their bytes. */
  readonly refs: readonly Ref[];
  /** The ref that HEAD points to, or an object id when it is detached; `undefined` when that ref does not exist. */
  readonly head: string | undefined;
  /** The ref that HEAD points to when it does not exist (yet). */
  readonly unbornHead?: string;
  readonly hiddenRoots: readonly HiddenRoot[];
  readonly obstacles: readonly RepositoryObstacle[];
  /** Removes the fresh repository. The source is left alone. */
  close(): Promise<void>;
}
