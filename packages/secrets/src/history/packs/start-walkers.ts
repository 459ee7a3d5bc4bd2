import { availableParallelism } from 'node:os';
import { findKernelModule } from './kernel.ts';
import { LocalWalker, type PackWalkers } from './local-walker.ts';
import type { Matcher, MatcherSource } from './matcher.ts';
import type { WalkLimits } from './pack-walker.ts';
import { ThreadPool } from './thread-pool.ts';

export interface StartWalkersOptions {
  readonly matcher: MatcherSource;
  readonly keepDropped: boolean;
  /** Threads besides this one. Default: as many as processors for a large store, none for a small one. */
  readonly workers?: number;
  readonly limits?: Partial<WalkLimits>;
  readonly signal?: AbortSignal;
}

/** Below this the start of threads costs more than they bring. */
const bytesWorthThreads = 20 << 20;
/** Addresses of the kernel's memory are below 2 GiB. */
const largestContentBytes = 1 << 30;

/** Those who will walk packs of that size together; `undefined` when there are none or there is no kernel. */
export function startWalkers(packBytes: number, options: StartWalkersOptions, getMatcher: () => Promise<Matcher>): PackWalkers | undefined {
  const module = packBytes > 0 ? findKernelModule() : undefined;
  if (!module) return undefined;
  const threads = options.workers ?? (packBytes < bytesWorthThreads ? 0 : availableParallelism());
  const limits: WalkLimits = {
    contentBytes: Math.min(
      largestContentBytes,
      Math.floor((options.limits?.contentBytes ?? chooseContentBytes(packBytes)) / Math.max(1, threads)),
    ),
    totalBytes: options.limits?.totalBytes ?? 2 ** 36 + 1000 * packBytes,
  };
  const { matcher, keepDropped, signal } = options;
  const setup = { module, limits, keepDropped, ...(signal && { signal }) };
  return threads > 0 ? new ThreadPool({ ...setup, matcher, threads }) : new LocalWalker({ ...setup, getMatcher });
}

/** Room for contents: what is reserved without need makes the platform collect garbage early; what does not fit is read through git. */
function chooseContentBytes(packBytes: number): number {
  return Math.min(256 << 20, Math.max(16 << 20, 8 * packBytes));
}
