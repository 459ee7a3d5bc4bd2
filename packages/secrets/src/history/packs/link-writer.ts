import { ObjectIdTable, type SharedObjectIds } from '@deployguard/git';
import { firstMissing, recordWords, type LinkPiece } from '../../graph/graph-builder.ts';
import { listHeaderLinks, parseCommitterTime } from '../../graph/list-header-links.ts';
import { linksPerPiece } from '../../graph/object-graph.ts';

/** Writes down what objects lead to, as numbers that all threads agree on. */
export class LinkWriter {
  readonly #ids: ObjectIdTable;
  readonly #deliver: (piece: LinkPiece) => void;
  readonly #missing: string[] = [];
  readonly #missingNumbers = new Map<string, number>();
  #words: Int32Array = new Int32Array(0);
  #used = 0;

  constructor(ids: SharedObjectIds, deliver: (piece: LinkPiece) => void) {
    this.#ids = ObjectIdTable.fromShared(ids);
    this.#deliver = deliver;
  }

  /**
   * `links`: what the kernel's `listLinks` wrote for the tree, `count` of them from word `at` on. Those that it left open are filled in.
   * A negative count stands for a damaged tree.
   */
  addTree(entry: number, content: Buffer, links: Int32Array, at: number, count: number): void {
    this.resolve(content, links, at, count);
    this.#begin(entry, count, 0);
    const words = this.#words;
    for (let i = 0; i < count; i++) words[this.#used++] = links[at + i]!;
  }

  resolve(content: Buffer, links: Int32Array, at: number, count: number): void {
    for (let i = at; i < at + count; i++) {
      if (links[i]! < 0) links[i] = this.#find(content, -2 - links[i]!);
    }
  }

  /** A commit or tag. */
  addHeaders(entry: number, isCommit: boolean, content: Buffer): void {
    const links: number[] = [];
    listHeaderLinks(content, this.#ids.idBytes, (hexAt) => {
      const number = this.#ids.findHexText(content, hexAt);
      if (number === undefined) return;
      links.push(
        number === -1 ? this.#numberMissing(content.toString('latin1', hexAt, hexAt + 2 * this.#ids.idBytes).toLowerCase()) : number,
      );
    });
    this.#begin(entry, links.length, isCommit ? parseCommitterTime(content) : 0);
    for (const link of links) this.#words[this.#used++] = link;
  }

  flush(): void {
    if (this.#used === 0) return;
    if (this.#used < this.#words.length) this.#words[this.#used] = -1;
    this.#deliver({ words: this.#words, missing: this.#missing });
    this.#words = new Int32Array(0);
    this.#used = 0;
  }

  #begin(entry: number, count: number, time: number): void {
    const needed = recordWords + Math.max(0, count);
    if (this.#used + needed > this.#words.length) {
      this.flush();
      const pieces = Math.ceil(needed / linksPerPiece);
      this.#words = new Int32Array(new SharedArrayBuffer(pieces * linksPerPiece * 4));
    }
    this.#words[this.#used] = entry;
    this.#words[this.#used + 1] = count;
    this.#words[this.#used + 2] = time;
    this.#used += recordWords;
  }

  #find(content: Buffer, at: number): number {
    const number = this.#ids.find(content, at);
    return number === -1 ? this.#numberMissing(content.toString('hex', at, at + this.#ids.idBytes)) : number;
  }

  #numberMissing(oid: string): number {
    let number = this.#missingNumbers.get(oid);
    if (number === undefined) {
      number = firstMissing + this.#missing.push(oid) - 1;
      this.#missingNumbers.set(oid, number);
    }
    return number;
  }
}
