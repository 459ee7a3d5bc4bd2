/**
 * Finds anchors: the same places as `createAnchorFinder` in src/detect/find-anchors.ts, which says what an anchor is.
 *
 * The tables are laid out by src/history/packs/build-anchor-table.ts:
 * - bitmap: 2^filterBits bits by hash of four folded bytes
 * - sieve: 2^17 bits by another hash of them
 * - buckets: 16385 x u32, first part of each bucket (the hash's high 14 bits); the last is the number of parts
 * - parts: four folded bytes (u32), `anchor index << 8 | offset in the anchor` (u32)
 * - anchors: address of the text, from the bitmap on (u32), length (u16), flags (u16: 1 at a boundary, 2 needs an operator)
 * - a text: its bytes, then as many bytes of which 0x20 stands where case is ignored
 */

const hashMultiplier: u32 = 0x9e3779b1;
const sieveMultiplier: u32 = 0x85ebca6b;
const sieveShift: u32 = 15;
const bucketShift: u32 = 18;
const fold4: u32 = 0x20202020;
const fold8: u64 = 0x2020202020202020;

const atBoundary: u32 = 1;
const needsOperator: u32 = 2;
const operatorReach: usize = 64;

const blockBytes: usize = 4096;
const candidates = memory.data(4 * 4096 + 64, 16);

let bitmap: usize = 0;
let sieve: usize = 0;
let filterShift: u32 = 15;
let buckets: usize = 0;
let parts: usize = 0;
let anchors: usize = 0;
let maxOffset: usize = 0;
let hits: usize = 0;
let hitCapacity: u32 = 0;
let hitCount: u32 = 0;

let contentStart: usize = 0;
let contentEnd: usize = 0;
let regionAt: usize = 0;
let regionsEnd: usize = 0;
let searchAt: usize = 0;

/** Sets the tables. `hitsAt` has room for `capacity` hits, at least one for each anchor: offset in the content, anchor index (u32). */
export function setAnchors(
  filterBits: u32,
  bitmapAt: usize,
  sieveAt: usize,
  bucketsAt: usize,
  partsAt: usize,
  anchorsAt: usize,
  largestOffset: u32,
  hitsAt: usize,
  capacity: u32,
): void {
  filterShift = 32 - filterBits;
  bitmap = bitmapAt;
  sieve = sieveAt;
  buckets = bucketsAt;
  parts = partsAt;
  anchors = anchorsAt;
  maxOffset = largestOffset;
  hits = hitsAt;
  hitCapacity = capacity;
}

/** Begins a search for the anchors that start in the given regions of a content (pairs of u32: start, end; sorted, apart from each other). */
export function startSearch(content: usize, size: u32, regions: usize, regionCount: u32): void {
  contentStart = content;
  contentEnd = content + size;
  regionAt = regions;
  regionsEnd = regions + (<usize>regionCount << 3);
  searchAt = regionCount > 0 ? content + load<u32>(regions) : 0;
}

/** Goes on with the search; returns how many hits it wrote. At the end it returns 0. */
export function nextHits(): u32 {
  hitCount = 0;
  while (regionAt < regionsEnd && hitCount == 0) {
    const regionStart = contentStart + load<u32>(regionAt);
    const regionEnd = contentStart + load<u32>(regionAt, 4);
    // A part stands up to `maxOffset` bytes behind the start of its anchor.
    const stop = min(contentEnd, regionEnd + maxOffset);
    while (searchAt < stop) {
      const blockEnd = min(stop, searchAt + blockBytes);
      searchAt = checkCandidates(siftCandidates(findCandidates(searchAt, blockEnd)), blockEnd, regionStart, regionEnd);
      if (searchAt < blockEnd) return hitCount;
    }
    regionAt += 8;
    if (regionAt < regionsEnd) searchAt = contentStart + load<u32>(regionAt);
  }
  return hitCount;
}

