/**
 * Lists what trees lead to, as numbers that the caller gave to object ids. Neighbouring versions of a directory share most entries: one
 * that stands in the base too, byte for byte, leads where the base's leads, and nothing needs to be looked up.
 */

import { hashBytes } from './tree-names';

export const treeBroken: i32 = -1;
/** In the place of a number: an entry that nobody asked for. */
const unasked: i32 = -1;

const fileFormat: u32 = 0o170000;
const submodule: u32 = 0o160000;
const maxModeDigits: usize = 10;

/** Of the entry that `readEntry` read last. */
let nameStart: usize = 0;
let idStart: usize = 0;
let isLink: bool = false;

let openCount: u32 = 0;

/**
 * Writes two i32 for each entry of a tree but submodules: what `baseLinks` has for the same entry of the base, else -2 less the offset of
 * the entry's id in the tree, and the offset of its name. The indices of these others, which the caller has to fill in, are written to
 * `opens` (u32). Returns how many entries, or `treeBroken`. `base` is a tree that was listed before, or of size 0.
 */
export function listLinks(tree: usize, size: u32, base: usize, baseSize: u32, baseLinks: usize, target: usize, opens: usize): i32 {
  openCount = 0;
  const end = tree + size;
  const baseEnd = base + baseSize;
  let count: i32 = 0;
  let baseAt = base;
  for (let at = tree; at < end; ) {
    const next = readEntry(at, end);
    if (next == 0) {
      openCount = 0;
      return treeBroken;
    }
    const name = nameStart;
    const id = idStart;
    const leads = isLink;
    let link: i32 = -2 - <i32>(id - tree);
    let label: i32 = <i32>(name - tree);
    while (baseAt < baseEnd) {
      const length = next - at;
      if (length <= baseEnd - baseAt && isEqual(at, baseAt, length)) {
        if (leads) {
          link = load<i32>(baseLinks);
          label = load<i32>(baseLinks, 4);
          baseLinks += 8;
        }
        baseAt += length;
        break;
      }
      const baseNext = readEntry(baseAt, baseEnd);
      if (baseNext == 0) {
        baseAt = baseEnd;
        break;
      }
      const order = compareNames(nameStart, idStart, name, id);
      if (order > 0) break;
      if (isLink) baseLinks += 8;
      baseAt = baseNext;
      if (order == 0) break;
    }
    if (leads) {
      if (link < unasked) {
        store<u32>(opens + (<usize>openCount << 2), count);
        openCount++;
      }
      store<i32>(target + (<usize>count << 3), link);
      store<i32>(target + (<usize>count << 3), label, 4);
      count++;
    }
    at = next;
  }
  return count;
}

/** How many indices the last `listLinks` wrote. */
export function countOpenLinks(): u32 {
  return openCount;
}

/** Copies the links that were asked for, with or without their second word. Returns how many words it wrote. */
export function packLinks(links: usize, count: i32, withNames: bool, target: usize): i32 {
  const start = target;
  const end = links + (<usize>count << 3);
  for (let at = links; at < end; at += 8) {
    const link = load<i32>(at);
    if (link == unasked) continue;
    store<i32>(target, link);
    target += 4;
    if (!withNames) continue;
    store<i32>(target, load<i32>(at, 4));
    target += 4;
  }
  return <i32>(target - start) >> 2;
}

/** `<octal mode> <name>\0<id>`. Returns where the entry ends; 0 when it is damaged. */
function readEntry(start: usize, end: usize): usize {
  let at = start;
  let mode: u32 = 0;
  for (let byte = <u32>load<u8>(at); byte != 0x20; byte = <u32>load<u8>(++at)) {
    const digit = byte - 0x30;
    if (digit > 7 || at - start > maxModeDigits) return 0;
    mode = (mode << 3) | digit;
  }
  isLink = (mode & fileFormat) != submodule;
  nameStart = ++at;
  while (at < end && load<u8>(at) != 0) at++;
  idStart = at + 1;
  const next = idStart + hashBytes;
  return next > end ? 0 : next;
}

/** Names end with the NUL before the ids. */
function compareNames(a: usize, aEnd: usize, b: usize, bEnd: usize): i32 {
  while (a < aEnd && b < bEnd) {
    const difference = <i32>load<u8>(a++) - <i32>load<u8>(b++);
    if (difference != 0) return difference;
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function isEqual(a: usize, b: usize, length: usize): bool {
  const end = a + length;
  while (a + 8 <= end) {
    if (load<u64>(a) != load<u64>(b)) return false;
    a += 8;
    b += 8;
  }
  while (a < end) {
    if (load<u8>(a++) != load<u8>(b++)) return false;
  }
  return true;
}
