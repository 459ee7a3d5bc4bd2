import type { ValueRange } from './json-cursor.ts';
import type { JsonEntry, JsonPlace, JsonTables } from './json-entry.ts';
import { longestEntryText, shortenTexts } from './shorten-texts.ts';

/** Entries that are not parsed yet: as much as a reader takes at a time. */
export interface JsonParcel {
  /** The JSON of the entries, one right behind the other; what is behind the last one means nothing. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lists: readonly JsonList[];
  /**
   * It is not for another thread. An entry or what leads to it is so large that there should be one at a time; the bytes may lie in the window of
   * who takes the report apart, and are to be read before the next parcel is asked for.
   */
  readonly staysHere: boolean;
}

export interface JsonList extends JsonPlace {
  /** Where each entry ends in the parcel's bytes; -1 for one that was too large to be held. */
  readonly ends: number[];
  /** Of each entry, where they are members of an object. */
  readonly names: string[];
}

const parcelBytes = 64 * 1024;
const mostEntries = 64;

/** What is not full yet holds one entry more. */
const capacity = 2 * parcelBytes;

/** Of what leads to the entries, in its JSON. */
const fullContextBytes = 64 * 1024;
const mostSharedContextBytes = 1 << 20;

/** Memory of parcels that were read, to be used again. */
export type SpareBytes = Uint8Array<ArrayBuffer>[];

/** What has entries of one kind. */
export interface JsonContainer extends JsonPlace {
  /** Of the JSON of what leads to its entries. */
  readonly contextBytes: number;
  /** What no container before it had. */
  readonly ownContextBytes: number;
}

/** Puts entries into parcels. */
export class ParcelFiller {
  readonly #spare: SpareBytes;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #length = 0;
  #entries = 0;
  #lists: JsonList[] = [];
  #container: JsonContainer | undefined;
  /** Of what the parcel holds besides its bytes. */
  #contextBytes = 0;
  #staysHere = false;

  constructor(spare: SpareBytes) {
    this.#spare = spare;
  }

  get isEmpty(): boolean {
    return this.#entries === 0;
  }

  get isFull(): boolean {
    return this.#entries >= mostEntries || this.#length >= parcelBytes || this.#contextBytes >= fullContextBytes;
  }

  /** Entries of this container follow. */
  open(container: JsonContainer): void {
    this.#contextBytes += container.ownContextBytes;
    this.#container = container;
    this.#lists.push(createList(container));
  }

  /** `range` is undefined for an entry that is too large to be held; for one that does not fit into a parcel there is `wrapLarge`. */
  add(window: Buffer, range: ValueRange | undefined, name: string | undefined): void {
    const container = this.#container!;
    if (this.#lists.length === 0) this.#lists.push(createList(container));
    const list = this.#lists.at(-1)!;
    if (range === undefined) list.ends.push(-1);
    else {
      this.#bytes ??= this.#spare.pop() ?? new Uint8Array(capacity);
      window.copy(this.#bytes, this.#length, range.start, range.end);
      this.#length += range.end - range.start;
      list.ends.push(this.#length);
    }
    if (name !== undefined) {
      list.names.push(name);
      this.#contextBytes += name.length;
    }
    this.#staysHere ||= container.contextBytes > mostSharedContextBytes;
    this.#entries++;
  }

  /** What was added since the last parcel. */
  take(): JsonParcel {
    const staysHere = this.#staysHere || this.#contextBytes >= fullContextBytes;
    const parcel = { bytes: this.#bytes ?? new Uint8Array(), lists: this.#lists, staysHere };
    this.#bytes = undefined;
    this.#length = this.#entries = this.#contextBytes = 0;
    this.#staysHere = false;
    this.#lists = [];
    return parcel;
  }
}

/** Whether an entry does not fit into a parcel with others. */
export function isLargeEntry({ start, end }: ValueRange): boolean {
  return end - start > parcelBytes;
}

/** A parcel for a large entry, which stays where it is. */
export function wrapLarge(
  container: JsonContainer,
  window: Buffer<ArrayBuffer>,
  { start, end }: ValueRange,
  name: string | undefined,
): JsonParcel {
  const list = createList(container);
  list.ends.push(end - start);
  if (name !== undefined) list.names.push(name);
  return { bytes: window.subarray(start, end), lists: [list], staysHere: true };
}

function createList({ path, parents, keys }: JsonContainer): JsonList {
  return { path, parents, keys, ends: [], names: [] };
}

/** What a parcel lay in may be written over. */
export function releaseBytes({ buffer }: Uint8Array<ArrayBuffer>, spare: SpareBytes): void {
  if (buffer.byteLength === capacity) spare.push(new Uint8Array(buffer));
}

/** Parses the entries of a parcel, one after the other. */
export function* readParcel({ bytes, lists }: JsonParcel, tables?: JsonTables): Generator<JsonEntry> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = 0;
  for (const { path, parents, keys, ends, names } of lists) {
    for (let i = 0; i < ends.length; i++) {
      const end = ends[i]!;
      const key = names[i];
      if (end === -1) yield { path, parents, keys, key, tables, value: undefined, problem: 'too-large' };
      else {
        const value = parseValue(text, start, end);
        yield { path, parents, keys, key, tables, value, problem: value === undefined ? 'damaged' : undefined };
        start = end;
      }
    }
  }
}

/** The value of an entry, its texts bounded; undefined when it is no JSON. */
export function parseValue(bytes: Buffer, start: number, end: number): unknown {
  const value = parseJson(bytes, start, end);
  return end - start > longestEntryText ? shortenTexts(value, longestEntryText) : value;
}

/** Undefined when it is no JSON: why would quote it. */
export function parseJson(bytes: Buffer, start: number, end: number): unknown {
  try {
    return JSON.parse(bytes.toString('utf8', start, end)) as unknown;
  } catch {
    return undefined;
  }
}
