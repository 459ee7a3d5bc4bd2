import { isTouched, widenRegions, type Region } from './compare-with-base.ts';

type OnNeedle = (needle: number, at: number) => void;

/** Finds every place where any of a fixed set of byte strings stands. */
export interface NeedleMatcher {
  /** Length of the longest needle in bytes; 0 when there is none. */
  readonly longest: number;
  /** Calls back once for each occurrence, overlapping ones included; not in order of position. */
  find(content: Uint8Array, onHit: OnNeedle): void;
  /** The same for those that stand in one of the regions at least in part, or across an empty one. Regions are in order and do not overlap. */
  findAround(content: Uint8Array, regions: readonly Region[], onHit: OnNeedle): void;
}

const minBytes = 4;
const maxStride = 64;
/** Short needles would make every stride short, so needles are looked for in groups by length; these are the groups' least lengths. */
const groupLengths = [minBytes, 8, 16] as const;

/**
 * Builds a matcher for needles of at least four bytes.
 *
 * It looks at four bytes every `stride` bytes only: with a stride of the shortest needle's length less three, each occurrence has one of
 * its first `stride` four-byte pieces at such a place. Unlike a search whose steps depend on what it reads (Boyer-Moore and kin), the
 * processor can work on several places at once: measured 3 to 5 GB/s where Wu-Manber reached 1.6.
 */
export function createNeedleMatcher(needles: readonly Uint8Array[]): NeedleMatcher {
  const tooShort = needles.findIndex((needle) => needle.length < minBytes);
  if (tooShort !== -1) throw new RangeError(`Needle ${tooShort} is shorter than ${minBytes} bytes.`);
  const groups = groupLengths
    .map((least, group) => listMembers(needles, least, groupLengths[group + 1] ?? Infinity))
    .filter((members) => members.length > 0)
    .map((members) => buildGroup(needles, members));
  return {
    longest: needles.reduce((longest, needle) => Math.max(longest, needle.length), 0),
    find(content, onHit) {
      const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
      for (const group of groups) findGroup(group, content, view, 0, content.length, onHit);
    },
    findAround(content, regions, onHit) {
      if (regions.length === 0) return;
      const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
      const onNearHit: OnNeedle = (needle, at) => {
        if (isTouched(regions, at, at + needles[needle]!.length)) onHit(needle, at);
      };
      for (const group of groups) {
        for (const { start, end } of widenRegions(regions, group.longest - 1, content.length))
          findGroup(group, content, view, start, end, onNearHit);
      }
    },
  };
}

function listMembers(needles: readonly Uint8Array[], least: number, below: number): number[] {
  return [...needles.keys()].filter((index) => needles[index]!.length >= least && needles[index]!.length < below);
}

interface Group {
  /** Bytes of the longest needle. */
  readonly longest: number;
  readonly stride: number;
  /** How many bytes are looked at: four, or eight when there are so many needles that four are always part of one. */
  readonly gramBytes: 4 | 8;
  /** 32 less the number of bits that choose a slot. */
  readonly shift: number;
  /** 1 where a piece of some needle falls. Small, so that it stays in the processor's cache. */
  readonly slots: Uint8Array;
  /** First piece of each slot's chain, or -1; and of each piece the next in its chain. */
  readonly heads: Int32Array;
  readonly nexts: Int32Array;
  /** Piece `p` begins at byte `p % stride` of needle `members[p / stride]`. Numbers only: thousands of values make millions of pieces. */
  readonly members: readonly number[];
  readonly needles: readonly Uint8Array[];
}

function buildGroup(needles: readonly Uint8Array[], members: readonly number[]): Group {
  const shortest = members.reduce((least, member) => Math.min(least, needles[member]!.length), Infinity);
  const gramBytes = shortest >= 16 && members.length > 1000 ? 8 : 4;
  const stride = Math.min(maxStride, shortest - gramBytes + 1);
  // One slot in 64 taken at most, as far as the cache allows.
  const bits = Math.min(22, Math.max(16, Math.ceil(Math.log2(members.length * stride)) + 6));
  const slots = new Uint8Array(2 ** bits);
  const heads = new Int32Array(2 ** bits).fill(-1);
  const nexts = new Int32Array(members.length * stride);
  for (const [position, member] of members.entries()) {
    const bytes = needles[member]!;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let offset = 0; offset < stride; offset++) {
      const slot = slotOf(view, offset, gramBytes, 32 - bits);
      const piece = position * stride + offset;
      nexts[piece] = heads[slot]!;
      heads[slot] = piece;
      slots[slot] = 1;
    }
  }
  const longest = members.reduce((most, member) => Math.max(most, needles[member]!.length), 0);
  return { longest, stride, gramBytes, shift: 32 - bits, slots, heads, nexts, members, needles };
}

/** Multiplicative hashing, by 2^32 over the golden ratio. */
function slotOf(view: DataView, at: number, gramBytes: 4 | 8, shift: number): number {
  const first = Math.imul(view.getInt32(at, true), 0x9e3779b1);
  return (gramBytes === 4 ? first : Math.imul((first ^ (first >>> 15)) + view.getInt32(at + 4, true), 0x9e3779b1)) >>> shift;
}

function findGroup(group: Group, content: Uint8Array, view: DataView, from: number, to: number, onHit: OnNeedle): void {
  const { stride, gramBytes, shift, slots } = group;
  const last = to - gramBytes;
  for (let at = from; at <= last; at += stride) {
    const slot = slotOf(view, at, gramBytes, shift);
    if (slots[slot] !== 0) checkPieces(group, slot, content, at, onHit);
  }
}

function checkPieces(group: Group, slot: number, content: Uint8Array, at: number, onHit: OnNeedle): void {
  const { stride, heads, nexts, members, needles } = group;
  for (let piece = heads[slot]!; piece !== -1; piece = nexts[piece]!) {
    const offset = piece % stride;
    const start = at - offset;
    if (start < 0) continue;
    const needle = members[(piece - offset) / stride]!;
    const bytes = needles[needle]!;
    let i = 0;
    while (i < bytes.length && content[start + i] === bytes[i]) i++;
    if (i === bytes.length) onHit(needle, start);
  }
}
