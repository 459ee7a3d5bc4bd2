/** Numbers in `[0, 1)` that are the same for the same seed (mulberry32). For tests. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bytes that compress in as many ways as there are: noise, runs, repeats at all distances, text. For tests. */
export function buildMixedBytes(size: number, random: () => number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size;) {
    const end = Math.min(size, at + 1 + Math.floor(random() ** 3 * 2000));
    const kind = random();
    if (kind < 0.3) for (; at < end; at++) bytes[at] = Math.floor(random() * 256);
    else if (kind < 0.45) bytes.fill(Math.floor(random() * 256), at, end);
    else if (kind < 0.75 && at > 0) {
      const from = Math.floor(random() * at);
      for (let i = 0; at < end; at++, i++) bytes[at] = bytes[from + i]!;
    } else for (; at < end; at++) bytes[at] = 'the quick brown fox: key = "0123456789";\n'.charCodeAt(Math.floor(random() ** 2 * 41));
    at = end;
  }
  return bytes;
}
