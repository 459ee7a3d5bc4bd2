import type { ValueRange } from './json-cursor.ts';
import type { JsonEntry, JsonPlace, JsonTables } from './json-entry.ts';
import { longestEntryText, shortenTexts } from './shorten-texts.ts';

/** Entries that are not parsed yet: as much as a reader takes at a time. */
export interface JsonParcel {
  /** The JSON of the entries, one right behind the other; what is behind the last one means nothing. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lists: readonly JsonList[];
  /**
   * An entry, or what leads to entries, is so large that there should be one at a time. Then the bytes may lie in the window of who takes the
   * report apart: they are to be read before the next parcel is asked for.
   */
  readonly isLarge: boolean;
}

interface JsonList extends JsonPlace {
  /** Where each entry ends in the parcel's bytes; -1 for one that was too large to be held. */
  readonly ends: number[];
  /** Of each entry, where they are members of an object. */
  readonly names: string[];
}

const parcelBytes = 64 * 1024;
const mostEntries = 128;

/** What is not full yet holds one entry more. */
const capacity = 2 * parcelBytes;

/** Of the JSON of what leads to the entries. */
const mostContextBytes = 256 * 1024;

/** Memory of parcels that were read, to be used again. */
export type SpareBytes = Uint8Array<ArrayBuffer>[];

/** What has entries of one kind. */
export interface JsonContainer extends JsonPlace {
  /** Of the JSON of what leads to them. */
  readonly contextBytes: number;
}

/** Puts entries into parcels. */
export class ParcelFiller {
  readonly #spare: SpareBytes;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #length = 0;
  #entries = 0;
  #lists: JsonList[] = [];
  #container: JsonContainer | undefined;
  #isLarge = false;

  constructor(spare: SpareBytes) {
    this.#spare = spare;
  }

  get isEmpty(): boolean {
    return this.#entries === 0;
  }

  get isFull(): boolean {
    return this.#entries >= mostEntries || this.#length >= parcelBytes;
  }

  /** `range` is undefined for an entry that is too large to be held; for one that does not fit into a parcel there is `wrapLarge`. */
  add(container: JsonContainer, window: Buffer, range: ValueRange | undefined, name: string | undefined): void {
    if (container !== this.#container) {
      this.#container = container;
      this.#isLarge ||= hasMuchContext(container);
      this.#lists.push(createList(container));
    }
    const list = this.#lists.at(-1)!;
    if (range === undefined) list.ends.push(-1);
    else {
      this.#bytes ??= this.#spare.pop() ?? new Uint8Array(capacity);
      window.copy(this.#bytes, this.#length, range.start, range.end);
      this.#length += range.end - range.start;
      list.ends.push(this.#length);
    }
    if (name !== undefined) list.names.push(name);
    this.#entries++;
  }

  /** What was added since the last parcel. */
  take(): JsonParcel {
    const parcel = { bytes: this.#bytes ?? new Uint8Array(), lists: this.#lists, isLarge: this.#isLarge };
    this.#bytes = this.#container = undefined;
    this.#isLarge = false;
    this.#length = this.#entries = 0;
    this.#lists = [];
    return parcel;
  }
}

/** Whether what leads to entries is so large that no others should be held with it. */
export function hasMuchContext({ contextBytes }: JsonContainer): boolean {
  return contextBytes >= mostContextBytes;
}

/** Whether an entry does not fit into a parcel with others. */
export function isLargeEntry({ start, end }: ValueRange): boolean {
  return end - start > parcelBytes;
}

/** A parcel for a large entry, which stays where it is. */
export function wrapLarge(container: JsonContainer, window: Buffer<ArrayBuffer>, { start, end }: ValueRange, name?: string): JsonParcel {
  const list = createList(container);
  list.ends.push(end - start);
  if (name !== undefined) list.names.push(name);
  return { bytes: window.subarray(start, end), lists: [list], isLarge: true };
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
      const place = { path, parents, keys, ...(names.length > 0 && { key: names[i]! }), ...(tables && { tables }) };
      if (end === -1) yield { ...place, value: undefined, problem: 'too-large' };
      else {
        yield toEntry(text, { start, end }, place);
        start = end;
      }
    }
  }
}

export function toEntry(bytes: Buffer, range: ValueRange, place: Omit<JsonEntry, 'value' | 'problem'>): JsonEntry {
  const value = parseJson(bytes, range);
  if (value === undefined) return { ...place, value, problem: 'damaged' };
  return { ...place, value: range.end - range.start > longestEntryText ? shortenTexts(value, longestEntryText) : value };
}

/** Undefined when it is no JSON: why would quote it. */
export function parseJson(bytes: Buffer, { start, end }: ValueRange): unknown {
  try {
    return JSON.parse(bytes.toString('utf8', start, end)) as unknown;
  } catch {
    return undefined;
  }
}
