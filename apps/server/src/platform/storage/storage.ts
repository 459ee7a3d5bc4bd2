import type { Readable } from 'node:stream';

export interface PutOptions {
  /** Default `application/octet-stream`. */
  readonly contentType?: string;
  /** Fails with `OBJECT_EXISTS` when there is something of that name. */
  readonly ifAbsent?: boolean;
}

/** What was stored. */
export interface StoredObject {
  readonly bytes: number;
  /** Of the content, in hexadecimal. */
  readonly sha256: string;
}

export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

/** Both are within the object. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

export interface SignedUrlOptions {
  /** What it can be asked with. Links into a directory take both. Default GET. */
  readonly method?: 'GET' | 'HEAD';
  /** At most 300. */
  readonly expiresInSeconds: number;
  /** What the browser saves it as. */
  readonly fileName: string;
  readonly contentType: string;
}

/**
 * Large files by key, such as `reports/<job>/report.json`: a directory or a bucket of S3. All adapters pass one contract suite.
 *
 * A key is parts of letters, digits, `.`, `_` and `-` with `/` between them; what belongs together has the same beginning. An object is
 * there as a whole or not at all, also after a crash, and a key is never a beginning of another one (`a` beside `a/b`).
 *
 * Everything throws `StorageError`.
 */
export interface Storage {
  /** Stores a stream of any length in bounded memory. The stream's own error is thrown as it is, and nothing is stored then. */
  put(key: string, body: Readable | Uint8Array, options?: PutOptions): Promise<StoredObject>;
  /** All of it or a part; `bytes` counts the whole. Throws `OBJECT_NOT_FOUND`. Read the body or destroy it. */
  get(key: string, part?: ByteRange): Promise<{ readonly body: Readable; readonly bytes: number }>;
  has(key: string): Promise<boolean>;
  /** Removes one object, or everything below a prefix that ends with `/`. Returns how many there were. */
  remove(prefixOrKey: string): Promise<number>;
  /** Everything below a prefix that ends with `/` (all with an empty one), in no promised order. */
  list(prefix: string): AsyncIterable<ListedObject>;
  /** An address at which anybody can read this one object for a while, as an attachment. */
  signedUrl(key: string, options: SignedUrlOptions): Promise<string>;
  /** Removes what writes that were cut off more than a day ago have left behind. */
  removeUnfinished(): Promise<void>;
  /** Whether it answers. Never throws. */
  isUp(): Promise<boolean>;
}
