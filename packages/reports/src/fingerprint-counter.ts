import { hash } from 'node:crypto';

const firstSlots = 1 << 10;

/** Tells findings apart that look alike, by the order in which they come: no line number is needed for it. */
export class FingerprintCounter {
  /**
   * The beginnings of the first fingerprints of those that look alike, as numbers, each in the first free slot from its own on; 0 is a free
   * one. Millions lie here, and in a Map they would take several times the room.
   */
  #keys = new Float64Array(firstSlots);
  /** By slot: how many have come. */
  #counts = new Uint32Array(firstSlots);
  #used = 0;

  /** The fingerprint of the next finding of which this is all that tells it from others: 32 hex digits. */
  next(base: string): string {
    const first = digest(base, 0);
    const count = this.#count(Number.parseInt(first.slice(0, keyDigits), 16) + 1);
    return count === 0 ? first : digest(base, count);
  }

  /** How many have come before. */
  #count(key: number): number {
    if (this.#used * 2 >= this.#keys.length) this.#grow();
    const slot = findSlot(this.#keys, key);
    if (this.#keys[slot] === 0) {
      this.#keys[slot] = key;
      this.#used++;
    }
    return this.#counts[slot]!++;
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 2);
    const counts = new Uint32Array(keys.length);
    for (const [from, key] of this.#keys.entries()) {
      if (key === 0) continue;
      const slot = findSlot(keys, key);
      keys[slot] = key;
      counts[slot] = this.#counts[from]!;
    }
    this.#keys = keys;
    this.#counts = counts;
  }
}

/** As many as a number holds exactly. */
const keyDigits = 13;
const keyRange = 16 ** keyDigits;

function digest(base: string, count: number): string {
  return hash('sha256', `${base}\0${count}`, 'hex').slice(0, 32);
}

/** Where a key lies or may be put; digests are spread evenly. */
function findSlot(keys: Float64Array, key: number): number {
  const last = keys.length - 1;
  let slot = Math.floor((key / keyRange) * keys.length) & last;
  while (keys[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & last;
  return slot;
}
