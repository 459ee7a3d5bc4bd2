import type { FileHandle } from 'node:fs/promises';
import { GitError } from './git-error.ts';
import type { PackIndexTable } from './pack-index-table.ts';
import { releaseMemory } from './release-memory.ts';

/**
 * Where the entries of a pack stand and which is a delta of which. Entries are numbered in the order of their offsets. All arrays stand
 * in shared memory, so that threads can walk the same layout.
 */
export interface PackLayout {
  readonly count: number;
  /** Start of each entry and, last, where the entries end. */
  readonly offsets: Float64Array;
  /** Bytes of each entry's header, the base's name included; compressed data follow. */
  readonly headerBytes: Uint8Array;
  /** Inflated bytes: of the object, or of the delta. Larger than 32 bits reads as the largest. */
  readonly sizes: Uint32Array;
  /** As in the entry: 1 commit, 2 tree, 3 blob, 4 tag, 6 and 7 deltas; 0 when the header cannot be read. */
  readonly kinds: Uint8Array;
  /** The object's type (1 to 4); 0 when no chain of bases within this pack leads to it. */
  readonly types: Uint8Array;
  /** The entry that each delta is based on; `none` for whole objects and for deltas whose base is not in this pack. */
  readonly bases: Int32Array;
  /** Deltas on each entry: the first, and for each the next; `none` ends a list. The one with the most descendants comes last. */
  readonly firstDelta: Int32Array;
  readonly nextDelta: Int32Array;
  /**
   * Entries that are no deltas: first those with the largest trees of deltas on them, so that threads which share the roots end at about
   * the same time, then all others as they stand.
   */
  readonly roots: Uint32Array;
  /** Position in the index of each entry. */
  readonly positions: Uint32Array;
}

export const none = -1;

const packHeaderBytes = 12;
/** Size (10), base offset (10) or id (32), rounded up. */
const longestHeader = 64;
const chunkBytes = 1 << 22;

/**
 * Reads the headers of all entries, in one pass over the file. `packChecksum` is what the index names: the pack's last bytes.
 *
 * @throws {GitError} `REPOSITORY_BROKEN` when the pack is not the one that the index describes.
 */
export async function loadPackLayout(pack: FileHandle, index: PackIndexTable, packChecksum: Buffer): Promise<PackLayout> {
  const { count } = index;
  const hashBytes = packChecksum.length;
  const packBytes = (await pack.stat()).size;
  await checkPack(pack, packBytes, count, packChecksum);
  const { offsets, positions } = sortByOffset(index.offsets, packBytes - hashBytes);
  const headerBytes = new Uint8Array(new SharedArrayBuffer(count));
  const sizes = new Uint32Array(new SharedArrayBuffer(count * 4));
  const kinds = new Uint8Array(new SharedArrayBuffer(count));
  const bases = new Int32Array(new SharedArrayBuffer(count * 4)).fill(none);

  const findEntry = createEntryFinder(offsets, count);
  let entryOfPosition: Uint32Array | undefined;
  const chunk = Buffer.alloc(chunkBytes + longestHeader);
  for (let entry = 0; entry < count;) {
    const chunkStart = offsets[entry]!;
    const { bytesRead } = await pack.read(chunk, 0, chunk.length, chunkStart);
    if (bytesRead === 0) throw broken('is shorter than its index says');
    chunk.fill(0, bytesRead);
    const chunkEnd = chunkStart + chunkBytes;
    for (; entry < count && offsets[entry]! < chunkEnd; entry++) readHeader(entry, offsets[entry]! - chunkStart);
  }
  const { firstDelta, nextDelta } = linkDeltas(bases);
  const roots = listRoots(kinds);
  const { types, treeCounts } = resolveTypes(kinds, roots, firstDelta, nextDelta);
  // Contents of a tree are about as large as its root.
  putLargestFirst(roots, (i) => treeCounts[i]! * (sizes[roots[i]!]! + 500));
  return { count, offsets, headerBytes, sizes, kinds, types, bases, firstDelta, nextDelta, roots, positions };

  function readHeader(entry: number, start: number): void {
    let at = start;
    let byte = chunk[at++]!;
    const kind = (byte >> 4) & 7;
    let size = byte & 15;
    for (let scale = 16; byte >= 0x80 && at < start + 10; scale *= 128) {
      byte = chunk[at++]!;
      size += (byte & 0x7f) * scale;
    }
    if (byte < 0x80 && kind === 6) {
      byte = chunk[at++]!;
      let distance = byte & 0x7f;
      while (byte >= 0x80 && at < start + 20) {
        byte = chunk[at++]!;
        distance = (distance + 1) * 128 + (byte & 0x7f);
      }
      bases[entry] = findEntry(offsets[entry]! - distance);
    } else if (byte < 0x80 && kind === 7) {
      entryOfPosition ??= invert(positions);
      const position = findId(index.ids, chunk.subarray(at, at + hashBytes));
      if (position !== -1) bases[entry] = entryOfPosition[position]!;
      at += hashBytes;
    }
    const isReadable = byte < 0x80 && kind !== 5 && offsets[entry]! + (at - start) < offsets[entry + 1]!;
    if (isReadable) kinds[entry] = kind;
    else bases[entry] = none;
    sizes[entry] = Math.min(size, 0xffffffff);
    headerBytes[entry] = at - start;
  }
}

