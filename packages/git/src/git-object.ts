import type { ObjectType } from './object-type.ts';

/** An object as git stores it. */
export interface GitObject {
  readonly oid: string;
  readonly type: ObjectType;
  /** Bytes. */
  readonly size: number;
  /**
   * Everything in it; `undefined` when it is larger than the reader's `maxBufferedBytes`.
   * It may be a view into a larger read buffer: copy it when you keep it for long.
   */
  readonly content: Buffer | undefined;
  /** The content piece by piece, when it is too large for `content`. What is left unread is skipped when the next object is asked for. */
  readonly chunks?: AsyncIterable<Buffer>;
}

export interface ReadObjectsOptions {
  /** They are few, from all over a large store. */
  readonly isSparse?: boolean;
  /** Larger objects come as `chunks`. Default 64 MiB. */
  readonly maxBufferedBytes?: number;
  /** Told of each object that is not there (or cannot be read). Without it, such an object is an `OBJECT_MISSING` error. */
  readonly onMissing?: (oid: string) => void;
  /** Where loose objects stand: large ones among those that are named are read without git, which would map them as a whole. */
  readonly objectDirectories?: readonly string[];
  readonly signal?: AbortSignal;
}

export const defaultMaxBufferedBytes = 64 * 1024 * 1024;
