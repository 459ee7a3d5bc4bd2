import type { AnchorTable } from '../../detect/build-anchor-table.ts';
import type { Match } from '../../detect/detector.ts';
import { boundaryBytes } from '../../detect/measure-reaches.ts';
import type { Kernel } from './kernel.ts';
import type { Matcher } from './matcher.ts';

/**
 * An anchor that stands in an object and what was found there. Kept while deltas on the object are walked, so that they can take it over.
 * Tracked anchors are kept even without a match, because an edit far from them may complete one.
 */
export interface Hit {
  readonly at: number;
  readonly anchorIndex: number;
  /** Settled; offsets are those of the object in which they were verified. */
  readonly matches: readonly Match[];
  /** To be added to the matches' offsets in this object. */
  readonly movedBy: number;
}

/** Most runs (see kernel/delta.ts) of one delta; an object with more is searched as a whole. */
export const maxRuns = 1 << 16;
const runBytes = 12;
const regionBytes = 8;
const minHitCapacity = 1 << 16;
const hitBytes = 8;
/** Memory that a search needs from its address on. */
export function countSearchBytes(table: AnchorTable): number {
  return alignUp(table.bytes.length) + hitCapacityOf(table) * hitBytes + maxRuns * runBytes + (maxRuns + 1) * regionBytes;
}

function hitCapacityOf({ anchorCount }: AnchorTable): number {
  return Math.max(minHitCapacity, anchorCount);
}

/** Finds the anchors of contents in the kernel's memory and has them verified. */
export class ObjectSearch {
  /** Where the kernel writes a delta's runs. */
  readonly runs: number;

  readonly #kernel: Kernel;
  readonly #words: Uint32Array;
  readonly #matcher: Matcher;
  /** By anchor. */
  readonly #isTracked: Uint8Array;
  readonly #regions: number;
  readonly #hits: number;

  constructor(kernel: Kernel, matcher: Matcher, table: AnchorTable, address: number) {
    kernel.memory.set(table.bytes, address);
    const hitCapacity = hitCapacityOf(table);
    this.#hits = alignUp(address + table.bytes.length);
    this.runs = this.#hits + hitCapacity * hitBytes;
    this.#regions = this.runs + maxRuns * runBytes;
    kernel.setAnchors(
      table.filterBits,
      address,
      address + table.sieve,
      address + table.buckets,
      address + table.parts,
      address + table.anchors,
      table.maxOffset,
      this.#hits,
      hitCapacity,
    );
    const { lineBefore, lineAfter, farAfter } = table.reaches;
    kernel.setReaches(lineBefore, lineAfter, boundaryBytes, farAfter);
    this.#kernel = kernel;
    this.#words = new Uint32Array(kernel.memory.buffer);
    this.#matcher = matcher;
    this.#isTracked = kernel.memory.subarray(address + table.tracked, address + table.tracked + table.anchorCount);
  }

  /** What stands in a whole content; `undefined` for nothing. */
  search(address: number, size: number): Hit[] | undefined {
    this.#words[this.#regions >>> 2] = 0;
    this.#words[(this.#regions >>> 2) + 1] = size;
    return this.#searchRegions(address, size, 1);
  }

  /**
   * What stands in a content that was made from `runCount` runs of a base and new bytes between them; the same as `search` would find.
   * Only what the delta may have changed is looked at.
   */
  searchChanged(
    address: number,
    size: number,
    runCount: number,
    baseSize: number,
    baseHits: readonly Hit[] | undefined,
  ): Hit[] | undefined {
    const regionCount = this.#kernel.planRegions(address, size, baseSize, this.runs, runCount, this.#regions);
    const hits = this.#searchRegions(address, size, regionCount);
    if (!baseHits) return hits;
    const all = hits ?? [];
    this.#takeOver(baseHits, baseSize, address, size, runCount, regionCount, all);
    return all.length > 0 ? all.sort(compareHits) : undefined;
  }

