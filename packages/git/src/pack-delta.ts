const blockBytes = 16;
const maxCopyBytes = 0xffffff;
const maxInsertBytes = 127;

/**
 * A delta in git's format (gitformat-pack(5)) that makes `target` from `base`; `undefined` when it would not be shorter than `maxBytes`.
 *
 * Common beginning and end first: two versions of a tree rarely differ in more. What is between is looked up in the base by blocks.
 */
export function buildDelta(base: Buffer, target: Buffer, maxBytes: number): Buffer | undefined {
  const writer = new DeltaWriter(base, target, maxBytes);
  const shorter = Math.min(base.length, target.length);
  let head = 0;
  while (head < shorter && base[head] === target[head]) head++;
  let tail = 0;
  while (tail < shorter - head && base[base.length - 1 - tail] === target[target.length - 1 - tail]) tail++;

  if (head > 0) writer.copy(0, head);
  writeMiddle(writer, base, target, head, base.length - tail, target.length - tail);
  if (tail > 0) writer.copy(base.length - tail, tail);
  return writer.finish();
}

function writeMiddle(writer: DeltaWriter, base: Buffer, target: Buffer, head: number, baseEnd: number, targetEnd: number): void {
  if (targetEnd - head <= blockBytes * 2 || baseEnd - head < blockBytes) {
    writer.insert(head, targetEnd);
    return;
  }
  const { slots, shift } = indexBlocks(base, head, baseEnd);
  let pending = head;
  let at = head;
  while (at + blockBytes <= targetEnd && !writer.isTooLong) {
    const candidate = slots[hashBlock(target, at) >>> shift]! - 1;
    if (candidate < 0 || !blocksEqual(base, candidate, target, at)) {
      at++;
      continue;
    }
    let from = candidate;
    let start = at;
    while (start > pending && from > 0 && base[from - 1] === target[start - 1]) {
      from--;
      start--;
    }
    let length = at - start + blockBytes;
    while (start + length < targetEnd && from + length < base.length && base[from + length] === target[start + length]) length++;
    writer.insert(pending, start);
    writer.copy(from, length);
    at = start + length;
    pending = at;
  }
  writer.insert(pending, targetEnd);
}

function indexBlocks(base: Buffer, start: number, end: number): { slots: Uint32Array; shift: number } {
  const bits = Math.min(22, Math.max(6, Math.ceil(Math.log2((end - start) / blockBytes + 1)) + 1));
  const shift = 32 - bits;
  const slots = new Uint32Array(2 ** bits);
  for (let at = start; at + blockBytes <= end; at += blockBytes) {
    const slot = hashBlock(base, at) >>> shift;
    // The first of equal blocks wins: runs of one byte would else fill one chain.
    if (slots[slot] === 0) slots[slot] = at + 1;
  }
  return { slots, shift };
}

function hashBlock(content: Buffer, at: number): number {
  let hash = 0;
  for (let i = 0; i < blockBytes; i += 4) {
    const word = content[at + i]! | (content[at + i + 1]! << 8) | (content[at + i + 2]! << 16) | (content[at + i + 3]! << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return Math.imul(hash, 0x85ebca6b) >>> 0;
}

function blocksEqual(base: Buffer, from: number, target: Buffer, at: number): boolean {
  for (let i = 0; i < blockBytes; i++) {
    if (base[from + i] !== target[at + i]) return false;
  }
  return true;
}

class DeltaWriter {
  readonly #target: Buffer;
  readonly #maxBytes: number;
  #out: Buffer;
  #length = 0;

  constructor(base: Buffer, target: Buffer, maxBytes: number) {
    this.#target = target;
    this.#maxBytes = maxBytes;
    this.#out = Buffer.allocUnsafe(Math.max(64, Math.min(maxBytes, 4096)));
    this.#pushSize(base.length);
    this.#pushSize(target.length);
  }

  get isTooLong(): boolean {
    return this.#length >= this.#maxBytes;
  }

  copy(from: number, length: number): void {
    for (let done = 0; done < length && !this.isTooLong; done += maxCopyBytes) {
      this.#pushCopy(from + done, Math.min(maxCopyBytes, length - done));
    }
  }

  insert(start: number, end: number): void {
    for (let at = start; at < end && !this.isTooLong; at += maxInsertBytes) {
      const length = Math.min(maxInsertBytes, end - at);
      this.#reserve(length + 1);
      this.#out[this.#length++] = length;
      this.#target.copy(this.#out, this.#length, at, at + length);
      this.#length += length;
    }
  }

  finish(): Buffer | undefined {
    return this.isTooLong ? undefined : this.#out.subarray(0, this.#length);
  }

  #pushCopy(from: number, length: number): void {
    this.#reserve(8);
    const commandAt = this.#length++;
    let command = 0x80;
    for (let i = 0; i < 4; i++) {
      const byte = Math.floor(from / 256 ** i) & 0xff;
      if (byte === 0) continue;
      command |= 1 << i;
      this.#out[this.#length++] = byte;
    }
    for (let i = 0; i < 3; i++) {
      const byte = (length >> (8 * i)) & 0xff;
      if (byte === 0) continue;
      command |= 0x10 << i;
      this.#out[this.#length++] = byte;
    }
    this.#out[commandAt] = command;
  }

  #pushSize(size: number): void {
    let rest = size;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#out[this.#length++] = (rest & 0x7f) | 0x80;
    this.#out[this.#length++] = rest;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes > this.#out.length) this.#out = Buffer.concat([this.#out, Buffer.allocUnsafe(this.#out.length + bytes)]);
  }
}
