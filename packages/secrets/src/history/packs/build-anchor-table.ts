import type { Anchor } from '../../detect/anchor.ts';

/** Anchors in the form that the kernel's search reads (kernel/anchors.ts says what stands where). Addresses count from its first byte. */
export interface AnchorTable {
  readonly bytes: Buffer;
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
const sieveBits = 17;
const foldMask = 0x20202020;
const bucketBits = 14;
const bucketBytes = ((1 << bucketBits) + 1) * 4;
const partBytes = 8;
const anchorBytes = 8;
const largestOffset = 255;
const flagAtBoundary = 1;
const flagNeedsOperator = 2;

/** Four bytes of an anchor, folded, by which it is found. */
interface Part {
  readonly bytes: number;
  readonly anchorIndex: number;
  readonly offset: number;
}

export function buildAnchorTable(anchors: readonly Anchor[]): AnchorTable {
  const texts = anchors.map(({ text }) => Buffer.from(text, 'latin1'));
  const parts = texts.flatMap((text, index) => (text.length === 3 ? listPartsOfThree(text, index) : [chooseRarestPart(text, index)]));
  parts.sort((a, b) => bucketOf(a) - bucketOf(b));
  const filterBits = chooseFilterBits(parts.length);

  const sieveAt = 1 << (filterBits - 3);
  const bucketsAt = sieveAt + (1 << (sieveBits - 3));
  const partsAt = bucketsAt + bucketBytes;
  const anchorsAt = partsAt + parts.length * partBytes;
  let textAt = anchorsAt + anchors.length * anchorBytes;
  const bytes = Buffer.alloc(textAt + texts.reduce((sum, text) => sum + 2 * text.length, 0));

  for (const [i, part] of parts.entries()) {
    const hash = hashOf(part) >>> (32 - filterBits);
    bytes[hash >>> 3]! |= 1 << (hash & 7);
    const second = Math.imul(part.bytes, sieveMultiplier) >>> (32 - sieveBits);
    bytes[sieveAt + (second >>> 3)]! |= 1 << (second & 7);
    bytes.writeInt32LE(part.bytes, partsAt + i * partBytes);
    bytes.writeUInt32LE(part.anchorIndex * 256 + part.offset, partsAt + i * partBytes + 4);
  }
  for (let bucket = 0, first = 0; bucket <= 1 << bucketBits; bucket++) {
    while (first < parts.length && bucketOf(parts[first]!) < bucket) first++;
    bytes.writeUInt32LE(first, bucketsAt + bucket * 4);
  }
  for (const [i, text] of texts.entries()) {
    const { fold, atBoundary, needsOperator } = anchors[i]!;
    const entry = anchorsAt + i * anchorBytes;
    bytes.writeUInt32LE(textAt, entry);
    bytes.writeUInt16LE(text.length, entry + 4);
    bytes.writeUInt16LE((atBoundary ? flagAtBoundary : 0) | (needsOperator ? flagNeedsOperator : 0), entry + 6);
    text.copy(bytes, textAt);
    for (let k = 0; k < text.length; k++) bytes[textAt + text.length + k] = fold && isLowerCase(text[k]!) ? 0x20 : 0;
    textAt += 2 * text.length;
  }
  return {
    bytes,
    anchorCount: anchors.length,
    filterBits,
    sieve: sieveAt,
    buckets: bucketsAt,
    parts: partsAt,
    anchors: anchorsAt,
    maxOffset: parts.reduce((most, { offset }) => Math.max(most, offset), 0),
  };
}

/** So many that one in 16 at most is set, and as few as fit into a first-level cache beside the content. */
function chooseFilterBits(partCount: number): number {
  return Math.min(19, Math.max(17, Math.ceil(Math.log2(partCount * 16 + 1))));
}

function hashOf({ bytes }: Part): number {
  return Math.imul(bytes, hashMultiplier);
}

function bucketOf(part: Part): number {
  return hashOf(part) >>> (32 - bucketBits);
}

/** Three bytes with each that may follow; at the end of a content anything may stand behind it in memory. */
function listPartsOfThree(text: Buffer, anchorIndex: number): Part[] {
  const start = text.readUIntLE(0, 3);
  const all = Array.from({ length: 256 }, (_, next) => start | (next << 24) | foldMask);
  return [...new Set(all)].map((bytes) => ({ bytes, anchorIndex, offset: 0 }));
}

/** The four bytes that are rarest in source code and prose, by a rough weight of each byte. */
function chooseRarestPart(text: Buffer, anchorIndex: number): Part {
  let best = 0;
  let bestWeight = Infinity;
  for (let offset = 0; offset + 4 <= text.length && offset <= largestOffset; offset++) {
    const weight = weights[text[offset]!]! + weights[text[offset + 1]!]! + weights[text[offset + 2]!]! + weights[text[offset + 3]!]!;
    if (weight < bestWeight) {
      best = offset;
      bestWeight = weight;
    }
  }
  return { bytes: text.readInt32LE(best) | foldMask, anchorIndex, offset: best };
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
