import { randomUUID } from 'node:crypto';
import { ObjectIdTable, type SharedObjectIds } from '@deployguard/git';
import { firstMissing, recordWords, type LinkPiece } from '../../graph/graph-builder.ts';
import { listHeaderLinks, parseCommitterTime } from '../../graph/list-header-links.ts';
import { linksPerPiece } from '../../graph/object-graph.ts';

/** Words for each entry that the kernel lists. */
export const wordsPerEntry = 2;
/** In the place of a number: nothing that was asked for. */
const unasked = -1;
const wordsWorthCopying = 48;

export interface LinkWriterOptions {
  readonly ids: SharedObjectIds;
  /** With each link of a tree the number of its name. */
  readonly withNames: boolean;
  /** By number: 0 for objects that no link of a tree needs to name. */
  readonly asked?: Uint8Array;
}

/** Writes down what objects lead to, as numbers that all threads agree on. */
export class LinkWriter {
  readonly #ids: ObjectIdTable;
  readonly withNames: boolean;
  readonly #asked: Uint8Array | undefined;
  readonly #deliver: (piece: LinkPiece) => void;
  readonly #key = randomUUID();
  readonly #missing: string[] = [];
  readonly #missingNumbers = new Map<string, number>();
  readonly #nameNumbers = new Map<string, number>();
  #newNames: string[] = [];
  #words: Int32Array = new Int32Array(0);
  #used = 0;

  constructor({ ids, withNames, asked }: LinkWriterOptions, deliver: (piece: LinkPiece) => void) {
    this.#ids = ObjectIdTable.fromShared(ids);
    this.withNames = withNames;
    this.#asked = asked;
    this.#deliver = deliver;
  }

  /** Fills in what the kernel's `listLinks` left open: of the entries from word `at` on, those whose indices stand from word `opens` on. */
  fillIn(content: Buffer, words: Int32Array, at: number, opens: number, openCount: number): void {
    for (let open = opens; open < opens + openCount; open++) this.#resolve(content, words, at + words[open]! * wordsPerEntry);
  }

  /** `links`: what the kernel's `packLinks` wrote, `count` words from word `at` on. A negative count stands for a damaged tree. */
  addTree(entry: number, links: Int32Array, at: number, count: number): void {
    this.#begin(entry, count, 0);
    if (count < 0) return;
    const words = this.#words;
    const used = this.#used;
    if (count < wordsWorthCopying) for (let word = 0; word < count; word++) words[used + word] = links[at + word]!;
    else words.set(links.subarray(at, at + count), used);
    this.#used += count;
  }

  #resolve(content: Buffer, links: Int32Array, word: number): void {
    const idAt = -2 - links[word]!;
    const number = this.#ids.find(content, idAt);
    if (number !== -1 && this.#asked?.[number] === 0) {
      links[word] = unasked;
      return;
    }
    links[word] = number === -1 ? this.#numberMissing(content.toString('hex', idAt, idAt + this.#ids.idBytes)) : number;
    if (this.withNames) links[word + 1] = this.#numberName(content.toString('latin1', links[word + 1], idAt - 1));
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
    this.#deliver({ words: this.#words, missing: this.#missing, ...(this.withNames && { key: this.#key, names: this.#newNames }) });
    this.#words = new Int32Array(0);
    this.#newNames = [];
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

  #numberMissing(oid: string): number {
    let number = this.#missingNumbers.get(oid);
    if (number === undefined) {
      number = firstMissing + this.#missing.push(oid) - 1;
      this.#missingNumbers.set(oid, number);
    }
    return number;
  }

  #numberName(name: string): number {
    let number = this.#nameNumbers.get(name);
    if (number === undefined) {
      number = this.#nameNumbers.size;
      this.#nameNumbers.set(name, number);
      this.#newNames.push(name);
    }
    return number;
  }
}
