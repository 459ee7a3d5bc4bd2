import { Worker } from 'node:worker_threads';
import type { FingerprintKeys, Repeat } from '../fingerprint-counter.ts';
import type { ReportPart } from '../read-report.ts';
import { releaseBytes } from '../reading/json-parcel.ts';
import type { JsonParcel, SpareBytes } from '../reading/json-parcel.ts';
import { KnownParents } from './known-parents.ts';
import type { FromThread, ThreadSetup, ToThread } from './messages.ts';

/** A parcel that is being read. */
export interface BegunParcel<Made> {
  /** The keys of the first fingerprints of its findings. */
  readonly firsts: Promise<FingerprintKeys>;
  /** Goes on when it is known which of them look like findings before them. In the order of the parcels. */
  finish(repeats: readonly Repeat[]): Promise<ReportPart<Made>>;
}

/** As much as it has to do while it is not looked after. */
const mostWaiting = 3;

/** What its findings wait in: with less they are taken for what stays, and collected late. */
const maxYoungGenerationSizeMb = 32;

/** A thread that reads parcels while others are read here. One that does not begin is never asked. */
export class ReadingThread<Made> implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #spare: SpareBytes;
  readonly #parents = new KnownParents();
  #isReady = false;
  #failure: Error | undefined;
  readonly #reading: PromiseWithResolvers<FingerprintKeys>[] = [];
  readonly #making: PromiseWithResolvers<ReportPart<Made>>[] = [];

  constructor(script: URL, workerData: ThreadSetup, spare: SpareBytes) {
    this.#spare = spare;
    this.#worker = new Worker(script, { workerData, resourceLimits: { maxYoungGenerationSizeMb } });
    this.#worker.on('message', (message: FromThread<Made>) => this.#take(message));
    this.#worker.on('messageerror', (error) => this.#fail(error));
    this.#worker.on('error', (error) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', (code) => this.#fail(new Error(`A thread that reads a report ended too early (exit ${code}).`)));
  }

  /** Whether it would read another parcel soon. */
  get hasRoom(): boolean {
    return this.#isReady && this.#failure === undefined && this.#reading.length < mostWaiting;
  }

  /** The parcel's bytes are gone then. */
  read(parcel: JsonParcel): BegunParcel<Made> {
    const firsts = this.#expect(this.#reading);
    this.#tell({ parcel: { ...parcel, lists: this.#parents.shorten(parcel.lists) } }, [parcel.bytes.buffer]);
    return {
      firsts,
      finish: (repeats) => {
        const part = this.#expect(this.#making);
        this.#tell({ repeats });
        return part;
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  #expect<Answer>(answers: PromiseWithResolvers<Answer>[]): Promise<Answer> {
    const answer = Promise.withResolvers<Answer>();
    // Told to who asks for it: what comes behind a failure may not.
    answer.promise.catch(() => undefined);
    if (this.#failure) answer.reject(this.#failure);
    else answers.push(answer);
    return answer.promise;
  }

  #take(message: FromThread<Made>): void {
    if (this.#failure) return;
    if (message === 'ready') this.#isReady = true;
    else if ('part' in message) this.#making.shift()!.resolve(message.part);
    else {
      releaseBytes(message.bytes, this.#spare);
      this.#reading.shift()!.resolve(message.firsts);
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of [...this.#reading.splice(0), ...this.#making.splice(0)]) reject(this.#failure);
  }

  #tell(message: ToThread, transferred: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transferred);
  }
}
