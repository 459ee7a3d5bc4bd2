import type { Anchor } from './anchor.ts';
import { isTracked, measureReaches, type AnchorReaches } from './measure-reaches.ts';

/** Anchors in the form in which they are searched for (kernel/anchors.ts says what stands where). Addresses count from its first byte. */
export interface AnchorTable {
  /** Begins at a multiple of 4 in its buffer. */
  readonly bytes: Uint8Array;
  readonly anchorCount: number;
  readonly filterBits: number;
  readonly sieve: number;
  readonly buckets: number;
  readonly parts: number;
  readonly anchors: number;
  /** Where a byte for each anchor says whether its hits are handed down: see `isTracked`. */
  readonly tracked: number;
  readonly reaches: AnchorReaches;
  /** How far behind an anchor's start the four bytes may stand by which it is found. */
  readonly maxOffset: number;
}

export const hashMultiplier = 0x9e3779b1 | 0;
export const sieveMultiplier = 0x85ebca6b | 0;
export const foldMask = 0x20202020;
export const sieveBits = 17;
export const bucketBits = 14;
const bucketCount = 1 << bucketBits;
const bucketBytes = (bucketCount + 1) * 4;
const partBytes = 8;
const anchorBytes = 8;
const largestOffset = 255;
export const flagAtBoundary = 1;
export const flagNeedsOperator = 2;

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
  const trackedAt = textsAt + texts.reduce((sum, text) => sum + 2 * text.length, 0);
  const bytes = new Uint8Array((trackedAt + anchors.length + 3) & ~3);
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
    bytes[trackedAt + i] = isTracked(anchors[i]!) ? 1 : 0;
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
    tracked: trackedAt,
    reaches: measureReaches(anchors),
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
  const everyday = listEverydayParts();
  for (const [anchorIndex, text] of texts.entries()) {
    if (text.length === 3) addPartsOfThree(text, anchorIndex, parts);
    else {
      const offset = chooseRarestPart(text, everyday);
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

/** Where the four bytes stand that are rarest in source code and prose, by a rough weight of each byte and the words that are everywhere. */
function chooseRarestPart(text: Buffer, everyday: ReadonlySet<number>): number {
  let best = 0;
  let bestWeight = Infinity;
  for (let offset = 0; offset + 4 <= text.length && offset <= largestOffset; offset++) {
    const bytes = weights[text[offset]!]! + weights[text[offset + 1]!]! + weights[text[offset + 2]!]! + weights[text[offset + 3]!]!;
    const weight = bytes + (everyday.has(text.readInt32LE(offset) | foldMask) ? everydayWeight : 0);
    if (weight < bestWeight) {
      best = offset;
      bestWeight = weight;
    }
  }
  return best;
}

/** Words of code and prose: their rare letters do not make them rare. */
const everydayWords =
  'abstract accept access account action active add address admin after alert all allow amount analysis and api app apps application apply array assert asset ' +
  'async attribute auth author back base based batch before begin bit block body bool branch break buffer build bundle button byte cache call callback case ' +
  'catch center chain change channel char chat check child circle class clean clear click client clock close cloud code col collect color column com command ' +
  'comment commit common company compare complete component compute condition config connect console const constant construct contact container content ' +
  'context control conversion convert cookie copy core count country create credential current custom data database date day debug default define delete ' +
  'depend describe design detail detect dev device dialog dict direct director disable discover dispatch display div document domain down download draw drop ' +
  'during dynamic each edge edit element email enable encode end engine entity entry env environment error event every exact example except exchange exec ' +
  'exist expand expect expire export express extend external extract factor fail false fast feature field figure file fill filter final find first fix flag ' +
  'flat float flow focus font force form format found frame framework free from full function general generate get global graph group guide hand handle hash ' +
  'head header health height help hidden high hook host hosting hour html http icon identifier image impact import in include increase index info information ' +
  'init inject inline inner input insert inside install instance int interface internal into is item join json jump just key keyword kind label lambda ' +
  'language large last launch layer layout leader leak learn left length level library licen light line link list listen live load local location lock log ' +
  'login long loop machine magic mail main make manage manager map mark market master match max media member memory menu merge message meta method metric ' +
  'mime min minor mist mobile mock modal mode model modify module monitor month move name native net network new next node none note notice notify null number ' +
  'object offset one only open operator option order org other out output override own pack package page panel param parent parse part pass password patch ' +
  'path pattern payment perform period permission person pick place plain plan platform play player plugin point policy pool port position post power prefix ' +
  'present prevent preview price print private process product profile program progress project promise property protocol provider proxy public publish pull ' +
  'purchase push qual quality query question queue quick quote random range rate raw read ready real reason receive record redirect reduce refer reference ' +
  'reflect refresh region register release remote remove render repeat replace reply report repository request require reset resolve resource respond ' +
  'response rest result retry return review right ring role root round route router row rule run safe same sample save scale scan schedule schema scope screen ' +
  'script search second secret section secure security select self send serial serve server service session set setting setup shadow share shell shift short ' +
  'show side sign signal signature simple since single site size skip sleep slice small snapshot socket some sort source space spec special speed spec split ' +
  'stack stage standard start state statement static station status step stock stop storage store stream strict string struct structure style submit success ' +
  'such suffix suite super support switch symbol sync syntax system tab table tag target task team template term test text thing thread throw time timeout ' +
  'title to token tool top total trace track trade transaction transfer transform translate transport travel tree trigger trim true trust try type ui under ' +
  'undefined unique unit unknown unless until up update upgrade upload url use user valid validate value variable variant vector verify version video view ' +
  'virtual visible visual vision volume wait walk warn was watch weather web weight when where while white wide widget width will window with word work worker ' +
  'world wrap write writer year zone actions archive binding bound boundary checking comes controller crypt decryption description drives encryption initialize ' +
  'installer loading localize options packet particle permissions rails reading settings things trap versions warnings writing';

const everydayWeight = 60;

/** All four bytes that stand in such a word, or at its end with what joins names. */
function listEverydayParts(): Set<number> {
  const parts = new Set<number>();
  for (const word of everydayWords.split(' ')) {
    for (const joint of ['_', '-', '.', ' ', '']) {
      const text = Buffer.from(joint + word + joint);
      for (let offset = 0; offset + 4 <= text.length; offset++) parts.add(text.readInt32LE(offset) | foldMask);
    }
  }
  // What names of all sorts end in.
  for (const end of ['ap', 'ac', 'cl', 'se', 'to'])
    for (const joint of '_-.')
      for (const letter of 'abcdefghijklmnopqrstuvwxyz') parts.add(Buffer.from(letter + joint + end).readInt32LE() | foldMask);
  return parts;
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
