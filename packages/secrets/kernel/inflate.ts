/**
 * Inflates zlib streams (RFC 1950, RFC 1951) into memory that the caller has set aside.
 *
 * Nothing outside is written and nothing far outside is read whatever the stream holds: at most `slackBytes` behind the end of the
 * input are read and at most `slackBytes` behind the end of the output are written, and the caller leaves that much room.
 */

export const inflateOk: i32 = 0;
export const inflateBadHeader: i32 = 1;
export const inflateBadBlock: i32 = 2;
export const inflateBadCode: i32 = 3;
export const inflateTruncated: i32 = 4;
export const inflateWrongSize: i32 = 5;
export const inflateBadChecksum: i32 = 6;

// A table entry: bits 0-4 code length, 6 end of block, 7 not allowed, 8-12 extra bits, 16-30 literal or base, 31 literal. 0: see the long codes.
// Bit 5 is 0, so that a shift by an entry, which counts its low 6 bits only, is one by the code's length.
const endOfBlock: u32 = 0x40;
const notAllowed: u32 = 0x80;
const literal: u32 = 0x80000000;

const litLenBits: u32 = 10;
const distanceBits: u32 = 9;
const codeLengthBits: u32 = 7;

const litLenTable = memory.data(4 << 10, 16);
const distanceTable = memory.data(4 << 9, 16);
const codeLengthTable = memory.data(4 << 7, 16);
const fixedLitLenTable = memory.data(4 << 9, 16);
const fixedDistanceTable = memory.data(4 << 5, 16);

// What a symbol means, without its code length.
const litLenMeanings = memory.data(4 * 288, 16);
const distanceMeanings = memory.data(4 * 32, 16);
const codeLengthMeanings = memory.data(4 * 19, 16);

// For codes that are longer than a table's index: symbols per length (16 x u32), then symbols in the order of their codes (u16).
const litLenCodes = memory.data(64 + 2 * 288, 16);
const distanceCodes = memory.data(64 + 2 * 32, 16);
const codeLengthCodes = memory.data(64 + 2 * 19, 16);

const lengths = memory.data(320 + 16, 16);

let isReady: bool = false;

