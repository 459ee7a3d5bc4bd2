import { setImmediate } from 'node:timers/promises';
import type { KernelModule } from './kernel.ts';
import type { Matcher } from './matcher.ts';
import { createCounts, PackWalker, type PackJob, type WalkCounts, type WalkLimits } from './pack-walker.ts';
import type { ResultBatch } from './result-batch.ts';

/** Whoever walks packs, one after the other: this thread or others. */
export interface PackWalkers {
  /** What each thread has counted so far, over all packs; grows while they work. */
  readonly counts: readonly WalkCounts[];
  walk(pack: PackJob, onBatch: (batch: ResultBatch) => void): Promise<void>;
  close(): Promise<void>;
}

export interface LocalWalkerOptions {
  readonly module: KernelModule;
  readonly getMatcher: () => Promise<Matcher>;
  readonly limits: WalkLimits;
  readonly keepDropped: boolean;
  readonly signal?: AbortSignal;
}

/** How long others may have to wait for this thread. */
export const turnMilliseconds = 50;

/** Walks packs in this thread, with pauses in which timers and signals get their turn. */
export class LocalWalker implements PackWalkers {
  readonly #options: LocalWalkerOptions;
  readonly #own = createCounts();
  #walker: PackWalker | undefined;
  #onBatch: (batch: ResultBatch) => void = () => {};

  constructor(options: LocalWalkerOptions) {
    this.#options = options;
  }

  get counts(): readonly WalkCounts[] {
    return [this.#own];
  }

  async walk(pack: PackJob, onBatch: (batch: ResultBatch) => void): Promise<void> {
    const { module, getMatcher, limits, keepDropped, signal } = this.#options;
    this.#walker ??= new PackWalker(module, await getMatcher(), limits, keepDropped, (batch) => this.#onBatch(batch), this.#own);
    this.#onBatch = onBatch;
    this.#walker.open(pack);
    try {
      let turnEnd = performance.now() + turnMilliseconds;
      for (const root of pack.layout.roots) {
        this.#walker.start(root);
        while (!this.#walker.advance(turnEnd) || performance.now() > turnEnd) {
          await setImmediate();
          signal?.throwIfAborted();
          turnEnd = performance.now() + turnMilliseconds;
        }
      }
    } finally {
      this.#walker.close();
    }
  }

  async close(): Promise<void> {}
}
