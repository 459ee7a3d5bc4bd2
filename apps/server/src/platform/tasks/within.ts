import { setTimeout as delay } from 'node:timers/promises';

/** Waits for the work, but no longer. */
export async function within(seconds: number, work: Promise<unknown>): Promise<void> {
  const ended = new AbortController();
  await Promise.race([work, delay(seconds * 1000, undefined, { signal: ended.signal }).catch(() => {})]);
  ended.abort();
}
