/** A content that was searched before, and of another one which parts are said to be copies of it: see `VisitedBase`. */
export interface SearchedBase {
  readonly content: Buffer;
  readonly runs: Uint32Array;
}

export interface Region {
  readonly start: number;
  readonly end: number;
}

/** A part of a content that is the same, byte for byte, as a part of its base. */
export interface Copy {
  readonly start: number;
  /** Where it stands in the base. */
  readonly from: number;
  readonly length: number;
}

export interface Changes {
  readonly copies: readonly Copy[];
  /** All that lies between copies, in order; empty where two meet, or where the base goes on behind the end. */
  readonly gaps: readonly Region[];
}

/** What a content has in common with its base, and what not. Nothing is taken on trust: a part that is said to be a copy is compared. */
export function compareWithBase(content: Buffer, { content: base, runs }: SearchedBase): Changes {
  const copies: Copy[] = [];
  const gaps: Region[] = [];
  let copied = 0;
  for (let i = 0; i < runs.length; i += 3) {
    const [start, from, length] = [runs[i]!, runs[i + 1]!, runs[i + 2]!];
    const isCopy =
      start >= copied &&
      start + length <= content.length &&
      from + length <= base.length &&
      content.compare(base, from, from + length, start, start + length) === 0;
    if (!isCopy) continue;
    copies.push({ start, from, length });
    // The beginnings of both contents meet nothing.
    if (start > 0 || from > 0) gaps.push({ start: copied, end: start });
    copied = start + length;
    if (copied === content.length && from + length < base.length) gaps.push({ start: copied, end: copied });
  }
  if (copied < content.length) gaps.push({ start: copied, end: content.length });
  return { copies, gaps };
}

/** Regions with `margin` bytes more on either side, within a content of that length, joined where they meet. */
export function widenRegions(regions: readonly Region[], margin: number, length: number): Region[] {
  const wide: { start: number; end: number }[] = [];
  for (const region of regions) {
    const start = Math.max(0, region.start - margin);
    const end = Math.min(length, region.end + margin);
    const last = wide.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else wide.push({ start, end });
  }
  return wide;
}

/** Whether one of the regions (in order, apart from each other) has something in common with `[start, end)`, or is an empty one inside of it. */
export function isTouched(regions: readonly Region[], start: number, end: number): boolean {
  let [low, high] = [0, regions.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (regions[middle]!.end > start) high = middle;
    else low = middle + 1;
  }
  return low < regions.length && regions[low]!.start < end;
}
