import { readSync } from 'node:fs';
import type { Arena } from './arena.ts';

const blockBytes = 1 << 14;
/** Entries that begin in a block and end within this much behind it are read with it; few are longer. */
const overlapBytes = 1 << 12;
const blockCount = 512;

/**
 * Brings parts of a pack file into the kernel's memory. A delta often stands far from its base and near to what was read a while ago, so
 * blocks are kept, each where its number leads: 10 MB in all, however large the pack is.
 */
export class PackBytes {
  static readonly cacheBytes = blockCount * (blockBytes + overlapBytes) + 64;

  readonly #memory: Buffer;
  readonly #cache: number;
  readonly #arena: Arena;
  readonly #blocks = new Int32Array(blockCount);
  #file = -1;
  #fileEnd = 0;
  #borrowed = 0;

  constructor(memory: Buffer, cacheAddress: number, arena: Arena) {
    this.#memory = memory;
    this.#cache = cacheAddress;
    this.#arena = arena;
  }

  /** What follows reads from this open file, which ends at `fileEnd`. */
  setFile(file: number, fileEnd: number): void {
    this.#file = file;
    this.#fileEnd = fileEnd;
    this.#blocks.fill(-1);
  }

  /**
   * The address of a range of the file; valid until the next call of this method or of `release`. 0 when there is no memory for it or
   * the file no longer holds it.
   */
  locate(start: number, end: number): number {
    const block = Math.floor(start / blockBytes);
    const blockStart = block * blockBytes;
    if (end > blockStart + blockBytes + overlapBytes) return this.#readLong(start, end);
    const slot = block % blockCount;
    const address = this.#cache + slot * (blockBytes + overlapBytes);
    if (this.#blocks[slot] !== block) {
      this.#blocks[slot] = -1;
      if (!this.#read(address, blockStart, Math.min(this.#fileEnd, blockStart + blockBytes + overlapBytes))) return 0;
      this.#blocks[slot] = block;
    }
    return address + (start - blockStart);
  }

  /** Gives up what the last `locate` may have borrowed. */
  release(): void {
    if (this.#borrowed !== 0) this.#arena.free(this.#borrowed);
    this.#borrowed = 0;
  }

  #readLong(start: number, end: number): number {
    this.#borrowed = this.#arena.allocate(end - start);
    if (this.#borrowed === 0) return 0;
    return this.#read(this.#borrowed, start, end) ? this.#borrowed : 0;
  }

  #read(address: number, start: number, end: number): boolean {
    for (let at = start; at < end;) {
      const read = readSync(this.#file, this.#memory, address + (at - start), end - at, at);
      if (read === 0) return false;
      at += read;
    }
    return true;
  }
}