export function inflate(source: usize, sourceEnd: usize, target: usize, size: u32): i32 {
  if (!isReady) prepare();
  if (sourceEnd < source + 8) return inflateTruncated;
  const method = <u32>load<u8>(source);
  const flags = <u32>load<u8>(source, 1);
  if ((method & 15) != 8 || method >> 4 > 7 || ((method << 8) | flags) % 31 != 0 || (flags & 0x20) != 0) return inflateBadHeader;

  let input = source + 2;
  const inputLimit = sourceEnd + 8;
  let output = target;
  const outputEnd = target + size;
  let bits: u64 = 0;
  // Only its low 6 bits count; what is above them is left over from subtracting whole entries.
  let bitCount: u64 = 0;
  let isLast = false;

  do {
    if (input > inputLimit) return inflateTruncated;
    bits |= load<u64>(input) << bitCount;
    input += <usize>(~bitCount >> 3) & 7;
    bitCount |= 56;
    isLast = (bits & 1) != 0;
    const blockType = <u32>(bits >> 1) & 3;
    bits >>= 3;
    bitCount -= 3;

    if (blockType == 0) {
      input -= <usize>(bitCount >> 3) & 7;
      bits = 0;
      bitCount = 0;
      if (input + 4 > sourceEnd) return inflateTruncated;
      const length = <u32>load<u16>(input);
      if (length != (<u32>load<u16>(input, 2) ^ 0xffff)) return inflateBadBlock;
      input += 4;
      if (input + length > sourceEnd) return inflateTruncated;
      if (output + length > outputEnd) return inflateWrongSize;
      memory.copy(output, input, length);
      input += length;
      output += length;
      continue;
    }

    let litLens: usize = fixedLitLenTable;
    let litLenMask: u64 = (1 << 9) - 1;
    let distances: usize = fixedDistanceTable;
    let distanceMask: u64 = (1 << 5) - 1;
    if (blockType == 2) {
      const litLenCount: u32 = 257 + (<u32>bits & 31);
      const distanceCount: u32 = 1 + (<u32>(bits >> 5) & 31);
      const codeLengthCount: u32 = 4 + (<u32>(bits >> 10) & 15);
      bits >>= 14;
      bitCount -= 14;
      if (litLenCount > 286 || distanceCount > 30) return inflateBadBlock;
      memory.fill(lengths, 0, 19);
      for (let i: u32 = 0; i < codeLengthCount; i++) {
        if ((bitCount & 63) < 3) {
          bits |= load<u64>(input) << bitCount;
          input += <usize>(~bitCount >> 3) & 7;
          bitCount |= 56;
        }
        store<u8>(lengths + codeLengthOrder(i), <u8>bits & 7);
        bits >>= 3;
        bitCount -= 3;
      }
      if (buildTable(19, codeLengthMeanings, codeLengthTable, codeLengthBits, codeLengthCodes, false) < 0) return inflateBadBlock;
      const total = litLenCount + distanceCount;
      for (let i: u32 = 0; i < total; ) {
        if (input > inputLimit) return inflateTruncated;
        bits |= load<u64>(input) << bitCount;
        input += <usize>(~bitCount >> 3) & 7;
        bitCount |= 56;
        const entry = load<u32>(codeLengthTable + (<usize>(bits & tableMask) << 2));
        if (entry == 0) return inflateBadCode;
        bits >>= <u64>entry;
        bitCount -= <u64>entry;
        const symbol = (entry >> 16) & 31;
        if (symbol < 16) {
          store<u8>(lengths + i, <u8>symbol);
          i++;
          continue;
        }
        if (symbol == 16 && i == 0) return inflateBadBlock;
        const repeated = symbol == 16 ? load<u8>(lengths + i - 1) : <u8>0;
        const extra: u64 = symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
        const repeat: u32 = (symbol == 18 ? 11 : 3) + (<u32>bits & ((1 << <u32>extra) - 1));
        bits >>= extra;
        bitCount -= extra;
        if (i + repeat > total) return inflateBadBlock;
        memory.fill(lengths + i, repeated, repeat);
        i += repeat;
      }
      if (load<u8>(lengths + 256) == 0) return inflateBadBlock;
      // The distances' lengths are read by the second call, from the front.
      const litLenIndexBits = buildTable(litLenCount, litLenMeanings, litLenTable, litLenBits, litLenCodes, true);
      if (litLenIndexBits < 0) return inflateBadBlock;
      litLens = litLenTable;
      litLenMask = tableMask;
      memory.copy(lengths, lengths + litLenCount, distanceCount);
      if (buildTable(distanceCount, distanceMeanings, distanceTable, distanceBits, distanceCodes, true) < 0) return inflateBadBlock;
      distances = distanceTable;
      distanceMask = tableMask;
    } else if (blockType == 3) {
      return inflateBadBlock;
    }

    for (;;) {
      if (input > inputLimit) return inflateTruncated;
      bits |= load<u64>(input) << bitCount;
      input += <usize>(~bitCount >> 3) & 7;
      bitCount |= 56;
      let entry = load<u32>(litLens + (<usize>(bits & litLenMask) << 2));
      if (<i32>entry < 0) {
        store<u8>(output++, <u8>(entry >> 16));
        bits >>= <u64>entry;
        bitCount -= <u64>entry;
        entry = load<u32>(litLens + (<usize>(bits & litLenMask) << 2));
        if (<i32>entry < 0) {
          store<u8>(output++, <u8>(entry >> 16));
          bits >>= <u64>entry;
          bitCount -= <u64>entry;
          entry = load<u32>(litLens + (<usize>(bits & litLenMask) << 2));
          if (<i32>entry < 0) {
            store<u8>(output++, <u8>(entry >> 16));
            bits >>= <u64>entry;
            bitCount -= <u64>entry;
            if (output > outputEnd) return inflateWrongSize;
            continue;
          }
        }
        bits |= load<u64>(input) << bitCount;
        input += <usize>(~bitCount >> 3) & 7;
        bitCount |= 56;
      }
      if (entry == 0) {
        entry = blockType == 2 ? findLongCode(bits, litLenCodes, litLenMeanings) : 0;
        if (entry == 0) return inflateBadCode;
        if (<i32>entry < 0) {
          store<u8>(output++, <u8>(entry >> 16));
          bits >>= <u64>entry;
          bitCount -= <u64>entry;
          if (output > outputEnd) return inflateWrongSize;
          continue;
        }
      }
      bits >>= <u64>entry;
      bitCount -= <u64>entry;
      if ((entry & (endOfBlock | notAllowed)) != 0) {
        if ((entry & notAllowed) != 0) return inflateBadCode;
        break;
      }
      let extraBits = (entry >> 8) & 31;
      const length = (entry >> 16) + (<u32>bits & ((1 << extraBits) - 1));
      bits >>= <u64>extraBits;
      bitCount -= <u64>extraBits;

      entry = load<u32>(distances + (<usize>(bits & distanceMask) << 2));
      if (entry == 0) {
        entry = blockType == 2 ? findLongCode(bits, distanceCodes, distanceMeanings) : 0;
        if (entry == 0) return inflateBadCode;
      }
      if ((entry & notAllowed) != 0) return inflateBadCode;
      bits >>= <u64>entry;
      bitCount -= <u64>entry;
      extraBits = (entry >> 8) & 31;
      const distance = (entry >> 16) + (<u32>bits & ((1 << extraBits) - 1));
      bits >>= <u64>extraBits;
      bitCount -= <u64>extraBits;

      if (<usize>distance > output - target) return inflateBadCode;
      copyMatch(output, distance, length);
      output += length;
      if (output > outputEnd) return inflateWrongSize;
    }
  } while (!isLast);

  input -= <usize>(bitCount >> 3) & 7;
  if (output != outputEnd) return inflateWrongSize;
  if (input + 4 > sourceEnd) return inflateTruncated;
  if (bswap<u32>(load<u32>(input)) != adler32(target, size)) return inflateBadChecksum;
  return inflateOk;
}

