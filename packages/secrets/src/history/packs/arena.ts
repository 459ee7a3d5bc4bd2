/** Hands out memory between two addresses. Few pieces are in use at a time: contents along one path of a delta tree. */
export class Arena {
  readonly #start: number;
  readonly #end: number;
  readonly #slackBytes: number;
  /** Pieces in use, by address: starts and ends, the slack included. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  constructor(start: number, end: number, slackBytes: number) {
    this.#start = start;
    this.#end = end;
    this.#slackBytes = slackBytes;
  }

  /** The lowest address where that many bytes and the slack are free; 0 when there is none. */
  allocate(bytes: number): number {
    const needed = (bytes + this.#slackBytes + 63) & ~63;
    let at = this.#start;
    for (let i = 0; i <= this.#starts.length; i++) {
      const limit = i < this.#starts.length ? this.#starts[i]! : this.#end;
      if (limit - at >= needed) {
        this.#starts.splice(i, 0, at);
        this.#ends.splice(i, 0, at + needed);
        return at;
      }
      at = this.#ends[i]!;
    }
    return 0;
  }

  free(address: number): void {
    const i = this.#starts.indexOf(address);
    this.#starts.splice(i, 1);
    this.#ends.splice(i, 1);
  }
}
