import type { SearchedBase } from './content-search.ts';

export interface Region {
  readonly start: number;
  readonly end: number;
}

/**
 * The regions of a content that are not the same as in its base, each with `margin` bytes around it, in order and without overlaps. Where two
 * copied parts meet is such a region too. Nothing is taken on trust: a part that is said to be a copy is compared.
 */
export function listChangedRegions(content: Buffer, { content: base, runs }: SearchedBase, margin: number): Region[] {
  const regions: { start: number; end: number }[] = [];
  let copied = 0;
  for (let i = 0; i < runs.length; i += 3) {
    const [start, from, length] = [runs[i]!, runs[i + 1]!, runs[i + 2]!];
    const isCopy =
      start >= copied &&
      start + length <= content.length &&
      from + length <= base.length &&
      content.compare(base, from, from + length, start, start + length) === 0;
    if (!isCopy) continue;
    // The beginnings of both contents meet nothing.
    if (start > 0 || from > 0) add(copied, start);
    copied = start + length;
    if (copied === content.length && from + length < base.length) add(copied, copied);
  }
  if (copied < content.length) add(copied, content.length);
  return regions;

  function add(from: number, to: number): void {
    const start = Math.max(0, from - margin);
    const end = Math.min(content.length, to + margin);
    const last = regions.at(-1);
    if (last && start <= last.end) last.end = end;
    else regions.push({ start, end });
  }
}