/** Copies in steps that may write up to 15 bytes too many. */
// @ts-ignore: decorator
@inline
function copyMatch(output: usize, distance: u32, length: u32): void {
  let from = output - distance;
  const end = output + length;
  if (distance >= 16) {
    do {
      v128.store(output, v128.load(from));
      output += 16;
      from += 16;
    } while (output < end);
  } else if (distance >= 8) {
    do {
      store<u64>(output, load<u64>(from));
      output += 8;
      from += 8;
    } while (output < end);
  } else if (distance == 1) {
    const byte = v128.splat<u8>(load<u8>(from));
    do {
      v128.store(output, byte);
      output += 16;
    } while (output < end);
  } else {
    do {
      store<u8>(output++, load<u8>(from++));
    } while (output < end);
  }
}

/** Set by `buildTable`: which bits of the input index the table that it built last. */
let tableMask: u64 = 0;

/**
 * Builds a decoding table for the first `count` of `lengths`. Returns -1 for lengths that are no prefix code; as zlib does, a single
 * code of one bit may stand alone where `mayBeIncomplete`.
 */
function buildTable(count: u32, meanings: usize, table: usize, maxBits: u32, codes: usize, mayBeIncomplete: bool): i32 {
  memory.fill(codes, 0, 64);
  for (let i: u32 = 0; i < count; i++) {
    const slot = codes + (<usize>load<u8>(lengths + i) << 2);
    store<u32>(slot, load<u32>(slot) + 1);
  }
  let longest: u32 = 15;
  while (longest > 0 && load<u32>(codes + (<usize>longest << 2)) == 0) longest--;
  store<u32>(codes, 0);
  if (longest == 0) {
    // No code at all: an error only when one is needed.
    if (!mayBeIncomplete) return -1;
    store<u64>(table, 0);
    tableMask = 1;
    return 1;
  }

  let free: i32 = 1;
  let position: u32 = 0;
  for (let length: u32 = 1; length <= 15; length++) {
    const used = load<u32>(codes + (<usize>length << 2));
    free = (free << 1) - <i32>used;
    if (free < 0) return -1;
    store<u16>(positions + (<usize>length << 1), <u16>position);
    position += used;
  }
  if (free > 0 && (!mayBeIncomplete || longest != 1)) return -1;

  const symbols = codes + 64;
  for (let i: u32 = 0; i < count; i++) {
    const length = <usize>load<u8>(lengths + i);
    if (length == 0) continue;
    const slot = positions + (length << 1);
    const at = load<u16>(slot);
    store<u16>(symbols + (<usize>at << 1), <u16>i);
    store<u16>(slot, at + 1);
  }

  const indexBits = min(longest, maxBits);
  const size: u32 = 1 << indexBits;
  if (longest > maxBits || free > 0) memory.fill(table, 0, <usize>size << 2);
  let reversed: u32 = 0;
  let next = symbols;
  for (let length: u32 = 1; length <= indexBits; length++) {
    for (let left = load<u32>(codes + (<usize>length << 2)); left > 0; left--) {
      const entry = load<u32>(meanings + (<usize>load<u16>(next) << 2)) | length;
      next += 2;
      for (let i = reversed; i < size; i += 1 << length) store<u32>(table + (<usize>i << 2), entry);
      // Codes count up from their first bit; the stream holds that bit lowest.
      let carry: u32 = 1 << (length - 1);
      while ((reversed & carry) != 0) carry >>= 1;
      reversed = carry == 0 ? 0 : (reversed & (carry - 1)) + carry;
    }
  }
  tableMask = <u64>(size - 1);
  return <i32>indexBits;
}

const positions = memory.data(32, 16);