/** Notes each place in `[from, end)` whose four bytes may belong to an anchor. */
function findCandidates(from: usize, end: usize): usize {
  const bits = bitmap;
  const hashShift = filterShift;
  let next: usize = candidates;
  let at = from;
  for (; at + 4 <= end; at += 4) {
    const bytes = load<u64>(at) | fold8;
    const hash0 = (<u32>bytes * hashMultiplier) >> hashShift;
    const hash1 = (<u32>(bytes >> 8) * hashMultiplier) >> hashShift;
    const hash2 = (<u32>(bytes >> 16) * hashMultiplier) >> hashShift;
    const hash3 = (<u32>(bytes >> 24) * hashMultiplier) >> hashShift;
    const is0 = (<u32>load<u8>(bits + (hash0 >> 3)) >> (hash0 & 7)) & 1;
    const is1 = (<u32>load<u8>(bits + (hash1 >> 3)) >> (hash1 & 7)) & 1;
    const is2 = (<u32>load<u8>(bits + (hash2 >> 3)) >> (hash2 & 7)) & 1;
    const is3 = (<u32>load<u8>(bits + (hash3 >> 3)) >> (hash3 & 7)) & 1;
    store<u32>(next, <u32>at);
    next += <usize>is0 << 2;
    store<u32>(next, <u32>at + 1);
    next += <usize>is1 << 2;
    store<u32>(next, <u32>at + 2);
    next += <usize>is2 << 2;
    store<u32>(next, <u32>at + 3);
    next += <usize>is3 << 2;
  }
  for (; at < end; at++) {
    const hash = ((load<u32>(at) | fold4) * hashMultiplier) >> hashShift;
    store<u32>(next, <u32>at);
    next += <usize>((<u32>load<u8>(bits + (hash >> 3)) >> (hash & 7)) & 1) << 2;
  }
  return next;
}

/**
 * Keeps the candidates that pass the second hash, too. Like the first pass it has no branch that depends on the content: mispredicted
 * branches would cost more than all the rest.
 */
function siftCandidates(candidatesEnd: usize): usize {
  const bits = sieve;
  let next: usize = candidates;
  for (let candidate: usize = candidates; candidate < candidatesEnd; candidate += 4) {
    const at = load<u32>(candidate);
    const hash = ((load<u32>(at) | fold4) * sieveMultiplier) >> sieveShift;
    store<u32>(next, at);
    next += <usize>((<u32>load<u8>(bits + (hash >> 3)) >> (hash & 7)) & 1) << 2;
  }
  return next;
}

/** Writes hits; returns where to go on: the end of the block, or the candidate whose hits have no more room. */
function checkCandidates(candidatesEnd: usize, blockEnd: usize, regionStart: usize, regionEnd: usize): usize {
  let count = hitCount;
  for (let candidate: usize = candidates; candidate < candidatesEnd; candidate += 4) {
    const at = <usize>load<u32>(candidate);
    const bytes = load<u32>(at) | fold4;
    const bucket = buckets + (<usize>((bytes * hashMultiplier) >> bucketShift) << 2);
    const partsEnd = parts + <usize>(load<u32>(bucket, 4) << 3);
    for (let part = parts + <usize>(load<u32>(bucket) << 3); part < partsEnd; part += 8) {
      if (bytes != load<u32>(part)) continue;
      const owner = load<u32>(part, 4);
      const start = at - <usize>(owner & 0xff);
      if (start < regionStart || start >= regionEnd || !standsAt(start, owner >> 8)) continue;
      if (count == hitCapacity) return at;
      const hit = hits + (<usize>count << 3);
      store<u32>(hit, <u32>(start - contentStart));
      store<u32>(hit, owner >> 8, 4);
      count++;
    }
    hitCount = count;
  }
  return blockEnd;
}

function standsAt(start: usize, anchorIndex: u32): bool {
  const anchor = anchors + (<usize>anchorIndex << 3);
  const text = bitmap + <usize>load<u32>(anchor);
  const length = <usize>load<u16>(anchor, 4);
  const flags = <u32>load<u16>(anchor, 6);
  if (start + length > contentEnd) return false;
  for (let i: usize = 0; i < length; i++) {
    if ((load<u8>(start + i) | load<u8>(text + length + i)) != load<u8>(text + i)) return false;
  }
  if ((flags & atBoundary) != 0 && start > contentStart && isWordByte(load<u8>(start - 1)) && !endsEscape(start)) return false;
  return (flags & needsOperator) == 0 || isAssignedAfter(start + length);
}

