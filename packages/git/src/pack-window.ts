import { readSync } from 'node:fs';

const windowBytes = 4 * 1024 * 1024;

/** Reads a file mostly from front to back without a system call for each small piece. */
export class PackWindow {
  readonly #file: number;
  #buffer = Buffer.allocUnsafe(windowBytes);
  #start = 0;
  #length = 0;

  constructor(file: number) {
    this.#file = file;
  }

  /** A view that holds until the next call; `undefined` when the file ends before. */
  read(position: number, length: number): Buffer | undefined {
    if (position < this.#start || position + length > this.#start + this.#length) this.#fill(position, length);
    const at = position - this.#start;
    return at + length > this.#length ? undefined : this.#buffer.subarray(at, at + length);
  }

  #fill(position: number, length: number): void {
    if (length > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(length);
    this.#start = position;
    this.#length = 0;
    while (this.#length < this.#buffer.length) {
      const got = readSync(this.#file, this.#buffer, this.#length, this.#buffer.length - this.#length, position + this.#length);
      if (got === 0) return;
      this.#length += got;
    }
  }
}
