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

const tableBits = 18;
const shift = 32 - tableBits;
const multiplier = 0x9e3779b1 | 0;
/** A second, independent hash: most candidates are chance, and the small bitmap that says so stays in the fastest cache. */
const otherBits = 17;
const otherShift = 32 - otherBits;
const otherMultiplier = 0x85ebca6b | 0;
const foldMask = 0x20202020;
const stepBytes = 1 << 14;

/**
 * One four-byte part of every anchor is looked up, by its hash, at each byte of the content. The look-up only collects candidates,
 * without a branch: mispredicted branches would cost more than all the rest. Candidates are then compared part by part, and where a
 * part is equal, anchor by anchor.
 */
export function createAnchorFinder(anchors: readonly Anchor[]): AnchorFinder {
  const table = buildTable(anchors);
  const candidates = new Int32Array(stepBytes + 1);
  let hits = new Int32Array(4096);
  let count = 0;

  function compareCandidates(content: Uint8Array, candidateCount: number, from: number, to: number): void {
    const { isPart, chainOf, chainNext, chainPart, chainAnchor, chainOffset, texts } = table;
    for (let c = 0; c < candidateCount; c++) {
      const start = candidates[c]! - 3;
      const part = readPart(content, start);
      const confirmation = Math.imul(part, otherMultiplier) >>> otherShift;
      if ((isPart[confirmation >>> 3]! & (1 << (confirmation & 7))) === 0) continue;
      for (let entry = chainOf[Math.imul(part, multiplier) >>> shift]!; entry !== 0; entry = chainNext[entry]!) {
        if (chainPart[entry] !== part) continue;
        const at = start - chainOffset[entry]!;
        if (at < from || at >= to || !standsAt(content, at, texts[chainAnchor[entry]!]!)) continue;
        if (count + 2 > hits.length) hits = growBuffer(hits);
        hits[count++] = at;
        hits[count++] = chainAnchor[entry]!;
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
        const candidateCount = collectCandidates(content, first, Math.min(end, first + stepBytes), table.isFirstOfChain, candidates);
        compareCandidates(content, candidateCount, from, to);
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

/** Lists the last bytes in `[first, end)` of parts whose hash is in the table. */
function collectCandidates(content: Uint8Array, first: number, end: number, isFirstOfChain: Uint8Array, candidates: Int32Array): number {
  let part = readPart(content, first - 4);
  let count = 0;
  for (let i = first; i < end; i++) {
    part = (part >>> 8) | ((content[i]! | 0x20) << 24);
    candidates[count] = i;
    count += isFirstOfChain[Math.imul(part, multiplier) >>> shift]!;
  }
  return count;
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

interface Table {
  /** A bit by the other hash. */
  readonly isPart: Uint8Array;
  /** By hash: 1 where a chain begins. */
  readonly isFirstOfChain: Uint8Array;
  /** By hash: the first entry of its chain; 0 ends a chain. */
  readonly chainOf: Int32Array;
  readonly chainNext: Int32Array;
  readonly chainPart: Int32Array;
  readonly chainAnchor: Int32Array;
  readonly chainOffset: Int32Array;
  readonly texts: readonly AnchorText[];
  readonly maxOffset: number;
}

function buildTable(anchors: readonly Anchor[]): Table {
  const texts = anchors.map(prepareAnchor);
  const partCount = texts.reduce((count, { bytes }) => count + (bytes.length === 3 ? nextBytes.length : 1), 0);
  const table = {
    isPart: new Uint8Array(1 << (otherBits - 3)),
    isFirstOfChain: new Uint8Array(1 << tableBits),
    chainOf: new Int32Array(1 << tableBits),
    chainNext: new Int32Array(partCount + 1),
    chainPart: new Int32Array(partCount + 1),
    chainAnchor: new Int32Array(partCount + 1),
    chainOffset: new Int32Array(partCount + 1),
    texts,
    maxOffset: 0,
  };

  let entry = 0;
  function add(part: number, anchorIndex: number, offset: number): void {
    const hash = Math.imul(part, multiplier) >>> shift;
    entry++;
    table.isFirstOfChain[hash] = 1;
    const confirmation = Math.imul(part, otherMultiplier) >>> otherShift;
    table.isPart[confirmation >>> 3]! |= 1 << (confirmation & 7);
    table.chainNext[entry] = table.chainOf[hash]!;
    table.chainPart[entry] = part;
    table.chainAnchor[entry] = anchorIndex;
    table.chainOffset[entry] = offset;
    table.chainOf[hash] = entry;
    if (offset > table.maxOffset) table.maxOffset = offset;
  }

  for (const [anchorIndex, { bytes }] of texts.entries()) {
    if (bytes.length === 3) {
      for (const next of nextBytes) add(bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16) | (next << 24) | foldMask, anchorIndex, 0);
    } else {
      const offset = chooseOffset(bytes);
      add(readPart(bytes, offset), anchorIndex, offset);
    }
  }
  return table;
}

/** What may follow a three-byte anchor, once folded. */
const nextBytes = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => (byte & 0x20) !== 0);

/** The four bytes of an anchor that are rarest in source code and prose, by a rough weight of each byte. */
function chooseOffset(bytes: Buffer): number {
  const text = bytes.toString('latin1').toLowerCase();
  let best = 0;
  let bestWeight = Infinity;
  for (let offset = 0; offset + 4 <= bytes.length; offset++) {
    const isEverywhere = everydayPart.test(text.slice(offset, offset + 4));
    const weight =
      (isEverywhere ? everydayWeight : 0) +
      commonness[bytes[offset]!]! +
      commonness[bytes[offset + 1]!]! +
      commonness[bytes[offset + 2]!]! +
      commonness[bytes[offset + 3]!]!;
    if (weight < bestWeight) {
      best = offset;
      bestWeight = weight;
    }
  }
  return best;
}

/** Parts whose letters are rare but which stand in every other line of code. */
const everydayPart = /key|api|": |" *=|0000|----|%2|tabl|auth|tok|base|priv|word|mand|ndex|ntry|ize/;
const everydayWeight = 100;

/** By byte: the characters of source code from the most to the least frequent. */
const commonness = weighBytes(' etrsnaiolcdupm_.hfgb,:0"\'/-=yv1k(w)x;2*>q#3j45z86<97[{]}`|&@+$!?%~\\^');

function weighBytes(byFrequency: string): Uint8Array {
  const weights = new Uint8Array(256);
  for (const [rank, character] of [...byFrequency].entries()) {
    weights[character.charCodeAt(0)] = byFrequency.length - rank;
    weights[character.toUpperCase().charCodeAt(0)] = byFrequency.length - rank;
  }
  return weights;
}
