import { setTimeout as delay } from 'node:timers/promises';
import type { Instance, Target } from '../targets/target.ts';
import { describeCrash } from './describe-crash.ts';

const pollMs = 100;
/** What it needs may come up at the same time. */
const crashesUntilHopeless = 3;

/**
 * Waits until an instance that cannot be asked anything has run for a while without ending.
 *
 * @throws {DeliveryError} CRASHED when it does not stay.
 */
export async function awaitStable(
  target: Target,
  instance: Instance,
  { settleMs, signal }: { readonly settleMs: number; readonly signal: AbortSignal },
): Promise<void> {
  let since = performance.now();
  let restarts = 0;
  for (;;) {
    signal.throwIfAborted();
    const state = await target.inspect(instance);
    if (state === undefined || state.status === 'exited' || state.restarts >= crashesUntilHopeless) {
      throw await describeCrash(target, instance, state);
    }
    if (state.status !== 'running' || state.restarts !== restarts) since = performance.now();
    restarts = state.restarts;
    if (performance.now() - since >= settleMs) return;
    await delay(pollMs, undefined, { signal });
  }
}
