import type { Anchor } from './anchor.ts';

/** Anchors in the form that the kernel's search reads (kernel/anchors.ts says what stands where). Addresses count from its first byte. */
export interface AnchorTable {
  readonly bytes: Uint8Array;
  readonly anchorCount: number;
  readonly filterBits: number;
  readonly sieve: number;
  readonly buckets: number;
  readonly parts: number;
  readonly anchors: number;
  /** How far behind an anchor's start the four bytes may stand by which it is found. */
  readonly maxOffset: number;
}

const hashMultiplier = 0x9e3779b1 | 0;
const sieveMultiplier = 0x85ebca6b | 0;
const foldMask = 0x20202020;
const sieveBits = 17;
const bucketBits = 14;
const bucketCount = 1 << bucketBits;
const bucketBytes = (bucketCount + 1) * 4;
const partBytes = 8;
const anchorBytes = 8;
const largestOffset = 255;
const flagAtBoundary = 1;
const flagNeedsOperator = 2;

/** Four bytes of an anchor, folded, by which it is found; and whose they are: `anchor index << 8 | offset in the anchor`. */
interface Parts {
  readonly bytes: number[];
  readonly owners: number[];
}

/** Texts may hold any bytes; they have at least 3 and at most 65,535 of them. */
export function buildAnchorTable(anchors: readonly Anchor[]): AnchorTable {
  const texts = anchors.map(({ text }) => Buffer.from(text, 'latin1'));
  for (const { length } of texts) {
    if (length < 3 || length > 0xffff) throw new RangeError(`An anchor has ${length} bytes: 3 to 65,535 can be searched for.`);
  }
  const parts = listParts(texts);
  const partCount = parts.bytes.length;
  const filterBits = chooseFilterBits(partCount);

  const sieveAt = 1 << (filterBits - 3);
  const bucketsAt = sieveAt + (1 << (sieveBits - 3));
  const partsAt = bucketsAt + bucketBytes;
  const anchorsAt = partsAt + partCount * partBytes;
  const textsAt = anchorsAt + anchors.length * anchorBytes;
  const textBytes = texts.reduce((sum, text) => sum + 2 * text.length, 0);
  const bytes = new Uint8Array((textsAt + textBytes + 3) & ~3);
  const words = new Uint32Array(bytes.buffer);

  writeFilters(parts, bytes, 32 - filterBits, sieveAt);
  writeBuckets(parts, words, bucketsAt / 4, partsAt / 4);
  let textAt = textsAt;
  for (const [i, text] of texts.entries()) {
    const { fold, atBoundary, needsOperator } = anchors[i]!;
    const flags = (atBoundary ? flagAtBoundary : 0) | (needsOperator ? flagNeedsOperator : 0);
    words[anchorsAt / 4 + 2 * i] = textAt;
    words[anchorsAt / 4 + 2 * i + 1] = text.length | (flags << 16);
    bytes.set(text, textAt);
    if (fold) for (let k = 0; k < text.length; k++) bytes[textAt + text.length + k] = isLowerCase(text[k]!) ? 0x20 : 0;
    textAt += 2 * text.length;
  }
  const maxOffset = parts.owners.reduce((most, owner) => Math.max(most, owner & 0xff), 0);
  return {
    bytes,
    anchorCount: anchors.length,
    filterBits,
    sieve: sieveAt,
    buckets: bucketsAt,
    parts: partsAt,
    anchors: anchorsAt,
    maxOffset,
  };
}

/** So many that one in 16 at most is set, and as few as fit into a first-level cache beside the content. */
function chooseFilterBits(partCount: number): number {
  return Math.min(19, Math.max(17, Math.ceil(Math.log2(partCount * 16 + 1))));
}

function writeFilters({ bytes: parts }: Parts, bytes: Uint8Array, filterShift: number, sieveAt: number): void {
  for (const part of parts) {
    const first = Math.imul(part, hashMultiplier) >>> filterShift;
    const second = Math.imul(part, sieveMultiplier) >>> (32 - sieveBits);
    bytes[first >>> 3]! |= 1 << (first & 7);
    bytes[sieveAt + (second >>> 3)]! |= 1 << (second & 7);
  }
}

/** The parts in the order of their buckets, and where each bucket begins. */
function writeBuckets({ bytes, owners }: Parts, words: Uint32Array, bucketsAt: number, partsAt: number): void {
  const starts = words.subarray(bucketsAt, bucketsAt + bucketCount + 1);
  const bucketOf = (part: number): number => Math.imul(part, hashMultiplier) >>> (32 - bucketBits);
  for (const part of bytes) starts[bucketOf(part) + 1]!++;
  for (let bucket = 0; bucket < bucketCount; bucket++) starts[bucket + 1]! += starts[bucket]!;
  const next = starts.slice();
  for (let i = 0; i < bytes.length; i++) {
    const place = partsAt + 2 * next[bucketOf(bytes[i]!)]!++;
    words[place] = bytes[i]!;
    words[place + 1] = owners[i]!;
  }
}

function listParts(texts: readonly Buffer[]): Parts {
  const parts: Parts = { bytes: [], owners: [] };
  for (const [anchorIndex, text] of texts.entries()) {
    if (text.length === 3) addPartsOfThree(text, anchorIndex, parts);
    else {
      const offset = chooseRarestPart(text);
      parts.bytes.push(text.readInt32LE(offset) | foldMask);
      parts.owners.push(anchorIndex * 256 + offset);
    }
  }
  return parts;
}

/** Three bytes with each that may follow; at the end of a content anything may stand behind it in memory. */
function addPartsOfThree(text: Buffer, anchorIndex: number, parts: Parts): void {
  const start = text.readUIntLE(0, 3) | foldMask;
  for (let next = 0; next < 256; next++) {
    if ((next & 0x20) === 0) continue;
    parts.bytes.push(start | (next << 24));
    parts.owners.push(anchorIndex * 256);
  }
}

/** Where the four bytes stand that are rarest in source code and prose, by a rough weight of each byte. */
function chooseRarestPart(text: Buffer): number {
  let best = 0;
  let bestWeight = Infinity;
  for (let offset = 0; offset + 4 <= text.length && offset <= largestOffset; offset++) {
    const weight = weights[text[offset]!]! + weights[text[offset + 1]!]! + weights[text[offset + 2]!]! + weights[text[offset + 3]!]!;
    if (weight < bestWeight) {
      best = offset;
      bestWeight = weight;
    }
  }
  return best;
}

const weights = buildWeights();

/** Letters of English text weigh the more the more frequent they are; blanks and dashes stand in runs. */
function buildWeights(): Uint8Array {
  const byFrequency = ' -etaoinsrhldcumfpgwybvkxjqz';
  const weights = new Uint8Array(256).fill(4);
  for (const [rank, character] of [...byFrequency].entries()) {
    weights[character.charCodeAt(0)] = byFrequency.length - rank;
    weights[character.toUpperCase().charCodeAt(0)] = byFrequency.length - rank;
  }
  return weights;
}

function isLowerCase(byte: number): boolean {
  return byte >= 0x61 && byte <= 0x7a;
}
