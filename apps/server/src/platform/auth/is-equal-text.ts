import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares in a time that depends neither on where two texts differ nor on how long the secret one is. */
export function isEqualText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
