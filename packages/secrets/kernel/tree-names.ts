/**
 * Collects the entry names of trees that were not met before. Names recur in thousands of trees; each is compared in full with what is
 * known, so that no name can hide behind another's hash. When the memory for known names is full they are forgotten and reported anew.
 */

const slotBits: u32 = 16;
const maxNames: u32 = 40000;
const maxKnownLength: usize = 4096;
const spaces: u64 = 0x2020202020202020;
const hashMultiplier: u64 = 0x9e3779b97f4a7c15;

let slots: usize = 0;
let names: usize = 0;
let namesEnd: usize = 0;
let nameAt: usize = 0;
let nameCount: u32 = 0;
let seed: u64 = 0;
/** Of object ids. */
export let hashBytes: usize = 20;

let treeStart: usize = 0;
let treeAt: usize = 0;
let treeEnd: usize = 0;
let isBroken: bool = false;

/** Sets the memory for known names: 2^16 u32 at `slotsAt` and bytes `[namesAt, namesLimit)`. `objectIdBytes` is 20 or 32. */
export function setNames(slotsAt: usize, namesAt: usize, namesLimit: usize, seedLow: u32, seedHigh: u32, objectIdBytes: u32): void {
  slots = slotsAt;
  names = namesAt;
  namesEnd = namesLimit;
  seed = (<u64>seedHigh << 32) | seedLow;
  hashBytes = objectIdBytes;
  forgetNames();
}

function forgetNames(): void {
  memory.fill(slots, 0, 4 << slotBits);
  nameAt = names;
  nameCount = 0;
}

export function startTree(tree: usize, size: u32): void {
  treeStart = tree;
  treeAt = tree;
  treeEnd = tree + size;
  isBroken = false;
}

/** Whether the tree ended within an entry: what follows its last whole entry was not read. */
export function isTreeBroken(): bool {
  return isBroken;
}

/**
 * Writes up to `capacity` new names (pairs of u32: offset in the tree, length); returns how many. Fewer than `capacity` means that the
 * tree is done; see `isTreeBroken` then.
 */
export function nextNames(found: usize, capacity: u32): u32 {
  let count: u32 = 0;
  while (treeAt < treeEnd && count < capacity) {
    let at = treeAt;
    at = findByte(at, spaces);
    const name = at + 1;
    at = findByte(name, 0);
    const next = at + 1 + hashBytes;
    if (next > treeEnd) {
      isBroken = true;
      break;
    }
    treeAt = next;
    if (!isKnown(name, at - name)) {
      store<u32>(found + (<usize>count << 3), <u32>(name - treeStart));
      store<u32>(found + (<usize>count << 3), <u32>(at - name), 4);
      count++;
    }
  }
  return count;
}

/** Where the byte that `eightTimes` repeats stands first; the end of the tree when it does not. */
function findByte(from: usize, eightTimes: u64): usize {
  let at = from;
  while (at < treeEnd) {
    const bytes = load<u64>(at) ^ eightTimes;
    const zeros = (bytes - 0x0101010101010101) & ~bytes & 0x8080808080808080;
    if (zeros != 0) return min(treeEnd, at + <usize>(ctz(zeros) >> 3));
    at += 8;
  }
  return treeEnd;
}

/** Whether the name was met before; notes it when not. A known name: its hash (u32), its length (u32), its bytes and up to 7 zeros. */
function isKnown(name: usize, length: usize): bool {
  if (length > maxKnownLength) return false;
  const hash = hashName(name, length);
  const mask: u32 = (1 << slotBits) - 1;
  let slot = hash & mask;
  for (;;) {
    const known = <usize>load<u32>(slots + (<usize>slot << 2));
    if (known == 0) break;
    if (load<u32>(known) == hash && load<u32>(known, 4) == <u32>length && memory.compare(known + 8, name, length) == 0) return true;
    slot = (slot + 1) & mask;
  }
  if (nameCount >= maxNames || nameAt + length + 16 > namesEnd) {
    forgetNames();
    slot = hash & mask;
  }
  store<u32>(nameAt, hash);
  store<u32>(nameAt, <u32>length, 4);
  memory.copy(nameAt + 8, name, length);
  store<u32>(slots + (<usize>slot << 2), <u32>nameAt);
  nameAt += (length + 15) & ~(<usize>7);
  nameCount++;
  return false;
}

function hashName(name: usize, length: usize): u32 {
  let hash = seed ^ <u64>length;
  let left = length;
  while (left >= 8) {
    hash = mix(hash ^ load<u64>(name));
    name += 8;
    left -= 8;
  }
  if (left > 0) hash = mix(hash ^ (load<u64>(name) & ((<u64>1 << (<u64>left << 3)) - 1)));
  return <u32>(hash >> 32) ^ <u32>hash;
}

// @ts-ignore: decorator
@inline
function mix(value: u64): u64 {
  value *= hashMultiplier;
  return value ^ (value >> 29);
}
