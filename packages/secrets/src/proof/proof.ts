import type { ObjectFormat, ObjectType } from '@deployguard/git';

/**
 * The statement about a repository: what was read, what was searched, what was found, and how it came from its source. JSON as it stands.
 *
 * It never holds a value: values appear as their keyed hashes, names of refs and files that hold one are masked.
 */
export interface Proof {
  readonly format: 'deployguard-proof/1';
  readonly tool: { readonly name: string; readonly version: string };
  /** RFC 3339, by the clock of whoever made the proof. */
  readonly createdAt: string;
  readonly repository: ProvenRepository;
  /** `proven` only when every check passed. */
  readonly verdict: 'proven' | 'failed';
  /** Each object was read for this proof. */
  readonly coverage: 'every-object';
  readonly checks: readonly ProofCheck[];
  readonly searched: Searched;
  readonly found: Found;
  readonly limitations: Limitations;
  /** How the repository came from its source; absent when only its content was proved. */
  readonly rewrite?: ProvenRewrite;
}

export interface ProvenRepository {
  readonly name: string;
  readonly objectFormat: ObjectFormat;
  readonly refCount: number;
  /** SHA-256 over the sorted lines `<id> <name>\n` of all refs. It fixes everything that they reach. */
  readonly refsDigest: string;
  readonly head: string | null;
  /** It was put in the place of its source: settings, hooks and index are the user's. */
  readonly isInPlace?: true;
}

export interface ProofCheck {
  readonly name: string;
  readonly passed: boolean;
  /** What was compared and what came out. */
  readonly details: string;
}

export interface Searched {
  readonly objects: Readonly<Record<ObjectType, { readonly count: number; readonly bytes: number }>>;
  /** Files of the git directory, packs included, searched as they lie on disk. */
  readonly files: { readonly count: number; readonly bytes: number };
  /** Every way in which each value was looked for, also inside of what was opened. What stands in none of them is not proven to be absent. */
  readonly forms: readonly string[];
  readonly opened: readonly string[];
  readonly values: readonly ProvenValue[];
}

export interface ProvenValue {
  /** Keyed SHA-256, as in the findings. */
  readonly hash: string;
  /** Forms in which this value is too short to be told from chance, so they were not looked for. */
  readonly formsLeftOut?: readonly string[];
}

export interface Found {
  readonly count: number;
  /** The first of them. */
  readonly places: readonly FoundPlace[];
}

export interface FoundPlace {
  readonly valueHash: string;
  readonly form: string;
  /** `blob <id>`, `file packed-refs`, `ref name`, `path`. */
  readonly where: string;
  /** The containers around it, outermost first. */
  readonly within?: readonly string[];
  readonly at: number;
}

/** What a reader of the proof must know though no check failed for it. */
export interface Limitations {
  /** Content that may hold anything and cannot be opened: unknown formats, encrypted members, more than the limits allow. */
  readonly unopenedCount: number;
  readonly unopened: readonly { readonly object: string; readonly within: readonly string[]; readonly reason: string }[];
  /** Objects that no ref reaches. They were searched like all others. */
  readonly unreachableCount: number;
  /** Places outside the rewriter's reach, as it reported them. */
  readonly notCleanable: readonly { readonly what: string; readonly where: string; readonly why: string }[];
  /** Objects of Git LFS named by pointers; they are not in the repository. */
  readonly lfsObjects: readonly string[];
}

export interface ProvenRewrite {
  readonly sourceRefCount: number;
  /** As `refsDigest`, of the source when it was cleaned. */
  readonly sourceRefsDigest: string;
  readonly commitCount: number;
  readonly changedCommitCount: number;
  readonly changedObjectCount: number;
  readonly droppedObjectCount: number;
  readonly changedRefCount: number;
  /** The first of them; all stand in the ref map. */
  readonly changedRefs: readonly ChangedRef[];
  readonly firstChangedCommits: readonly { readonly ref: string; readonly commit: string }[];
  readonly maps: readonly MapFile[];
}

export interface ChangedRef {
  readonly oldName: string;
  readonly newName: string | null;
  readonly oldTarget: string;
  readonly newTarget: string | null;
}

/** A text file beside the proof, one entry a line: `<old id> <new id>`. */
export interface MapFile {
  readonly name: string;
  readonly lines: number;
  readonly sha256: string;
}