function isWordByte(byte: u8): bool {
  return isLetter(byte) || isDigit(byte) || byte == 0x5f;
}

// @ts-ignore: decorator
@inline
function isLetter(byte: u8): bool {
  return (byte | 0x20) - 0x61 < 26;
}

// @ts-ignore: decorator
@inline
function isDigit(byte: u8): bool {
  return byte - 0x30 < 10;
}

function isHexByte(byte: u8): bool {
  return isDigit(byte) || (byte | 0x20) - 0x61 < 6;
}

/** Whether `\n`, `\r`, `\t`, a percent escape or a colour of a terminal ends before `start`. */
function endsEscape(start: usize): bool {
  const last = load<u8>(start - 1);
  if (start - contentStart > 1 && load<u8>(start - 2) == 0x5c) return last == 0x6e || last == 0x72 || last == 0x74;
  if (start - contentStart > 2 && load<u8>(start - 3) == 0x25 && isHexByte(load<u8>(start - 2)) && isHexByte(last)) return true;
  return last == 0x6d && endsColour(start - 1);
}

/** Whether `ESC[`, then at most 5 digits and semicolons end before `end`. */
function endsColour(end: usize): bool {
  const limit = max(contentStart, end - 5);
  let at = end;
  while (at > limit && (load<u8>(at - 1) == 0x3b || isDigit(load<u8>(at - 1)))) at--;
  return at >= contentStart + 2 && load<u8>(at - 1) == 0x5b && load<u8>(at - 2) == 0x1b;
}

/** The condition of src/detect/is-assigned-after.ts. */
function isAssignedAfter(end: usize): bool {
  const limit = min(contentEnd, end + operatorReach + 1);
  for (let at = end; at < limit; at++) {
    const byte = load<u8>(at);
    if (isQuote(byte)) {
      if (at > end && isBlank(load<u8>(at - 1))) return true;
      continue;
    }
    if (isPassed(byte)) continue;
    if (byte == 0x3d || byte == 0x3a || byte == 0x7c || byte == 0x3e) return at + 1 < contentEnd && load<u8>(at, 1) != 0x0a;
    if (byte == 0x2c || byte == 0x28 || byte == 0x7b || byte == 0x40) return isQuoteNext(at + 1);
    if (byte == 0x3c) return at + 1 < contentEnd && load<u8>(at, 1) == 0x2d;
    return byte == 0x25 && at + 2 < contentEnd && load<u8>(at, 1) == 0x33 && (load<u8>(at, 2) | 0x20) == 0x64;
  }
  return false;
}

// @ts-ignore: decorator
@inline
function isQuote(byte: u8): bool {
  return byte == 0x22 || byte == 0x27 || byte == 0x60;
}

// @ts-ignore: decorator
@inline
function isBlank(byte: u8): bool {
  return byte == 0x20 || byte == 0x09;
}

/** Name, bracket and blank bytes that may stand before an operator: `- . [ ] ) } $ ! ? * \`, blank, tab. */
function isPassed(byte: u8): bool {
  if (isWordByte(byte)) return true;
  switch (byte) {
    case 0x2d:
    case 0x2e:
    case 0x5b:
    case 0x5d:
    case 0x29:
    case 0x7d:
    case 0x24:
    case 0x21:
    case 0x3f:
    case 0x2a:
    case 0x5c:
    case 0x20:
    case 0x09:
      return true;
    default:
      return false;
  }
}

function isQuoteNext(from: usize): bool {
  const limit = min(contentEnd, from + 8);
  for (let at = from; at < limit; at++) {
    const byte = load<u8>(at);
    if (!isBlank(byte) && byte != 0x5c) return isQuote(byte);
  }
  return false;
}
