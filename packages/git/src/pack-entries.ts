import { readdirSync, closeSync, openSync, fstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectFormat } from './object-type.ts';
import { hashBytesOf } from './object-type.ts';
import { packEntryKinds, parsePackEntryHeader } from './pack-entry.ts';
import { parsePackIndexTable } from './pack-index-table.ts';
import type { PackIndexTable } from './pack-index-table.ts';
import { PackWindow } from './pack-window.ts';

/**
 * The entries of one pack in the order in which they stand in it; what is needed to copy them without unpacking. The arrays stand in shared
 * memory: a million entries take 45 MB, once.
 */
export interface PackEntries {
  readonly path: string;
  readonly count: number;
  /** One after the other. */
  readonly ids: Buffer;
  /** Where each entry begins; one more for where the last one ends. */
  readonly offsets: Float64Array;
  readonly checksums: Uint32Array | undefined;
  /** Number of the entry that a delta is based on; -1 for whole objects. */
  readonly bases: Int32Array;
  /** 1 commit, 2 tree, 3 blob, 4 tag: what the object is, also when it is stored as a delta. */
  readonly kinds: Uint8Array;
}

/** The packs of an object directory, by name. */
export interface PackListing {
  readonly packs: readonly PackEntries[];
  /** Names of those that do not hold together: index missing or cut, entries without a base, bases in a circle. git reads what can be read. */
  readonly unreadable: readonly string[];
}

export function listPackEntries(objectDirectory: string, format: ObjectFormat): PackListing {
  const directory = join(objectDirectory, 'pack');
  const names = listNames(directory)
    .filter((name) => name.endsWith('.pack'))
    .toSorted();
  const packs = names.map((name) => loadEntries(join(directory, name), format));
  return { packs: packs.filter((pack) => pack !== undefined), unreadable: names.filter((_, index) => packs[index] === undefined) };
}

function loadEntries(path: string, format: ObjectFormat): PackEntries | undefined {
  try {
    const index = parsePackIndexTable(readFileSync(path.replace(/pack$/, 'idx')), format);
    return index && readEntries(path, index, hashBytesOf(format));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function listNames(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function readEntries(path: string, index: PackIndexTable, idBytes: 20 | 32): PackEntries | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const packBytes = fstatSync(file).size;
    const entries = sortByOffset(path, index, packBytes - idBytes, idBytes);
    return readBases(entries, new PackWindow(file), idBytes) && resolveKinds(entries) ? entries : undefined;
  } finally {
    closeSync(file);
  }
}

function sortByOffset(path: string, index: PackIndexTable, end: number, idBytes: number): PackEntries {
  const { count } = index;
  const rows = sortRows(index.offsets);
  const ids = Buffer.from(new SharedArrayBuffer(count * idBytes));
  const offsets = new Float64Array(new SharedArrayBuffer((count + 1) * 8));
  const checksums = index.checksums && new Uint32Array(new SharedArrayBuffer(count * 4));
  for (let entry = 0; entry < count; entry++) {
    const row = rows[entry]!;
    offsets[entry] = index.offsets[row]!;
    index.ids.copy(ids, entry * idBytes, row * idBytes, (row + 1) * idBytes);
    if (checksums) checksums[entry] = index.checksums![row]!;
  }
  offsets[count] = end;
  return {
    path,
    count,
    ids,
    offsets,
    checksums,
    bases: new Int32Array(new SharedArrayBuffer(count * 4)).fill(-1),
    kinds: new Uint8Array(new SharedArrayBuffer(count)),
  };
}

function sortRows(offsets: Float64Array): ArrayLike<number> {
  const rowCount = 2 ** Math.ceil(Math.log2(offsets.length + 1));
  const last = offsets.reduce((largest, offset) => Math.max(largest, offset), 0);
  if (last * rowCount > Number.MAX_SAFE_INTEGER / 2) return new Uint32Array(offsets.keys()).sort((a, b) => offsets[a]! - offsets[b]!);
  // Offset and row in one number: sorting numbers is far faster than sorting by a comparison function.
  return offsets
    .map((offset, row) => offset * rowCount + row)
    .sort()
    .map((key) => key % rowCount);
}

/** Fills in kinds of whole objects and bases of deltas. False when the pack does not hold together. */
function readBases(entries: PackEntries, window: PackWindow, idBytes: number): boolean {
  const { count, offsets, bases, kinds } = entries;
  let byId: Map<string, number> | undefined;
  for (let entry = 0; entry < count; entry++) {
    const start = offsets[entry]!;
    const length = offsets[entry + 1]! - start;
    if (start < 12 || length < 2) return false;
    const bytes = window.read(start, Math.min(length, 64));
    const header = bytes && parsePackEntryHeader(bytes, 0, idBytes);
    if (!header) return false;
    if (header.baseDistance !== undefined) {
      bases[entry] = findOffset(offsets, count, start - header.baseDistance);
    } else if (header.baseIdAt !== undefined) {
      byId ??= new Map(Array.from({ length: count }, (_, i) => [entries.ids.toString('latin1', i * idBytes, (i + 1) * idBytes), i]));
      bases[entry] = byId.get(bytes.toString('latin1', header.baseIdAt, header.baseIdAt + idBytes)) ?? -1;
    } else {
      kinds[entry] = header.kind;
      continue;
    }
    if (bases[entry] === -1) return false;
  }
  return true;
}

function findOffset(offsets: Float64Array, count: number, offset: number): number {
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (offsets[middle] === offset) return middle;
    if (offsets[middle]! < offset) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Gives deltas the kind of what their chain ends in. False when a chain is a circle. */
function resolveKinds({ count, bases, kinds }: PackEntries): boolean {
  const chain: number[] = [];
  for (let entry = 0; entry < count; entry++) {
    let at = entry;
    for (; kinds[at] === 0; at = bases[at]!) {
      if (chain.length > count) return false;
      chain.push(at);
    }
    for (const delta of chain) kinds[delta] = kinds[at]!;
    chain.length = 0;
  }
  return kinds.every((kind) => kind >= packEntryKinds.commit && kind <= packEntryKinds.tag);
}
