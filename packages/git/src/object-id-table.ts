/** The memory of a table. Can be sent to a thread, which sees the same. */
export interface SharedObjectIds {
  readonly idBytes: number;
  readonly ids: Uint8Array;
  readonly slots: Int32Array;
}

/**
 * A set of object ids that numbers them 0, 1, 2 … in the order of their arrival.
 *
 * Binary and open-addressed: 1.2 million SHA-1 ids take about 40 MB, where a Map of hexadecimal strings takes ten times that. An id is its
 * own hash, so its first four bytes choose the slot.
 */
export class ObjectIdTable {
  readonly idBytes: number;
  #ids: Buffer;
  #slots: Int32Array;
  #size = 0;
  readonly #scratch: Buffer;

  /** `idBytes`: 20 for SHA-1, 32 for SHA-256. */
  constructor(idBytes: number, expectedSize = 1024) {
    this.idBytes = idBytes;
    this.#ids = allocate(expectedSize * idBytes);
    this.#slots = allocateSlots(slotCountFor(expectedSize));
    this.#scratch = Buffer.alloc(idBytes);
  }

  /** A table over the memory of another thread's, only for finding: neither may add from then on. */
  static fromShared({ idBytes, ids, slots }: SharedObjectIds): ObjectIdTable {
    const table = new ObjectIdTable(idBytes, 1);
    table.#ids = Buffer.from(ids.buffer, ids.byteOffset, ids.length);
    table.#slots = slots;
    table.#size = ids.length / idBytes;
    return table;
  }

  /** What another thread needs to find the ids that are there now. */
  share(): SharedObjectIds {
    return { idBytes: this.idBytes, ids: new Uint8Array(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length), slots: this.#slots };
  }

  get size(): number {
    return this.#size;
  }

  /** Every id, one after the other. Shared with the table until it grows; only for reading. */
  get bytes(): Buffer {
    return this.#ids.subarray(0, this.#size * this.idBytes);
  }

  /** The number of the id at `offset`; adds it when it is new. */
  add(source: Uint8Array, offset = 0): number {
    let slot = this.#slotOf(source, offset);
    const present = this.#slots[slot]!;
    if (present !== -1) return present;
    if ((this.#size + 1) * 2 > this.#slots.length) {
      this.#growSlots();
      slot = this.#slotOf(source, offset);
    }
    const index = this.#size++;
    const at = index * this.idBytes;
    if (at + this.idBytes > this.#ids.length) this.#growIds();
    for (let i = 0; i < this.idBytes; i++) this.#ids[at + i] = source[offset + i]!;
    this.#slots[slot] = index;
    return index;
  }

  /** The number of the id at `offset`, or -1. */
  find(source: Uint8Array, offset = 0): number {
    return this.#slots[this.#slotOf(source, offset)]!;
  }

  /** The same for an id in hexadecimal, as bytes of text: -1 when what stands there is none. */
  addHexText(source: Uint8Array, offset: number): number {
    return this.#readHexText(source, offset) ? this.add(this.#scratch) : -1;
  }

  /** The number of an id in hexadecimal, as bytes of text; -1 when it is not there, `undefined` when what stands there is none. */
  findHexText(source: Uint8Array, offset: number): number | undefined {
    return this.#readHexText(source, offset) ? this.find(this.#scratch) : undefined;
  }

  addHex(oid: string): number {
    this.#scratch.write(oid, 'hex');
    return this.add(this.#scratch);
  }

  /** -1 when the id is not there. */
  findHex(oid: string): number {
    if (oid.length !== this.idBytes * 2) return -1;
    this.#scratch.write(oid, 'hex');
    return this.find(this.#scratch);
  }

  hex(index: number): string {
    return this.#ids.toString('hex', index * this.idBytes, (index + 1) * this.idBytes);
  }

  /** Writes the id into `target`. */
  copyTo(index: number, target: Uint8Array, offset: number): void {
    const at = index * this.idBytes;
    for (let i = 0; i < this.idBytes; i++) target[offset + i] = this.#ids[at + i]!;
  }

  #readHexText(source: Uint8Array, offset: number): boolean {
    for (let i = 0; i < this.idBytes; i++) {
      const high = hexDigits[source[offset + 2 * i]!]!;
      const low = hexDigits[source[offset + 2 * i + 1]!]!;
      if (!(high < 16 && low < 16)) return false;
      this.#scratch[i] = high * 16 + low;
    }
    return true;
  }

  #slotOf(source: Uint8Array, offset: number): number {
    const mask = this.#slots.length - 1;
    let slot = (source[offset]! | (source[offset + 1]! << 8) | (source[offset + 2]! << 16) | (source[offset + 3]! << 24)) & mask;
    for (;;) {
      const index = this.#slots[slot]!;
      if (index === -1 || this.#equals(index, source, offset)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #equals(index: number, source: Uint8Array, offset: number): boolean {
    const at = index * this.idBytes;
    for (let i = 0; i < this.idBytes; i++) {
      if (this.#ids[at + i] !== source[offset + i]) return false;
    }
    return true;
  }

  #growIds(): void {
    // Doubling would leave half of the largest tables empty.
    const size = this.#ids.length / this.idBytes;
    const ids = allocate(this.idBytes * (size < 2 ** 18 ? size * 2 + 16 : Math.ceil(size * 1.25)));
    this.#ids.copy(ids);
    this.#ids = ids;
  }

  #growSlots(): void {
    this.#slots = allocateSlots(this.#slots.length * 2);
    for (let index = 0; index < this.#size; index++) this.#slots[this.#slotOf(this.#ids, index * this.idBytes)] = index;
  }
}

const hexDigits = Uint8Array.from({ length: 256 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? 255 : digit;
});

function allocate(bytes: number): Buffer {
  return Buffer.from(new SharedArrayBuffer(bytes));
}

function allocateSlots(count: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(count * 4)).fill(-1);
}

function slotCountFor(size: number): number {
  return 2 ** Math.max(4, Math.ceil(Math.log2(size * 2 + 1)));
}
