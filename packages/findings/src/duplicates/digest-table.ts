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

  /** The number of the key of a digest, which is this one from now on if it has none. */
  putIfAbsent(key: number, value: number): number {
    const slot = findSlot(this.#keys, key);
    if (this.#keys[slot] === key) return this.#values[slot]!;
    this.#insert(slot, key, value);
    return value;
  }

  /** Counts the key of a digest; answers how often it was counted before. */
  increase(key: number): number {
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

/** What a table knows a digest by, from 1 on. */
export function toDigestKey(digest: string): number {
  let [high, low] = [0, 0];
  for (let at = 0; at < highDigits; at++) high = (high << 4) | digitValues[digest.charCodeAt(at)]!;
  for (let at = highDigits; at < keyDigits; at++) low = (low << 4) | digitValues[digest.charCodeAt(at)]!;
  return high * lowRange + low + 1;
}

/** As many as numbers of 32 bits hold: with them it takes a third of the time of `Number.parseInt`, for each of millions. */
const highDigits = 7;
const lowRange = 16 ** (keyDigits - highDigits);

/** By the code of a hexadecimal digit. */
const digitValues = new Uint8Array(128);
for (let value = 0; value < 16; value++) digitValues[value.toString(16).charCodeAt(0)] = value;

/** Where a key lies or may be put; digests are spread evenly. */
function findSlot(keys: Float64Array, key: number): number {
  const last = keys.length - 1;
  let slot = Math.floor((key / keyRange) * keys.length) & last;
  while (keys[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & last;
  return slot;
}
