import type { Anchor } from './anchor.ts';
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

const filterBits = 17;
const multiplier = 0x9e3779b1 | 0;
const foldMask = 0x20202020;

/**
 * A bitmap of the hashes of one 4-byte part of every anchor is looked up at each byte; only where it says yes are anchors compared.
 * The bitmap is 16 KiB so that it stays in the first-level cache.
 */
export function createAnchorFinder(anchors: readonly Anchor[]): AnchorFinder {
  const table = buildTable(anchors);
  let hits = new Int32Array(4096);
  return {
    get hits() {
      return hits;
    },
    find(content, from, to) {
      let count = 0;
      const { bitmap, chainOf, chainNext, chainAnchor, chainOffset } = table;
      // A part stands up to `maxOffset` bytes behind the start of its anchor.
      const last = Math.min(content.length, to + table.maxOffset + 3);
      let part = 0;
      for (let i = from; i < from + 3; i++) part = (part >>> 8) | ((i < content.length ? content[i]! : 0) << 24);
      // One step past the end: a 3-byte anchor may be the last thing there.
      for (let i = from + 3; i <= last; i++) {
        part = (part >>> 8) | ((i < content.length ? content[i]! : 0) << 24);
        const hash = Math.imul(part | foldMask, multiplier) >>> (32 - filterBits);
        if ((bitmap[hash >>> 3]! & (1 << (hash & 7))) === 0) continue;
        for (let entry = chainOf[hash]!; entry !== 0; entry = chainNext[entry]!) {
          const at = i - 3 - chainOffset[entry]!;
          if (at < from || at >= to || !standsAt(content, at, table.texts[chainAnchor[entry]!]!)) continue;
          if (count + 2 > hits.length) hits = growBuffer(hits);
          hits[count++] = at;
          hits[count++] = chainAnchor[entry]!;
        }
      }
      return count >>> 1;
    },
  };
}

/** What comparing an anchor needs. */
export interface AnchorText {
  readonly bytes: Buffer;
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

/** Whether `\n`, `\r`, `\t` or a percent escape ends before `at`. */
function endsEscape(content: Uint8Array, at: number): boolean {
  const last = content[at - 1]!;
  if (at > 1 && content[at - 2] === 0x5c) return last === 0x6e || last === 0x72 || last === 0x74;
  return at > 2 && content[at - 3] === 0x25 && isHexByte(content[at - 2]!) && isHexByte(last);
}

function isHexByte(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

function growBuffer(hits: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(hits.length * 2);
  grown.set(hits);
  return grown;
}

interface Table {
  readonly bitmap: Uint8Array;
  /** By hash: the first entry of its chain; 0 ends a chain. */
  readonly chainOf: Int32Array;
  readonly chainNext: readonly number[];
  readonly chainAnchor: readonly number[];
  readonly chainOffset: readonly number[];
  readonly texts: readonly AnchorText[];
  readonly maxOffset: number;
}

function buildTable(anchors: readonly Anchor[]): Table {
  const bitmap = new Uint8Array(1 << (filterBits - 3));
  const chainOf = new Int32Array(1 << filterBits);
  const chainNext = [0];
  const chainAnchor = [0];
  const chainOffset = [0];
  let maxOffset = 0;

  function add(part: number, anchorIndex: number, offset: number): void {
    const hash = Math.imul(part | foldMask, multiplier) >>> (32 - filterBits);
    for (let entry = chainOf[hash]!; entry !== 0; entry = chainNext[entry]!) {
      if (chainAnchor[entry] === anchorIndex) return;
    }
    bitmap[hash >>> 3]! |= 1 << (hash & 7);
    chainNext.push(chainOf[hash]!);
    chainAnchor.push(anchorIndex);
    chainOffset.push(offset);
    chainOf[hash] = chainNext.length - 1;
  }

  const texts = anchors.map(prepareAnchor);
  for (const [anchorIndex, { bytes }] of texts.entries()) {
    if (bytes.length === 3) {
      const start = bytes.readUIntLE(0, 3);
      for (let next = 0; next < 256; next++) add(start | (next << 24), anchorIndex, 0);
    } else {
      const offset = chooseOffset(bytes);
      maxOffset = Math.max(maxOffset, offset);
      add(bytes.readInt32LE(offset), anchorIndex, offset);
    }
  }
  return { bitmap, chainOf, chainNext, chainAnchor, chainOffset, texts, maxOffset };
}

/** The four bytes of an anchor that are rarest in source code and prose, by a rough weight of each byte. */
function chooseOffset(bytes: Buffer): number {
  let best = 0;
  let bestWeight = Infinity;
  for (let offset = 0; offset + 4 <= bytes.length; offset++) {
    let weight = 0;
    for (let i = offset; i < offset + 4; i++) weight += commonness(bytes[i]!);
    if (weight < bestWeight) {
      best = offset;
      bestWeight = weight;
    }
  }
  return best;
}

/** Letters of English text from the most to the least frequent; blanks and dashes stand in runs. */
const byFrequency = ' -etaoinsrhldcumfpgwybvkxjqz';

function commonness(byte: number): number {
  const rank = byFrequency.indexOf(String.fromCharCode(byte).toLowerCase());
  return rank === -1 ? 4 : byFrequency.length - rank;
}
