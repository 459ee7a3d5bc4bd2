import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { StoredObject } from './storage.ts';

/** What is to be stored, measured while it is read, once. */
export class Content implements AsyncIterable<Uint8Array> {
  /** Why it could not be read to its end: the error of whoever gives it, not of the storage. */
  failure: { readonly cause: unknown } | undefined;
  readonly #body: Readable | Uint8Array;
  readonly #hash: Hash = createHash('sha256');
  #bytes = 0;

  constructor(body: Readable | Uint8Array) {
    this.#body = body;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const chunks = this.#body instanceof Uint8Array ? [this.#body] : (this.#body as AsyncIterable<Uint8Array>);
    try {
      for await (const chunk of chunks) {
        this.#hash.update(chunk);
        this.#bytes += chunk.length;
        yield chunk;
      }
    } catch (cause) {
      this.failure = { cause };
      throw cause;
    }
  }

  /** Lets go of what was not read. */
  close(): void {
    if (!(this.#body instanceof Uint8Array)) this.#body.destroy();
  }

  /** Call once, after the end. */
  measure(): StoredObject {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}