  #searchRegions(address: number, size: number, regionCount: number): Hit[] | undefined {
    this.#kernel.startSearch(address, size, this.#regions, regionCount);
    let content: Buffer | undefined;
    let hits: Hit[] | undefined;
    for (let count = this.#kernel.nextHits(); count > 0; count = this.#kernel.nextHits()) {
      content ??= this.#kernel.memory.subarray(address, address + size);
      const first = this.#hits >>> 2;
      for (let word = first; word < first + 2 * count; word += 2) {
        const at = this.#words[word]!;
        const anchorIndex = this.#words[word + 1]!;
        const matches = this.#verify(content, at, anchorIndex);
        if (matches.length > 0 || this.#isTracked[anchorIndex] === 1) (hits ??= []).push({ at, anchorIndex, matches, movedBy: 0 });
      }
    }
    return hits?.sort(compareHits);
  }

  #takeOver(
    baseHits: readonly Hit[],
    baseSize: number,
    address: number,
    size: number,
    runCount: number,
    regionCount: number,
    hits: Hit[],
  ): void {
    let region = 0;
    let content: Buffer | undefined;
    for (let i = 0; i < runCount; i++) {
      const run = (this.runs + i * runBytes) >>> 2;
      const start = this.#words[run]!;
      const baseStart = this.#words[run + 1]!;
      const baseEnd = baseStart + this.#words[run + 2]!;
      for (let k = findFirst(baseHits, baseStart); k < baseHits.length && baseHits[k]!.at < baseEnd; k++) {
        const hit = baseHits[k]!;
        const at = hit.at - baseStart + start;
        while (region < regionCount && this.#regionWord(region, 1) <= at) region++;
        // What begins in a region was found there.
        if (region < regionCount && this.#regionWord(region, 0) <= at) continue;

        const { before, after } = this.#matcher.anchors.at(hit.anchorIndex)!;
        const isWhole =
          this.#isTracked[hit.anchorIndex] === 0 ||
          ((hit.at - before > baseStart || (baseStart === 0 && start === 0)) &&
            (hit.at + after < baseEnd || (baseEnd === baseSize && start + (baseEnd - baseStart) === size)));
        if (isWhole) {
          const movedBy = hit.movedBy + at - hit.at;
          hits.push(at === hit.at ? hit : { ...hit, at, movedBy });
        } else {
          content ??= this.#kernel.memory.subarray(address, address + size);
          hits.push({ at, anchorIndex: hit.anchorIndex, matches: this.#verify(content, at, hit.anchorIndex), movedBy: 0 });
        }
      }
    }
  }

  #regionWord(region: number, word: 0 | 1): number {
    return this.#words[(this.#regions >>> 2) + 2 * region + word]!;
  }

  #verify(content: Buffer, at: number, anchorIndex: number): readonly Match[] {
    const matches: Match[] = [];
    this.#matcher.verify(content, at, anchorIndex, matches);
    if (matches.length === 0) return nothing;
    return matches.length === 1 ? matches : this.#matcher.settle(matches);
  }
}

const nothing: readonly Match[] = [];

/**
 * The matches of one object, as `Matcher.scan` gives them. What the hits hold is settled already, so that only hits whose secrets may
 * stand in the same place are settled again.
 */
export function collectMatches(hits: readonly Hit[], matcher: Matcher): Match[] {
  const matches: Match[] = [];
  let isInOrder = true;
  let last = -1;
  for (const hit of hits) {
    const before = last;
    for (const match of hit.matches) {
      const moved = hit.movedBy === 0 ? match : moveMatch(match, hit.movedBy);
      if (moved.secretStart <= before) isInOrder = false;
      last = Math.max(last, moved.secretStart);
      matches.push(moved);
    }
  }
  return isInOrder ? matches : matcher.settle(matches);
}

function moveMatch(match: Match, by: number): Match {
  return {
    ...match,
    start: match.start + by,
    end: match.end + by,
    secretStart: match.secretStart + by,
    secretEnd: match.secretEnd + by,
  };
}

/** The first hit at or behind an offset. */
function findFirst(hits: readonly Hit[], offset: number): number {
  let low = 0;
  let high = hits.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (hits[middle]!.at < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compareHits(a: Hit, b: Hit): number {
  return a.at - b.at || a.anchorIndex - b.anchorIndex;
}

function alignUp(address: number): number {
  return (address + 63) & ~63;
}
