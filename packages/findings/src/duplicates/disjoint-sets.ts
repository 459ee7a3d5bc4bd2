/** Numbers from 0 on, joined into sets (union by size, paths halved): nearly constant time for each step. */
export class DisjointSets {
  readonly #parents: number[] = [];
  readonly #sizes: number[] = [];

  /** A new set of one; its number. */
  add(): number {
    this.#sizes.push(1);
    return this.#parents.push(this.#parents.length) - 1;
  }

  /** The number that stands for the whole set; it changes when sets are joined. */
  find(member: number): number {
    let at = member;
    while (this.#parents[at] !== at) {
      this.#parents[at] = this.#parents[this.#parents[at]!]!;
      at = this.#parents[at]!;
    }
    return at;
  }

  join(a: number, b: number): void {
    const [one, other] = [this.find(a), this.find(b)];
    if (one === other) return;
    const [large, small] = this.#sizes[one]! < this.#sizes[other]! ? [other, one] : [one, other];
    this.#parents[small] = large;
    this.#sizes[large] = this.#sizes[large]! + this.#sizes[small]!;
  }

  sizeOf(member: number): number {
    return this.#sizes[this.find(member)]!;
  }
}
