const firstSlots = 1024;

/** As many as a number holds exactly. */
const keyDigits = 13;
const keyRange = 16 ** keyDigits;

/**
 * A whole number for each of millions of digests (hexadecimal). Of a digest only the beginning is held, as a number: in a Map they would take several
 * times the room.
 */
export class DigestTable {
  /** Each in the first free slot from its own on; 0 is a free one. */
  #keys = new Float64Array(firstSlots);
  #values = new Int32Array(firstSlots);
  #used = 0;

  /** The number of a digest, which is this one from now on if it has none. */
  putIfAbsent(digest: string, value: number): number {
    const key = toKey(digest);
    const slot = findSlot(this.#keys, key);
    if (this.#keys[slot] === key) return this.#values[slot]!;
    this.#insert(slot, key, value);
    return value;
  }

  /** Counts a digest; answers how often it was counted before. */
  increase(digest: string): number {
    const key = toKey(digest);
    const slot = findSlot(this.#keys, key);
    if (this.#keys[slot] === key) return this.#values[slot]!++;
    this.#insert(slot, key, 1);
    return 0;
  }

  #insert(slot: number, key: number, value: number): void {
    this.#keys[slot] = key;
    this.#values[slot] = value;
    if (++this.#used * 2 >= this.#keys.length) this.#grow();
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Float64Array(keys.length * 2);
    this.#values = new Int32Array(keys.length * 2);
    for (let from = 0; from < keys.length; from++) {
      const key = keys[from]!;
      if (key === 0) continue;
      const slot = findSlot(this.#keys, key);
      this.#keys[slot] = key;
      this.#values[slot] = values[from]!;
    }
  }
}

/** From 1 on. */
function toKey(digest: string): number {
  return Number.parseInt(digest.slice(0, keyDigits), 16) + 1;
}

/** Where a key lies or may be put; digests are spread evenly. */
function findSlot(keys: Float64Array, key: number): number {
  const last = keys.length - 1;
  let slot = Math.floor((key / keyRange) * keys.length) & last;
  while (keys[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & last;
  return slot;
}
