import { hashBytesOf, ObjectIdTable } from '@deployguard/git';
import type { ObjectFormat, ObjectType } from '@deployguard/git';

/** Number of a kind of object, as in packs; 0 for an id that was named and never seen. */
export const objectKinds = { unknown: 0, commit: 1, tree: 2, blob: 3, tag: 4 } as const;

/** The type that a kind's number stands for. */
export const typeOfKind: readonly ObjectType[] = ['blob', 'commit', 'tree', 'blob', 'tag'];

/** A piece of the memory for links holds 2^20 of them: 4 MiB. */
const pieceBits = 20;
export const linksPerPiece = 2 ** pieceBits;

/**
 * Every object of a repository by number, what it leads to, and whether it holds a value. Plain arrays: a million objects with twenty
 * million links take about 130 MB.
 *
 * Links of a commit: its tree, then its parents. Of a tree: its entries but sub-modules, in their order. Of a tag: its object.
 */
export class ObjectGraph {
  readonly ids: ObjectIdTable;
  #kinds = new Uint8Array(1024);
  #marks = new Uint8Array(1024);
  #linkStarts = new Uint32Array(1024);
  #linkCounts = new Int32Array(1024);
  #times = new Uint32Array(1024);
  /** Links stand one after the other through all pieces: at place `p` in piece `p / linksPerPiece`. */
  readonly #pieces: Int32Array[] = [];
  #nextPlace = 0;
  readonly #originals: number[] = [];

  constructor(objectFormat: ObjectFormat, expectedSize?: number) {
    this.ids = new ObjectIdTable(hashBytesOf(objectFormat), expectedSize);
  }

  get size(): number {
    return this.ids.size + this.#originals.length;
  }

  /**
   * A further number for a tree that, where it stands, gets another content than elsewhere. Add none before the last id is known. Its links
   * follow by `addLink`.
   */
  addView(tree: number): number {
    const view = this.size;
    this.#originals.push(tree);
    this.begin(view, this.kind(tree));
    this.mark(view);
    return view;
  }

  isView(object: number): boolean {
    return object >= this.ids.size;
  }

  /** The object itself, or what a view is of. */
  original(object: number): number {
    return object < this.ids.size ? object : this.#originals[object - this.ids.size]!;
  }

  /** A copy of the object's id. */
  id(object: number): Buffer {
    const { bytes, idBytes } = this.ids;
    const at = this.original(object) * idBytes;
    return Buffer.from(bytes.subarray(at, at + idBytes));
  }

  hex(object: number): string {
    return this.ids.hex(this.original(object));
  }

  kind(object: number): number {
    return this.#kinds[object] ?? 0;
  }

  /** Whether a value stands in the object itself. */
  isMarked(object: number): boolean {
    return this.#marks[object] === 1;
  }

  mark(object: number): void {
    this.#reserve(object);
    this.#marks[object] = 1;
  }

  /** Of a commit: when it was made, in seconds modulo 2^32; what cannot be read is 0. */
  time(object: number): number {
    return this.#times[object] ?? 0;
  }

  setTime(object: number, seconds: number): void {
    this.#times[object] = seconds;
  }

  linkCount(object: number): number {
    return this.#linkCounts[object] ?? 0;
  }

  link(object: number, position: number): number {
    const place = this.#linkStarts[object]! + position;
    return this.#pieces[place >>> pieceBits]![place & (linksPerPiece - 1)]!;
  }

  /** Begins an object; its links follow by `addLink` before the next one begins. */
  begin(object: number, kind: number): void {
    this.#reserve(object);
    this.#kinds[object] = kind;
    this.#linkStarts[object] = this.#nextPlace;
    this.#linkCounts[object] = 0;
  }

  setLink(object: number, position: number, to: number): void {
    const place = this.#linkStarts[object]! + position;
    this.#pieces[place >>> pieceBits]![place & (linksPerPiece - 1)] = to;
  }

  addLink(from: number, to: number): void {
    if (this.#nextPlace === this.#pieces.length * linksPerPiece) this.#pieces.push(new Int32Array(linksPerPiece));
    this.#pieces[this.#nextPlace >>> pieceBits]![this.#nextPlace & (linksPerPiece - 1)] = to;
    this.#nextPlace++;
    this.#linkCounts[from]!++;
  }

  /** Takes over memory full of links, which `setLinks` assigns to objects; gives the place of its first number. Do not use it between `begin` and the last `addLink` of an object. */
  addPieces(links: Int32Array): number {
    const place = this.#pieces.length * linksPerPiece;
    for (let at = 0; at < links.length; at += linksPerPiece) this.#pieces.push(links.subarray(at, at + linksPerPiece));
    this.#nextPlace = this.#pieces.length * linksPerPiece;
    return place;
  }

  /** The links of an object stand at a place already. */
  setLinks(object: number, place: number, count: number): void {
    this.#reserve(object);
    this.#linkStarts[object] = place;
    this.#linkCounts[object] = count;
  }

  #reserve(object: number): void {
    if (object < this.#kinds.length) return;
    const length = Math.max(object + 1, nextCapacity(this.#kinds.length));
    this.#kinds = grow(this.#kinds, new Uint8Array(length));
    this.#marks = grow(this.#marks, new Uint8Array(length));
    this.#linkStarts = grow(this.#linkStarts, new Uint32Array(length));
    this.#linkCounts = grow(this.#linkCounts, new Int32Array(length));
    this.#times = grow(this.#times, new Uint32Array(length));
  }
}

/** Doubling would leave half of the largest tables empty. */
function nextCapacity(length: number): number {
  return length < 2 ** 20 ? length * 2 : Math.ceil(length * 1.25);
}

function grow<T extends Uint8Array | Int32Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
