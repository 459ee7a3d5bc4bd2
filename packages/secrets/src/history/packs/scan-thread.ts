import { parentPort, workerData } from 'node:worker_threads';
import type { KernelModule } from './kernel.ts';
import { loadMatcher, type MatcherSource } from './matcher.ts';
import { PackWalker, type PackJob, type WalkCounts, type WalkLimits } from './pack-walker.ts';
import type { ResultBatch } from './result-batch.ts';

/** What a thread is started with. */
export interface ThreadSetup {
  readonly module: KernelModule;
  readonly matcher: MatcherSource;
  readonly limits: WalkLimits;
  readonly keepDropped: boolean;
  /** Shared with the main thread. */
  readonly counts: WalkCounts;
}

/** A pack of which the thread takes its share. */
export interface ThreadJob {
  readonly pack: PackJob;
  /** One number: the next root that no thread has taken. */
  readonly queue: Int32Array;
}

export type ThreadMessage = ResultBatch | 'done';

/** Roots taken at a time. Neighbours' deltas often stand near to each other. */
const rootsAtATime = 16;

if (parentPort) await serve(workerData as ThreadSetup);

async function serve({ module, matcher, limits, keepDropped, counts }: ThreadSetup): Promise<void> {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
  const send = (message: ThreadMessage): void => parentPort!.postMessage(message);
  const walker = new PackWalker(module, await loadMatcher(matcher), limits, keepDropped, send, counts);
  parentPort!.on('message', ({ pack, queue }: ThreadJob) => {
    const { roots } = pack.layout;
    walker.open(pack);
    for (let first = Atomics.add(queue, 0, rootsAtATime); first < roots.length; first = Atomics.add(queue, 0, rootsAtATime)) {
      for (const root of roots.subarray(first, first + rootsAtATime)) {
        walker.start(root);
        walker.advance(Infinity);
      }
    }
    walker.close();
    send('done');
  });
}
