export interface NeedleHit {
  readonly needleIndex: number;
  readonly start: number;
}

/** Looks for many byte strings at once. */
export interface ValueSearch {
  /** The longest needle, in bytes: what two neighbouring pieces of a split content must share, less one. */
  readonly maxNeedleBytes: number;
  contains(content: Uint8Array): boolean;
  /** Every place of every needle, overlapping ones too, by start. */
  findAll(content: Uint8Array): NeedleHit[];
}

interface SearchTables {
  readonly needles: readonly Buffer[];
  /** What is entered of each needle: its first `minBytes`. */
  readonly minBytes: number;
  readonly hashShift: number;
  /** By the hash of three bytes: how far the end of any needle's first `minBytes` may at least be away. 0: look here. */
  readonly skips: Uint8Array;
  /** By the same hash: the first needle whose first `minBytes` end so, and from each needle to the next; -1 ends. */
  readonly heads: Int32Array;
  readonly nexts: Int32Array;
}

const blockBytes = 3;

/**
 * Wu and Manber's method (A fast algorithm for multi-pattern searching, 1994) with blocks of three bytes: most bytes of the content are
 * never looked at, and thousands of needles cost little more than one. Needles have at least three bytes.
 */
export function createValueSearch(needles: readonly Buffer[]): ValueSearch {
  const tables = buildTables(needles);

  function contains(content: Uint8Array): boolean {
    return scan(tables, content, undefined);
  }

  function findAll(content: Uint8Array): NeedleHit[] {
    const hits: NeedleHit[] = [];
    scan(tables, content, hits);
    return hits;
  }

  return { maxNeedleBytes: needles.reduce((longest, needle) => Math.max(longest, needle.length), 0), contains, findAll };
}

/** With `hits`: collects all; without: stops at the first. */
function scan(tables: SearchTables, content: Uint8Array, hits: NeedleHit[] | undefined): boolean {
  const { minBytes, hashShift, skips, heads, nexts, needles } = tables;
  const end = content.length;
  for (let at = minBytes - 1; at < end;) {
    const hash = Math.imul(content[at]! | (content[at - 1]! << 8) | (content[at - 2]! << 16), 0x9e3779b1) >>> hashShift;
    const skip = skips[hash]!;
    if (skip !== 0) {
      at += skip;
      continue;
    }
    const start = at - minBytes + 1;
    for (let candidate = heads[hash]!; candidate !== -1; candidate = nexts[candidate]!) {
      if (!standsAt(needles[candidate]!, content, start)) continue;
      if (!hits) return true;
      hits.push({ needleIndex: candidate, start });
    }
    at++;
  }
  return hits !== undefined && hits.length > 0;
}

function standsAt(needle: Buffer, content: Uint8Array, start: number): boolean {
  if (start + needle.length > content.length) return false;
  for (let i = 0; i < needle.length; i++) {
    if (content[start + i] !== needle[i]) return false;
  }
  return true;
}

function buildTables(needles: readonly Buffer[]): SearchTables {
  const minBytes = needles.reduce((shortest, needle) => Math.min(shortest, needle.length), 255);
  // Eight times as large as what is entered, so that most of it holds the longest skip, but small enough for the processor's caches.
  const hashBits = Math.min(20, Math.max(12, Math.ceil(Math.log2(needles.length * minBytes * 8 + 1))));
  const hashShift = 32 - hashBits;
  const skips = new Uint8Array(2 ** hashBits).fill(minBytes - blockBytes + 1);
  const heads = new Int32Array(2 ** hashBits).fill(-1);
  const nexts = new Int32Array(needles.length).fill(-1);
  for (const [index, needle] of needles.entries()) {
    for (let at = blockBytes - 1; at < minBytes; at++) {
      const hash = Math.imul(needle[at]! | (needle[at - 1]! << 8) | (needle[at - 2]! << 16), 0x9e3779b1) >>> hashShift;
      skips[hash] = Math.min(skips[hash]!, minBytes - 1 - at);
      if (at !== minBytes - 1) continue;
      nexts[index] = heads[hash]!;
      heads[hash] = index;
    }
  }
  return { needles, minBytes, hashShift, skips, heads, nexts };
}
