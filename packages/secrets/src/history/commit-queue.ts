/** Commits waiting for their turn: the latest first, among equals the one that came first. A binary heap. */
export class CommitQueue {
  readonly #timeOf: (commit: number) => number;
  readonly #heap: { readonly commit: number; readonly time: number; readonly arrival: number }[] = [];
  #arrivals = 0;

  constructor(timeOf: (commit: number) => number) {
    this.#timeOf = timeOf;
  }

  add(commit: number): void {
    const item = { commit, time: this.#timeOf(commit), arrival: this.#arrivals++ };
    let at = this.#heap.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(item, this.#heap[parent]!)) break;
      this.#heap[at] = this.#heap[parent]!;
      at = parent;
    }
    this.#heap[at] = item;
  }

  take(): number | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (!first || !last || this.#heap.length === 0) return first?.commit;
    let at = 0;
    for (let child = 1; child < this.#heap.length; child = 2 * at + 1) {
      if (child + 1 < this.#heap.length && isBefore(this.#heap[child + 1]!, this.#heap[child]!)) child++;
      if (!isBefore(this.#heap[child]!, last)) break;
      this.#heap[at] = this.#heap[child]!;
      at = child;
    }
    this.#heap[at] = last;
    return first.commit;
  }
}

function isBefore(a: { readonly time: number; readonly arrival: number }, b: { readonly time: number; readonly arrival: number }): boolean {
  return a.time > b.time || (a.time === b.time && a.arrival < b.arrival);
}