async function checkPack(pack: FileHandle, packBytes: number, count: number, packChecksum: Buffer): Promise<void> {
  const hashBytes = packChecksum.length;
  if (packBytes < packHeaderBytes + hashBytes) throw broken('is cut short');
  const header = Buffer.alloc(packHeaderBytes);
  const trailer = Buffer.alloc(hashBytes);
  await pack.read(header, 0, packHeaderBytes, 0);
  await pack.read(trailer, 0, hashBytes, packBytes - hashBytes);
  const version = header.readUInt32BE(4);
  if (header.toString('latin1', 0, 4) !== 'PACK' || (version !== 2 && version !== 3)) throw broken('is no pack of version 2 or 3');
  if (header.readUInt32BE(8) !== count) throw broken('holds another number of objects than its index');
  if (!trailer.equals(packChecksum)) throw broken('is not the one that its index was made for');
}

/** Entries are about as large as each other: each goes to the bucket of its offset, and few neighbours have to change places. */
function sortByOffset(unsorted: Float64Array, end: number): Pick<PackLayout, 'offsets' | 'positions'> {
  const count = unsorted.length;
  const perByte = count / end;
  const starts = new Uint32Array(count + 2);
  for (let i = 0; i < count; i++) {
    const offset = unsorted[i]!;
    if (!(offset >= packHeaderBytes && offset < end)) throw broken('ends before an object that its index names');
    starts[Math.floor(offset * perByte) + 1]!++;
  }
  for (let bucket = 0; bucket <= count; bucket++) starts[bucket + 1]! += starts[bucket]!;
  const positions = new Uint32Array(new SharedArrayBuffer(count * 4));
  for (let i = 0; i < count; i++) positions[starts[Math.floor(unsorted[i]! * perByte)]!++] = i;

  const offsets = new Float64Array(new SharedArrayBuffer((count + 1) * 8));
  for (let i = 0; i < count; i++) offsets[i] = unsorted[positions[i]!]!;
  offsets[count] = end;
  // After the first pass `starts` holds where each bucket ends.
  for (let bucket = 0, from = 0; bucket <= count; from = starts[bucket++]!) {
    if (starts[bucket]! - from > 1) sortBucket(offsets, positions, from, starts[bucket]!);
  }
  for (let i = 1; i < count; i++) {
    if (offsets[i] === offsets[i - 1]) throw broken('has an index that names one place twice');
  }
  releaseMemory(starts);
  return { offsets, positions };
}

/** Entries of a few bytes each beside huge ones can all fall into one bucket. */
const longestInsertion = 32;

function sortBucket(offsets: Float64Array, positions: Uint32Array, from: number, to: number): void {
  if (to - from > longestInsertion) {
    const order = Array.from({ length: to - from }, (_, i) => ({ offset: offsets[from + i]!, position: positions[from + i]! }));
    for (const [i, { offset, position }] of order.sort((a, b) => a.offset - b.offset).entries()) {
      offsets[from + i] = offset;
      positions[from + i] = position;
    }
    return;
  }
  for (let i = from + 1; i < to; i++) {
    const offset = offsets[i]!;
    const position = positions[i]!;
    let at = i;
    for (; at > from && offsets[at - 1]! > offset; at--) {
      offsets[at] = offsets[at - 1]!;
      positions[at] = positions[at - 1]!;
    }
    offsets[at] = offset;
    positions[at] = position;
  }
}

