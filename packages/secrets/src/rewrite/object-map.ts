import { ObjectIdTable } from '@deployguard/git';
import type { ObjectFormat, ObjectType } from '@deployguard/git';

export interface ObjectChange {
  readonly type: ObjectType;
  readonly oldOid: string;
  readonly newOid: string;
}

const hexDigits = Buffer.from('0123456789abcdef');
const objectTypes = ['commit', 'tree', 'blob', 'tag'] as const satisfies readonly ObjectType[];

/** Which object became which: only objects whose id changed. Binary inside, about 100 bytes an object. */
export class ObjectMap {
  readonly objectFormat: ObjectFormat;
  readonly #oldIds: ObjectIdTable;
  readonly #idBytes: number;
  #newIds: Buffer;
  #types: Uint8Array;

  constructor(objectFormat: ObjectFormat) {
    this.objectFormat = objectFormat;
    this.#idBytes = objectFormat === 'sha1' ? 20 : 32;
    this.#oldIds = new ObjectIdTable(this.#idBytes);
    this.#newIds = Buffer.alloc(1024 * this.#idBytes);
    this.#types = new Uint8Array(1024);
  }

  /** Of an id in hexadecimal. */
  get hexBytes(): number {
    return 2 * this.#idBytes;
  }

  get size(): number {
    return this.#oldIds.size;
  }

  /** Ids as bytes. A later entry for the same old id replaces the earlier one. */
  set(type: ObjectType, oldId: Uint8Array, newId: Uint8Array): void {
    const index = this.#oldIds.add(oldId);
    if (index >= this.#types.length) {
      this.#newIds = Buffer.concat([this.#newIds, Buffer.alloc(this.#newIds.length)]);
      this.#types = Buffer.concat([this.#types, Buffer.alloc(this.#types.length)]);
    }
    this.#newIds.set(newId, index * this.#idBytes);
    this.#types[index] = objectTypes.indexOf(type);
  }

  /** The new id of an object, or undefined when it kept its id (or never was in the repository). */
  get(oldOid: string): string | undefined {
    const index = this.#oldIds.findHex(oldOid);
    return index === -1 ? undefined : this.#newOid(index);
  }

  /** Replaces the id at `offset` by its new one; false when that object kept its id. */
  patch(content: Uint8Array, offset: number): boolean {
    const index = this.#oldIds.find(content, offset);
    if (index === -1) return false;
    content.set(this.#newIds.subarray(index * this.#idBytes, (index + 1) * this.#idBytes), offset);
    return true;
  }

  /** The same for an id in hexadecimal, as bytes of text. */
  patchHexText(content: Uint8Array, offset: number): boolean {
    const index = this.#oldIds.findHexText(content, offset);
    if (index === undefined || index === -1) return false;
    for (let i = 0; i < this.#idBytes; i++) {
      const byte = this.#newIds[index * this.#idBytes + i]!;
      content[offset + 2 * i] = hexDigits[byte >> 4]!;
      content[offset + 2 * i + 1] = hexDigits[byte & 15]!;
    }
    return true;
  }

  has(oldId: Uint8Array, offset = 0): boolean {
    return this.#oldIds.find(oldId, offset) !== -1;
  }

  /** In the order in which the objects were rewritten. */
  *entries(): Generator<ObjectChange> {
    for (let index = 0; index < this.size; index++) {
      yield { type: objectTypes[this.#types[index]!]!, oldOid: this.#oldIds.hex(index), newOid: this.#newOid(index) };
    }
  }

  #newOid(index: number): string {
    return this.#newIds.toString('hex', index * this.#idBytes, (index + 1) * this.#idBytes);
  }
}