/** Reads a code bit by bit; the table entry that it would have, or 0 when there is no such code. */
function findLongCode(bits: u64, codes: usize, meanings: usize): u32 {
  let code: u32 = 0;
  let first: u32 = 0;
  let index: u32 = 0;
  for (let length: u32 = 1; length <= 15; length++) {
    code |= <u32>(bits & 1);
    bits >>= 1;
    const used = load<u32>(codes + (<usize>length << 2));
    if (code < first + used) {
      const symbol = <usize>load<u16>(codes + 64 + (<usize>(index + code - first) << 1));
      return load<u32>(meanings + (symbol << 2)) | length;
    }
    index += used;
    first = (first + used) << 1;
    code <<= 1;
  }
  return 0;
}

/** The order in which the lengths of the code-length codes are stored: RFC 1951, 3.2.7. */
// @ts-ignore: decorator
@inline
function codeLengthOrder(i: u32): usize {
  return <usize>load<u8>(codeLengthPlaces + i);
}

const codeLengthPlaces = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

/** The tables that never change: meanings of symbols (RFC 1951, 3.2.5) and the fixed codes (3.2.6). */
function prepare(): void {
  for (let symbol: u32 = 0; symbol < 256; symbol++) store<u32>(litLenMeanings + (symbol << 2), literal | (symbol << 16));
  store<u32>(litLenMeanings + (256 << 2), endOfBlock);
  let base: u32 = 3;
  for (let symbol: u32 = 257; symbol < 285; symbol++) {
    const extra: u32 = symbol < 265 ? 0 : (symbol - 261) >> 2;
    store<u32>(litLenMeanings + (symbol << 2), (base << 16) | (extra << 8));
    base += 1 << extra;
  }
  store<u32>(litLenMeanings + (285 << 2), 258 << 16);
  store<u32>(litLenMeanings + (286 << 2), notAllowed);
  store<u32>(litLenMeanings + (287 << 2), notAllowed);
  base = 1;
  for (let symbol: u32 = 0; symbol < 30; symbol++) {
    const extra: u32 = symbol < 4 ? 0 : (symbol - 2) >> 1;
    store<u32>(distanceMeanings + (symbol << 2), (base << 16) | (extra << 8));
    base += 1 << extra;
  }
  store<u32>(distanceMeanings + (30 << 2), notAllowed);
  store<u32>(distanceMeanings + (31 << 2), notAllowed);
  for (let symbol: u32 = 0; symbol < 19; symbol++) store<u32>(codeLengthMeanings + (symbol << 2), symbol << 16);

  memory.fill(lengths, 8, 144);
  memory.fill(lengths + 144, 9, 112);
  memory.fill(lengths + 256, 7, 24);
  memory.fill(lengths + 280, 8, 8);
  buildTable(288, litLenMeanings, fixedLitLenTable, 9, litLenCodes, false);
  memory.fill(lengths, 5, 32);
  buildTable(32, distanceMeanings, fixedDistanceTable, 5, distanceCodes, false);
  isReady = true;
}

/** The checksum of RFC 1950, 16 bytes at a time. */
export function adler32(start: usize, size: u32): u32 {
  let low: u32 = 1;
  let high: u32 = 0;
  let at = start;
  const end = start + size;
  const weightsLow = i16x8(16, 15, 14, 13, 12, 11, 10, 9);
  const weightsHigh = i16x8(8, 7, 6, 5, 4, 3, 2, 1);
  while (end - at >= 16) {
    // 5552 is the most bytes whose sums fit in 32 bits.
    const stop = at + (min<usize>(end - at, 5552) & ~(<usize>15));
    const count = <u32>(stop - at);
    let sums = i32x4.splat(0);
    let sumsBefore = i32x4.splat(0);
    let weighted = i32x4.splat(0);
    for (; at < stop; at += 16) {
      const bytes = v128.load(at);
      sumsBefore = i32x4.add(sumsBefore, sums);
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes)));
      weighted = i32x4.add(weighted, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(bytes), weightsLow));
      weighted = i32x4.add(weighted, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(bytes), weightsHigh));
    }
    const grown: u64 = <u64>high + <u64>low * <u64>count + sumLanes(sumsBefore) * 16 + sumLanes(weighted);
    high = <u32>(grown % 65521);
    low = <u32>((<u64>low + sumLanes(sums)) % 65521);
  }
  for (; at < end; at++) {
    low = (low + <u32>load<u8>(at)) % 65521;
    high = (high + low) % 65521;
  }
  return (high << 16) | low;
}

// @ts-ignore: decorator
@inline
function sumLanes(lanes: v128): u64 {
  return (
    <u64>(<u32>i32x4.extract_lane(lanes, 0)) +
    <u64>(<u32>i32x4.extract_lane(lanes, 1)) +
    <u64>(<u32>i32x4.extract_lane(lanes, 2)) +
    <u64>(<u32>i32x4.extract_lane(lanes, 3))
  );
}
