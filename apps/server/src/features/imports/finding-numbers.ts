/** Numbers of findings that were seen, one bit each: of a million in 125 kB. */
export class FindingNumbers {
  #bits = new Uint8Array(1024);

  /** False when it is there already. */
  add(number: number): boolean {
    const [index, bit] = [number >>> 3, 1 << (number & 7)];
    if (index >= this.#bits.length) this.#grow(index + 1);
    const isNew = (this.#bits[index]! & bit) === 0;
    this.#bits[index]! |= bit;
    return isNew;
  }

  has(number: number): boolean {
    return ((this.#bits[number >>> 3] ?? 0) & (1 << (number & 7))) !== 0;
  }

  /** The first number from this one on that was not seen. */
  findMissing(from: number): number {
    let number = from;
    while (this.has(number)) number++;
    return number;
  }

  #grow(bytes: number): void {
    const grown = new Uint8Array(Math.max(bytes, this.#bits.length * 2));
    grown.set(this.#bits);
    this.#bits = grown;
  }
}
