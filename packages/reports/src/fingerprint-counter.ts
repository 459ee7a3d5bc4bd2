import { hash } from 'node:crypto';
import { DigestTable } from '@deployguard/findings';

/** Of some findings, one that is not the first of those that look alike: `count` others came before it. */
export interface Repeat {
  readonly index: number;
  readonly count: number;
}

/** What is needed to know fingerprints again: less to send than they are. */
export type FingerprintKeys = Float64Array<ArrayBuffer>;

/** Tells findings apart that look alike, by the order in which they come: no line number is needed for it. */
export class FingerprintCounter {
  /** By the first fingerprint of those that look alike: how many have come. */
  readonly #counts = new DigestTable();

  /** Which of the next findings, by the keys of their first fingerprints, are not the first of their kind. */
  count(firsts: ArrayLike<number>): Repeat[] {
    const repeats: Repeat[] = [];
    for (let index = 0; index < firsts.length; index++) {
      const count = this.#counts.increase(firsts[index]!);
      if (count > 0) repeats.push({ index, count });
    }
    return repeats;
  }
}

/** The fingerprint of the first finding of which this is all that tells it from others: 32 hex digits. */
export function firstFingerprint(base: string): string {
  return digest(base, 0);
}

/** That of one that looks like `count` others before it. */
export function laterFingerprint(first: string, count: number): string {
  return digest(first, count);
}

function digest(text: string, count: number): string {
  return hash('sha256', `${text}\0${count}`, 'hex').slice(0, 32);
}