/** Finds the entry that begins at an offset, by a table of every so many bytes. */
function createEntryFinder(offsets: Float64Array, count: number): (offset: number) => number {
  const end = offsets[count]!;
  const step = Math.max(1, Math.ceil(end / (count + 1)));
  const firsts = new Uint32Array(Math.floor(end / step) + 2).fill(count);
  for (let entry = count - 1; entry >= 0; entry--) firsts[Math.floor(offsets[entry]! / step)] = entry;
  for (let i = firsts.length - 2; i >= 0; i--) firsts[i] = Math.min(firsts[i]!, firsts[i + 1]!);
  return (offset) => {
    if (!(offset >= packHeaderBytes && offset < end)) return none;
    let low = firsts[Math.floor(offset / step)]!;
    let high = Math.min(count, firsts[Math.floor(offset / step) + 1]!);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (offsets[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return offsets[low] === offset && low < count ? low : none;
  };
}

/** The place of an id among sorted ids; -1 when it is not there. */
export function findId(ids: Buffer, id: Buffer): number {
  let low = 0;
  let high = ids.length / id.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = ids.compare(id, 0, id.length, middle * id.length, (middle + 1) * id.length);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return -1;
}

function invert(positions: Uint32Array): Uint32Array {
  const entries = new Uint32Array(positions.length);
  for (let entry = 0; entry < positions.length; entry++) entries[positions[entry]!] = entry;
  return entries;
}

/**
 * Lists of deltas by base. Walking the one with the most descendants last lets a walker give up the base before it goes deep, so that it
 * never holds more than the logarithm of a tree's size in contents.
 */
function linkDeltas(bases: Int32Array): Pick<PackLayout, 'firstDelta' | 'nextDelta'> {
  const count = bases.length;
  const firstDelta = new Int32Array(new SharedArrayBuffer(count * 4)).fill(none);
  const nextDelta = new Int32Array(new SharedArrayBuffer(count * 4)).fill(none);
  // A base nearly always stands before its deltas; where it does not, counts are too low, which costs memory and nothing else.
  const descendants = new Uint32Array(count);
  const heaviest = firstDelta;
  for (let entry = count - 1; entry >= 0; entry--) {
    const base = bases[entry]!;
    if (base === none) continue;
    descendants[base]! += descendants[entry]! + 1;
    if (heaviest[base] === none || descendants[entry]! > descendants[heaviest[base]!]!) heaviest[base] = entry;
  }
  const isLast = new Uint8Array(count);
  for (let entry = 0; entry < count; entry++) {
    if (heaviest[entry] !== none) isLast[heaviest[entry]!] = 1;
  }
  for (let entry = count - 1; entry >= 0; entry--) {
    const base = bases[entry]!;
    if (base === none || isLast[entry] === 1) continue;
    nextDelta[entry] = firstDelta[base]!;
    firstDelta[base] = entry;
  }
  releaseMemory(descendants, isLast);
  return { firstDelta, nextDelta };
}

function listRoots(kinds: Uint8Array): Uint32Array {
  let rootCount = 0;
  for (const kind of kinds) if (kind >= 1 && kind <= 4) rootCount++;
  const roots = new Uint32Array(new SharedArrayBuffer(rootCount * 4));
  for (let entry = 0, next = 0; entry < kinds.length; entry++) {
    if (kinds[entry]! >= 1 && kinds[entry]! <= 4) roots[next++] = entry;
  }
  return roots;
}

/**
 * Hands each root's type down its deltas, and counts the entries of each root's tree. Deltas in a circle or without a base are reached
 * from no root and keep 0.
 */
function resolveTypes(
  kinds: Uint8Array,
  roots: Uint32Array,
  firstDelta: Int32Array,
  nextDelta: Int32Array,
): { types: Uint8Array; treeCounts: Uint32Array } {
  const types = new Uint8Array(new SharedArrayBuffer(kinds.length));
  const treeCounts = new Uint32Array(roots.length);
  const open: number[] = [];
  for (let i = 0; i < roots.length; i++) {
    const root = roots[i]!;
    let treeCount = 1;
    open.push(root);
    types[root] = kinds[root]!;
    while (open.length > 0) {
      const base = open.pop()!;
      for (let delta = firstDelta[base]!; delta !== none; delta = nextDelta[delta]!) {
        types[delta] = kinds[root]!;
        treeCount++;
        if (firstDelta[delta] !== none) open.push(delta);
      }
    }
    treeCounts[i] = treeCount;
  }
  return { types, treeCounts };
}

/** Moves the roots whose trees make up more than a hundredth of all work to the front, the largest first. */
function putLargestFirst(roots: Uint32Array, workOf: (i: number) => number): void {
  const work = Float64Array.from(roots, (_, i) => workOf(i));
  const limit = work.reduce((sum, value) => sum + value, 0) / 100;
  const large: number[] = [];
  for (let i = 0; i < roots.length; i++) if (work[i]! > limit) large.push(i);
  large.sort((a, b) => work[b]! - work[a]!);
  const others = roots.filter((_, i) => work[i]! <= limit);
  roots.set(large.map((i) => roots[i]!));
  roots.set(others, large.length);
}

function broken(what: string): GitError {
  return new GitError('REPOSITORY_BROKEN', `A pack ${what}.`);
}
