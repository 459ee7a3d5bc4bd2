import { setTimeout as delay } from 'node:timers/promises';

const limitMs = 300_000;

/** Asks again and again until the answer is a true one, and returns that. For what will be so, but nobody tells when. */
export async function until<Value>(what: string, ask: () => Value | Promise<Value>): Promise<NonNullable<Value>> {
  const deadline = performance.now() + limitMs;
  while (performance.now() < deadline) {
    const value = await ask();
    if (value !== undefined && value !== null && value !== false) return value;
    await delay(25);
  }
  throw new Error(`${what}: not within ${limitMs / 1000} seconds.`);
}
