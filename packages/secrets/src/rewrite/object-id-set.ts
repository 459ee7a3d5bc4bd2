import { ObjectIdTable } from '@deployguard/git';
import type { ObjectIdList } from './rewrite-result.ts';

/** Object ids kept as bytes, read as hexadecimal. */
export class ObjectIdSet implements ObjectIdList {
  readonly #table: ObjectIdTable;

  constructor(idBytes: number) {
    this.#table = new ObjectIdTable(idBytes);
  }

  get size(): number {
    return this.#table.size;
  }

  add(id: Uint8Array): void {
    this.#table.add(id);
  }

  has(oid: string): boolean {
    return this.#table.findHex(oid) !== -1;
  }

  hasId(ids: Uint8Array, offset: number): boolean {
    return this.#table.find(ids, offset) !== -1;
  }

  *[Symbol.iterator](): Generator<string> {
    for (let index = 0; index < this.#table.size; index++) yield this.#table.hex(index);
  }
}
