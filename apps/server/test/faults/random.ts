/** Numbers that look random and are the same for the same seed (mulberry32, by Tommy Ettinger, public domain). */
export interface Random {
  /** From 0 to 1, without 1. */
  next(): number;
  isOnceIn(times: number): boolean;
  choose<T>(items: readonly T[]): T;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    isOnceIn: (times) => next() * times < 1,
    choose: (items) => items[Math.floor(next() * items.length)]!,
  };
}
