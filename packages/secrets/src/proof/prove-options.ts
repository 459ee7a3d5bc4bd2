import type { RewriteFacts } from './check-rewrite.ts';

/** A value that must not be there, with the keyed hash under which the proof names it. */
export interface ValueToProve {
  /** Latin-1, one character a byte. */
  readonly value: string;
  readonly hash: string;
}

export interface ProveOptions {
  /** What the proof calls the repository. */
  readonly name: string;
  readonly tool: { readonly name: string; readonly version: string };
  readonly now: Date;
  readonly values: readonly ValueToProve[];
  readonly workDirectory: string;
  /** It will be put in the place of its source. */
  readonly isInPlace?: boolean;
  /** What the repository was made of. Without it only its content is proved. */
  readonly facts?: RewriteFacts;
  /** Where to write the maps from old to new ids; needs `facts`. */
  readonly mapsDirectory?: string;
  /** Threads that search. Default: one a processor, at most 4. */
  readonly lanes?: number;
  readonly onProgress?: (progress: ProveProgress) => void;
  readonly signal?: AbortSignal;
}

export interface ProveProgress {
  /** Objects. */
  readonly done: number;
  readonly total: number;
  readonly bytes: number;
}

/** How many places of each kind a proof lists; all are counted. */
export const maxListed = 1000;
