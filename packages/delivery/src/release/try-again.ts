import { setTimeout as delay } from 'node:timers/promises';
import { DeliveryError } from '../delivery-error.ts';
import type { DeliveryErrorCode } from '../delivery-error.ts';

export interface TryAgainOptions {
  readonly signal: AbortSignal;
  /** Told why, and what is done about it. */
  readonly onPause: (message: string) => Promise<void> | void;
}

/** What another program of this machine or of the network could not do: a moment later, when it was started anew, it may. */
const mayPass: ReadonlySet<DeliveryErrorCode> = new Set([
  'ENGINE_UNAVAILABLE',
  'ENGINE_FAILED',
  'REGISTRY_UNREACHABLE',
  'ROUTER_UNREACHABLE',
]);
const pausesSeconds = [1, 3, 9];

/** Runs what can be repeated until it works, as long as there is hope. Throws what it threw last, or the reason of the signal. */
export async function tryAgain<Result>(run: () => Promise<Result>, { signal, onPause }: TryAgainOptions): Promise<Result> {
  for (const seconds of pausesSeconds) {
    try {
      return await run();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof DeliveryError) || !mayPass.has(error.code)) throw error;
      await onPause(`${error.message} It is tried again in ${seconds} s.`);
      await delay(seconds * 1000, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
  return run();
}
