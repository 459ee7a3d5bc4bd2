import { hash } from 'node:crypto';
import { DigestTable } from '@deployguard/findings';

/** Tells findings apart that look alike, by the order in which they come: no line number is needed for it. */
export class FingerprintCounter {
  /** By the first fingerprint of those that look alike: how many have come. */
  readonly #counts = new DigestTable();

  /** The fingerprint of the next finding of which this is all that tells it from others: 32 hex digits. */
  next(base: string): string {
    const first = digest(base, 0);
    const count = this.#counts.get(first) ?? 0;
    this.#counts.set(first, count + 1);
    return count === 0 ? first : digest(base, count);
  }
}

function digest(base: string, count: number): string {
  return hash('sha256', `${base}\0${count}`, 'hex').slice(0, 32);
}
