import type { Anchor } from './anchor.ts';
import {
  bucketBits,
  flagAtBoundary,
  flagNeedsOperator,
  foldMask,
  hashMultiplier,
  sieveBits,
  sieveMultiplier,
  type AnchorTable,
} from './build-anchor-table.ts';
import { isAssignedAfter } from './is-assigned-after.ts';

/** Finds anchors in content. One finder serves one call at a time: the hits stand in a buffer that the next call overwrites. */
export interface AnchorFinder {
  /**
   * Finds every anchor that begins in `[from, to)`; bytes outside are looked at where an anchor crosses the borders.
   * Pairs `at, anchorIndex` stand in `hits` afterwards, in no particular order. Returns how many pairs.
   */
  find(content: Uint8Array, from: number, to: number): number;
  readonly hits: Int32Array;
}

const sieveShift = 32 - sieveBits;
const bucketShift = 32 - bucketBits;
const stepBytes = 1 << 14;

/**
 * Four bytes of every anchor are looked up, by their hash, at each byte of the content. The look-up only collects candidates, without a
 * branch: mispredicted branches would cost more than all the rest. Candidates are then compared four bytes at once, and where these are
 * equal, anchor by anchor.
 */
export function createAnchorFinder(table: AnchorTable): AnchorFinder {
  const { bytes } = table;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 2);
  const [buckets, parts] = [table.buckets >>> 2, table.parts >>> 2];
  const filterShift = 32 - table.filterBits;
  const candidates = new Int32Array(stepBytes + 1);
  const known: (AnchorText | undefined)[] = [];
  let hits = new Int32Array(4096);
  let count = 0;

  /** Lists the last bytes in `[first, end)` of parts that may belong to an anchor. */
  function collectCandidates(content: Uint8Array, first: number, end: number): number {
    let part = readPart(content, first - 4);
    let found = 0;
    for (let i = first; i < end; i++) {
      part = (part >>> 8) | ((content[i]! | 0x20) << 24);
      candidates[found] = i;
      const hash = Math.imul(part, hashMultiplier) >>> filterShift;
      found += (bytes[hash >>> 3]! >>> (hash & 7)) & 1;
    }
    return found;
  }

  function compareCandidates(content: Uint8Array, candidateCount: number, from: number, to: number): void {
    for (let c = 0; c < candidateCount; c++) {
      const start = candidates[c]! - 3;
      const part = readPart(content, start);
      const sifted = Math.imul(part, sieveMultiplier) >>> sieveShift;
      if (((bytes[table.sieve + (sifted >>> 3)]! >>> (sifted & 7)) & 1) === 0) continue;
      const bucket = buckets + (Math.imul(part, hashMultiplier) >>> bucketShift);
      const end = parts + 2 * words[bucket + 1]!;
      for (let entry = parts + 2 * words[bucket]!; entry < end; entry += 2) {
        if (words[entry]! !== part >>> 0) continue;
        const owner = words[entry + 1]!;
        const at = start - (owner & 0xff);
        if (at < from || at >= to || !standsAt(content, at, (known[owner >>> 8] ??= readAnchorText(table, words, owner >>> 8)))) continue;
        if (count + 2 > hits.length) hits = growBuffer(hits);
        hits[count++] = at;
        hits[count++] = owner >>> 8;
      }
    }
  }

  return {
    get hits() {
      return hits;
    },
    find(content, from, to) {
      count = 0;
      // A part begins up to `maxOffset` bytes behind the start of its anchor, and is named here by its last byte.
      const end = Math.min(content.length, to + table.maxOffset + 3);
      for (let first = from + 3; first < end; first += stepBytes) {
        compareCandidates(content, collectCandidates(content, first, Math.min(end, first + stepBytes)), from, to);
      }
      // A three-byte anchor may be the last thing there.
      if (end === content.length && end >= from + 3) {
        candidates[0] = end;
        compareCandidates(content, 1, from, to);
      }
      return count >>> 1;
    },
  };
}

/** Four bytes, each with the bit set that tells upper from lower case; zeros stand in for what lies outside. */
function readPart(content: Uint8Array, start: number): number {
  if (start >= 0 && start + 4 <= content.length) {
    return content[start]! | (content[start + 1]! << 8) | (content[start + 2]! << 16) | (content[start + 3]! << 24) | foldMask;
  }
  let part = 0;
  for (let i = start; i < start + 4; i++) part = (part >>> 8) | ((i >= 0 && i < content.length ? content[i]! : 0) << 24);
  return part | foldMask;
}

function readAnchorText({ bytes, anchors }: AnchorTable, words: Uint32Array, anchorIndex: number): AnchorText {
  const entry = (anchors >>> 2) + 2 * anchorIndex;
  const start = words[entry]!;
  const length = words[entry + 1]! & 0xffff;
  const flags = words[entry + 1]! >>> 16;
  const text = bytes.subarray(start, start + length);
  // Behind the text stands where case is ignored: at all letters, or nowhere.
  const fold = bytes.subarray(start + length, start + 2 * length).some((mask) => mask !== 0);
  return { bytes: text, fold, atBoundary: (flags & flagAtBoundary) !== 0, needsOperator: (flags & flagNeedsOperator) !== 0 };
}

/** What comparing an anchor needs. */
export interface AnchorText {
  readonly bytes: Uint8Array;
  readonly fold: boolean;
  readonly atBoundary: boolean;
  readonly needsOperator: boolean;
}

export function prepareAnchor({ text, fold, atBoundary, needsOperator }: Anchor): AnchorText {
  return { bytes: Buffer.from(text, 'latin1'), fold, atBoundary, needsOperator };
}

/** Whether the anchor is to be reported at that offset, as `Anchor` defines it. */
export function standsAt(content: Uint8Array, at: number, { bytes, fold, atBoundary, needsOperator }: AnchorText): boolean {
  const length = bytes.length;
  if (at + length > content.length) return false;
  for (let i = 0; i < length; i++) {
    let byte = content[at + i]!;
    if (fold && byte >= 0x41 && byte <= 0x5a) byte |= 0x20;
    if (byte !== bytes[i]) return false;
  }
  if (atBoundary && at > 0 && isWordByte(content[at - 1]!) && !endsEscape(content, at)) return false;
  return !needsOperator || isAssignedAfter(content, at + length);
}

function isWordByte(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f;
}

/** Whether `\n`, `\r`, `\t`, a percent escape or a colour of a terminal (`ESC[0;31m`) ends before `at`. */
function endsEscape(content: Uint8Array, at: number): boolean {
  const last = content[at - 1]!;
  if (at > 1 && content[at - 2] === 0x5c) return last === 0x6e || last === 0x72 || last === 0x74;
  if (at > 2 && content[at - 3] === 0x25 && isHexByte(content[at - 2]!) && isHexByte(last)) return true;
  return last === 0x6d && endsColour(content, at - 1);
}

/** Whether `ESC[`, then at most 5 digits and semicolons end before `at`. */
function endsColour(content: Uint8Array, at: number): boolean {
  let i = at - 1;
  while (i >= 0 && i >= at - 5 && (content[i] === 0x3b || (content[i]! >= 0x30 && content[i]! <= 0x39))) i--;
  return i > 0 && content[i] === 0x5b && content[i - 1] === 0x1b;
}

function isHexByte(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

function growBuffer(hits: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(hits.length * 2);
  grown.set(hits);
  return grown;
}
