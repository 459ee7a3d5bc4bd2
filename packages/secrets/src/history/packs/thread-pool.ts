import { Worker } from 'node:worker_threads';
import { createCounts, type PackJob, type WalkCounts } from './pack-walker.ts';
import type { PackWalkers } from './local-walker.ts';
import type { ResultBatch } from './result-batch.ts';
import type { ThreadJob, ThreadMessage, ThreadSetup } from './scan-thread.ts';

export interface ThreadPoolOptions extends Omit<ThreadSetup, 'counts'> {
  readonly threads: number;
  readonly signal?: AbortSignal;
}

/** Threads that walk packs together. They get ready while the caller does other things. */
export class ThreadPool implements PackWalkers {
  readonly counts: readonly WalkCounts[];
  readonly #workers: readonly Worker[];
  /** Rejects when a thread fails. */
  readonly #failure = Promise.withResolvers<never>();
  readonly #signal: AbortSignal | undefined;

  constructor({ threads, signal, ...setup }: ThreadPoolOptions) {
    this.#signal = signal;
    this.counts = Array.from({ length: threads }, createCounts);
    const script = new URL(`./scan-thread${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url);
    this.#workers = this.counts.map((counts) => {
      const workerData: ThreadSetup = { ...setup, counts };
      // Contents lie outside of the heap: a larger young generation would only keep dead wrappers for longer.
      return new Worker(script, { workerData, resourceLimits: { maxYoungGenerationSizeMb: 24 } });
    });
    for (const worker of this.#workers) {
      worker.on('error', this.#failure.reject);
      worker.on('exit', (code) => this.#failure.reject(new Error(`A scanning thread ended too early (exit ${code}).`)));
    }
    // A thread may fail, or end by `close`, while nobody waits for it.
    this.#failure.promise.catch(() => {});
  }

  /** Rejects when a thread fails or the signal fires; the pool is of no use then. */
  async walk(
    { path, layout, hashBytes, duplicates, ids, wanted, links, linksOnly }: PackJob,
    onBatch: (batch: ResultBatch) => void,
  ): Promise<void> {
    // Of what the caller's pack holds besides, threads need nothing, and it would be copied for each.
    const pack = {
      path,
      layout,
      hashBytes,
      duplicates,
      ...(ids && { ids }),
      ...(wanted && { wanted }),
      ...(links && { links }),
      ...(linksOnly && { linksOnly }),
    };
    const job: ThreadJob = { pack, queue: new Int32Array(new SharedArrayBuffer(4)) };
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const onAbort = (): void => reject(this.#signal!.reason as Error);
    this.#signal?.throwIfAborted();
    this.#signal?.addEventListener('abort', onAbort);
    try {
      const shares = Promise.all(this.#workers.map((worker) => walkShare(worker, job, onBatch)));
      await Promise.race([shares, aborted, this.#failure.promise]);
    } finally {
      this.#signal?.removeEventListener('abort', onAbort);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

async function walkShare(worker: Worker, job: ThreadJob, onBatch: (batch: ResultBatch) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onMessage = (message: ThreadMessage): void => {
    try {
      if (message === 'done') resolve();
      else onBatch(message);
    } catch (error) {
      reject(error);
    }
  };
  worker.on('message', onMessage);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  worker.postMessage(job);
  try {
    await promise;
  } finally {
    worker.off('message', onMessage);
  }
}
