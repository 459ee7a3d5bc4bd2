/**
 * Where an object has to be searched whose base was: around everything new and around every place where two copied runs meet.
 *
 * Outside of these regions each anchor's answer is the base's, because all bytes that it may depend on were copied in one piece.
 * A margin of one byte on either side keeps the ends of the content out of the question.
 */

const lineFeed: i8 = 0x0a;

let lineBefore: u32 = 0;
let lineAfter: u32 = 0;
let farBefore: u32 = 0;
let farAfter: u32 = 0;

/**
 * Reaches, in bytes: the widest `before` and `after` of line anchors; and for far anchors the bytes before and from their start that
 * decide whether they stand there at all.
 */
export function setReaches(lineBeforeBytes: u32, lineAfterBytes: u32, farBeforeBytes: u32, farAfterBytes: u32): void {
  lineBefore = lineBeforeBytes;
  lineAfter = lineAfterBytes;
  farBefore = farBeforeBytes;
  farAfter = farAfterBytes;
}

/** Writes the regions (pairs of u32: start, end) of a content made from copied runs (see delta.ts); at most `runCount + 1`. Returns how many. */
export function planRegions(content: usize, size: u32, baseSize: u32, runs: usize, runCount: u32, regions: usize): u32 {
  let count: u32 = 0;
  let lastEnd: u32 = 0;
  let gapStart: u32 = 0;
  let sourceEnd: u32 = 0;
  for (let i: u32 = 0; i <= runCount; i++) {
    const run = runs + <usize>i * 12;
    const isTail = i == runCount;
    const gapEnd = isTail ? size : load<u32>(run);
    const sourceStart = isTail ? baseSize : load<u32>(run, 4);
    // Nothing between, and the content begins or ends here just as its base does (copies that meet were merged).
    const isSeamless = gapStart == gapEnd && sourceEnd == sourceStart;
    if (!isSeamless) {
      const start = findStart(content, gapStart);
      const end = findEnd(content, gapEnd, size);
      if (count > 0 && start <= lastEnd) {
        lastEnd = max(lastEnd, end);
      } else {
        store<u32>(regions + (<usize>count << 3), start);
        count++;
        lastEnd = end;
      }
      store<u32>(regions + (<usize>(count - 1) << 3), lastEnd, 4);
    }
    if (!isTail) {
      gapStart = gapEnd + load<u32>(run, 8);
      sourceEnd = sourceStart + load<u32>(run, 8);
    }
  }
  return count;
}

function findStart(content: usize, gapStart: u32): u32 {
  const lineLimit = gapStart > lineAfter ? gapStart - lineAfter - 1 : 0;
  const farLimit = gapStart > farAfter ? gapStart - farAfter - 1 : 0;
  const feeds = i8x16.splat(lineFeed);
  let at = gapStart;
  while (at >= lineLimit + 16) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(content + at - 16), feeds));
    if (found != 0) return min(at - 16 + (32 - <u32>clz(found)), farLimit);
    at -= 16;
  }
  while (at > lineLimit && load<i8>(content + at - 1) != lineFeed) at--;
  return min(at, farLimit);
}

function findEnd(content: usize, gapEnd: u32, size: u32): u32 {
  const lineLimit = <u32>min<u64>(size, <u64>gapEnd + <u64>lineBefore + 2);
  const farLimit = <u32>min<u64>(size, <u64>gapEnd + <u64>farBefore + 1);
  const feeds = i8x16.splat(lineFeed);
  for (let at = gapEnd; at < lineLimit; at += 16) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(content + at), feeds));
    if (found != 0) return max(min(at + <u32>ctz(found), lineLimit), farLimit);
  }
  return max(lineLimit, farLimit);
}
