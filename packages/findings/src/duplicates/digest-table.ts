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

  get(digest: string): number | undefined {
    const key = toKey(digest);
    const slot = findSlot(this.#keys, key);
    return this.#keys[slot] === key ? this.#values[slot] : undefined;
  }

  set(digest: string, value: number): void {
    if (this.#used * 2 >= this.#keys.length) this.#grow();
    const key = toKey(digest);
    const slot = findSlot(this.#keys, key);
    if (this.#keys[slot] === 0) this.#used++;
    this.#keys[slot] = key;
    this.#values[slot] = value;
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 2);
    const values = new Int32Array(keys.length);
    for (const [from, key] of this.#keys.entries()) {
      if (key === 0) continue;
      const slot = findSlot(keys, key);
      keys[slot] = key;
      values[slot] = this.#values[from]!;
    }
    this.#keys = keys;
    this.#values = values;
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
