/**
 * Applies git deltas: https://git-scm.com/docs/pack-format ("Deltified representation").
 *
 * While it builds an object it notes which runs of it were copied from where, neighbouring copies merged (git splits them at 64 KiB):
 * `start in the object, start in the base, length`, three u32 each. What lies between the runs is new.
 */

export const deltaBroken: i32 = -1;

/** Set by `openDelta`. Sizes above 4 GiB read as the largest u32. */
export let deltaBaseSize: u32 = 0;
export let deltaResultSize: u32 = 0;

let opsStart: usize = 0;
let varintEnd: usize = 0;

/** Reads the sizes at the head of a delta. Returns 0 or `deltaBroken`. */
export function openDelta(delta: usize, deltaEnd: usize): i32 {
  deltaBaseSize = readSize(delta, deltaEnd);
  if (varintEnd == 0) return deltaBroken;
  deltaResultSize = readSize(varintEnd, deltaEnd);
  if (varintEnd == 0) return deltaBroken;
  opsStart = varintEnd;
  return 0;
}

function readSize(at: usize, end: usize): u32 {
  let size: u64 = 0;
  let shift: u64 = 0;
  while (at < end && shift < 63) {
    const byte = <u64>load<u8>(at++);
    size |= (byte & 0x7f) << shift;
    shift += 7;
    if ((byte & 0x80) == 0) {
      varintEnd = at;
      return size > 0xffffffff ? 0xffffffff : <u32>size;
    }
  }
  varintEnd = 0;
  return 0;
}

/**
 * Applies the delta that was opened last. `target` has room for `deltaResultSize` bytes and the slack.
 * Returns how many copied runs there are; when `maxRuns` are not enough, `maxRuns + 1`; or `deltaBroken`.
 */
export function applyDelta(deltaEnd: usize, base: usize, target: usize, runs: usize, maxRuns: i32): i32 {
  const baseSize = deltaBaseSize;
  const targetEnd = target + deltaResultSize;
  let at = opsStart;
  let output = target;
  let runCount: i32 = 0;
  let runEnd: u32 = 0;
  let runSourceEnd: u32 = 0xffffffff;
  let lastRun: usize = 0;

  while (at < deltaEnd) {
    const op = <u32>load<u8>(at++);
    if ((op & 0x80) != 0) {
      let offset: u32 = 0;
      let size: u32 = 0;
      if ((op & 0x01) != 0) offset = <u32>load<u8>(at++);
      if ((op & 0x02) != 0) offset |= <u32>load<u8>(at++) << 8;
      if ((op & 0x04) != 0) offset |= <u32>load<u8>(at++) << 16;
      if ((op & 0x08) != 0) offset |= <u32>load<u8>(at++) << 24;
      if ((op & 0x10) != 0) size = <u32>load<u8>(at++);
      if ((op & 0x20) != 0) size |= <u32>load<u8>(at++) << 8;
      if ((op & 0x40) != 0) size |= <u32>load<u8>(at++) << 16;
      if (size == 0) size = 0x10000;
      if (at > deltaEnd || <u64>offset + <u64>size > <u64>baseSize || <usize>size > targetEnd - output) return deltaBroken;

      copyBytes(output, base + offset, size);
      const start = <u32>(output - target);
      output += size;
      if (runSourceEnd == offset && runEnd == start) {
        if (lastRun != 0) store<u32>(lastRun, load<u32>(lastRun, 8) + size, 8);
      } else if (runCount < maxRuns) {
        lastRun = runs + <usize>runCount * 12;
        store<u32>(lastRun, start);
        store<u32>(lastRun, offset, 4);
        store<u32>(lastRun, size, 8);
        runCount++;
      } else {
        lastRun = 0;
        runCount = maxRuns + 1;
      }
      runEnd = start + size;
      runSourceEnd = offset + size;
    } else {
      if (op == 0 || at + op > deltaEnd || <usize>op > targetEnd - output) return deltaBroken;
      copyBytes(output, at, op);
      at += op;
      output += op;
    }
  }
  return output == targetEnd ? runCount : deltaBroken;
}

/** Short copies in steps that may write up to 15 bytes too many. */
// @ts-ignore: decorator
@inline
function copyBytes(target: usize, source: usize, size: u32): void {
  if (size > 256) {
    memory.copy(target, source, size);
    return;
  }
  const end = target + size;
  do {
    v128.store(target, v128.load(source));
    target += 16;
    source += 16;
  } while (target < end);
}
