import { rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { GitError } from './git-error.ts';
import type { GitErrorCode } from './git-error.ts';
import { packEntryKinds } from './pack-entry.ts';
import type { WrittenPack } from './pack-builder.ts';
import type { PackEntries } from './pack-entries.ts';
import type { ObjectFormat, ObjectType } from './object-type.ts';
import { spoolPieces } from './spool-pieces.ts';

/**
 * Objects on their way to the pack: `bytes` holds ids and contents, `fields` five numbers for each object: kind (as in packs), where its id
 * stands, where its content begins and ends, and where the id of a similar object stands (-1 for none).
 */
export interface PackBatch {
  readonly bytes: Uint8Array;
  readonly fields: Float64Array;
}

export const batchFields = 5;

export type PackRequest =
  | { readonly kind: 'add'; readonly batch: PackBatch }
  | { readonly kind: 'addFile'; readonly type: ObjectType; readonly path: string }
  | { readonly kind: 'copy'; readonly source: PackEntries; readonly isKept: Uint8Array }
  | { readonly kind: 'finish' };

/** What a request gives: the pack when it is finished, the id of an object that came in a file. */
export interface PackOutcome {
  readonly pack?: WrittenPack;
  readonly id?: Uint8Array;
}

export type PackAnswer =
  | ({ readonly kind: 'done' } & PackOutcome)
  | { readonly kind: 'failed'; readonly error: Error; readonly code?: GitErrorCode; readonly systemCall?: SystemCall };

/** What tells a full disk from a fault of ours. */
type SystemCall = Pick<NodeJS.ErrnoException, 'errno' | 'code' | 'syscall' | 'path'>;

export interface PackWriterOptions {
  /** An existing directory that nothing else but other writers writes packs to. */
  readonly directory: string;
  readonly objectFormat: ObjectFormat;
}

interface OutstandingRequest {
  readonly bytes: number;
  readonly promise: Promise<PackOutcome>;
  resolve(outcome: PackOutcome): void;
  reject(error: unknown): void;
}

const batchBytes = 1024 * 1024;
const batchObjects = 512;
const maxOutstandingBytes = 8 * 1024 * 1024;

/** Compiled, the worker is a `.js` beside this file. */
const workerUrl = new URL(`./pack-writer-worker${extname(import.meta.filename)}`, import.meta.url);

/**
 * Writes one pack with its index in a thread of its own: compressing, finding deltas and checksums happen there (see PackBuilder).
 *
 * `add` never waits; call `waitForRoom` now and then to keep memory bounded. Errors of the thread come out of the next call that waits.
 */
export class PackWriter implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #directory: string;
  #parts: Uint8Array[] = [];
  #fields: number[] = [];
  #batchedBytes = 0;
  readonly #outstanding: OutstandingRequest[] = [];
  #outstandingBytes = 0;
  #failure: unknown;

  constructor(options: PackWriterOptions) {
    this.#directory = options.directory;
    this.#worker = new Worker(workerUrl, {
      workerData: options,
      // Flags of this process, such as --input-type, are not meant for it.
      execArgv: [],
      // Its buffers lie outside of the heap; a large young generation would only keep dead ones for longer.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    this.#worker.on('message', (answer: PackAnswer) => this.#take(answer));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('The pack writer ended early.')));
  }

  /** Adds an object unless it was added before. `likeId`: one added lately that it may resemble. The bytes are copied later: leave them alone. */
  add(type: ObjectType, id: Uint8Array, content: Uint8Array, likeId?: Uint8Array): void {
    const idAt = this.#append(id);
    const likeIdAt = likeId ? this.#append(likeId) : -1;
    const contentAt = this.#append(content);
    this.#fields.push(packEntryKinds[type], idAt, contentAt, contentAt + content.length, likeIdAt);
    if (this.#batchedBytes >= batchBytes || this.#fields.length >= batchObjects * batchFields) this.#sendBatch();
  }

  /**
   * Adds an object that is too large for memory, unless it was added before, and gives its id. It goes through a file in the pack's
   * directory, for its size, and with that its id, is only known at the end. Stored whole; one at a time.
   */
  async addPieces(type: ObjectType, pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const path = join(this.#directory, 'tmp_object');
    try {
      await spoolPieces(path, pieces);
      this.#sendBatch();
      const { id } = await this.#send({ kind: 'addFile', type, path }, [], 0);
      return Buffer.from(id!);
    } finally {
      await rm(path, { force: true });
    }
  }

  /** Copies entries of another pack without unpacking them; see PackBuilder.copyEntries. `isKept` is given away. */
  async copyEntries(source: PackEntries, isKept: Uint8Array): Promise<void> {
    this.#sendBatch();
    await this.#send({ kind: 'copy', source, isKept }, [], 0);
  }

  /** Resolves as soon as little enough waits to be written. */
  async waitForRoom(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    while (this.#outstandingBytes > maxOutstandingBytes) await this.#outstanding[0]!.promise;
  }

  async finish(): Promise<WrittenPack> {
    this.#sendBatch();
    const { pack } = await this.#send({ kind: 'finish' }, [], 0);
    await this.close();
    return pack!;
  }

  /** Ends the thread. Without `finish` before, no pack is left under a name that git looks for. */
  async close(): Promise<void> {
    this.#worker.removeAllListeners('exit');
    await this.#worker.terminate();
    this.#fail(new Error('The pack writer was closed.'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #append(bytes: Uint8Array): number {
    const at = this.#batchedBytes;
    this.#parts.push(bytes);
    this.#batchedBytes += bytes.length;
    return at;
  }

  #sendBatch(): void {
    if (this.#fields.length === 0) return;
    const bytes = new Uint8Array(this.#batchedBytes);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    const fields = Float64Array.from(this.#fields);
    this.#parts = [];
    this.#fields = [];
    this.#batchedBytes = 0;
    void this.#send({ kind: 'add', batch: { bytes, fields } }, [bytes.buffer, fields.buffer], bytes.length);
  }

  #send(request: PackRequest, transfer: ArrayBuffer[], bytes: number): Promise<PackOutcome> {
    const { promise, resolve, reject } = Promise.withResolvers<PackOutcome>();
    // Whoever waits next sees the failure; a batch by itself has nobody to tell.
    promise.catch(() => undefined);
    if (this.#failure !== undefined) {
      reject(this.#failure);
      return promise;
    }
    this.#outstanding.push({ bytes, promise, resolve, reject });
    this.#outstandingBytes += bytes;
    this.#worker.postMessage(request, transfer);
    return promise;
  }

  #take(answer: PackAnswer): void {
    if (answer.kind === 'failed') {
      // A thread hands over an error's message, but not its class.
      if (answer.code) this.#fail(new GitError(answer.code, answer.error.message, { cause: answer.error }));
      else this.#fail(Object.assign(answer.error, answer.systemCall));
      return;
    }
    const done = this.#outstanding.shift();
    if (!done) return;
    this.#outstandingBytes -= done.bytes;
    done.resolve(answer);
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const { reject } of this.#outstanding.splice(0)) reject(this.#failure);
    this.#outstandingBytes = 0;
  }
}
