import type { ObjectFormat } from '@deployguard/git';
import type { ObjectMap } from './object-map.ts';

/** What a rewrite made of a repository. Nothing in it holds a secret value, except `oldName` of a ref that was renamed because it held one. */
export interface RewriteResult {
  /** The delivered bare repository: complete in itself, no alternates, no reflogs but that of the stash. */
  readonly gitDir: string;
  readonly objectFormat: ObjectFormat;
  /** Old → new id of every object that changed. */
  readonly objects: ObjectMap;
  /** Objects that the source reaches and the result must not hold. */
  readonly droppedObjects: ObjectIdList;
  /** Objects in the result. */
  readonly objectCount: number;
  /** Every ref of the source, changed or not, in the source's order. */
  readonly refs: readonly RefChange[];
  /** What HEAD points to in the result: a ref's name, or an id when it is detached. */
  readonly head: string;
  /** Commits in the result, and how many of them are not the source's. */
  readonly commitCount: number;
  readonly changedCommitCount: number;
  /** Per changed ref its oldest rewritten commits, by their old ids: what comes before them is untouched. */
  readonly firstChangedCommits: readonly FirstChangedCommit[];
  /** Places that hold or may hold a value and that a rewrite cannot clean. */
  readonly notCleanable: readonly NotCleanable[];
  /** Objects of Git LFS that pointers in the history name. They are not in the repository, so nothing looked into them. */
  readonly lfsObjects: readonly string[];
  /** Paths and refs that would have got the same name without the secret, and what they are called now. */
  readonly collisions: readonly NameCollision[];
}

/** Ids kept as bytes: a repository has millions. */
export interface ObjectIdList extends Iterable<string> {
  readonly size: number;
  has(oid: string): boolean;
  /** The same for an id as bytes. */
  hasId(ids: Uint8Array, offset: number): boolean;
}

/**
 * Names are Latin-1, one character a byte. `newName` and `newTarget` are absent when the ref is not in the result. A symbolic ref's targets
 * are those of the ref that it points to.
 */
export interface RefChange {
  readonly oldName: string;
  readonly newName?: string;
  readonly oldTarget: string;
  readonly newTarget?: string;
}

export interface FirstChangedCommit {
  readonly ref: string;
  readonly commit: string;
}

export interface NotCleanable {
  /** What kind of place: `archive-member`, `lfs-object`, `note`, … An `archive-seal` is a signature that no longer fits what was cleaned. */
  readonly what: 'archive-member' | 'archive-seal' | 'lfs-pointer' | 'commit-structure' | 'tag-structure' | 'tree-name' | 'note';
  /** Where: an object's id, with a path when one is known. */
  readonly where: string;
  /** Why, and what can be done. */
  readonly why: string;
}

export interface NameCollision {
  readonly kind: 'path' | 'ref' | 'note';
  readonly newName: string;
}
