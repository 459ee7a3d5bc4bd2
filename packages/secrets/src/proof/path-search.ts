import type { SearchedBase } from './content-search.ts';
import { listChangedRegions } from './list-changed-regions.ts';
import { createNeedleMatcher } from './needle-matcher.ts';
import { buildValueNeedles, minValueBytes } from './value-needles.ts';

/** Tells from single trees whether a value may stand in a path across directories, which none of them shows by itself. */
export interface PathSearch {
  /** Whether a tree holds a part of a value that stands within one name wherever the value stands in a path. `base`: a tree without one. */
  holdsPart(tree: Buffer, base?: SearchedBase): boolean;
}

const separator = '/';

/** Of each form of a value that has separators, the longest part between them is looked for; where that is too short, every tree may hold it. */
export function createPathSearch(values: readonly string[]): PathSearch {
  const needles = buildValueNeedles(values).filter(({ value }) => values[value]!.includes(separator));
  const parts = new Set(needles.map(({ bytes }) => longestPart(bytes.toString('latin1'))));
  if (parts.size === 0) return { holdsPart: () => false };
  if ([...parts].some((part) => part.length < minValueBytes)) return { holdsPart: () => true };
  const matcher = createNeedleMatcher([...parts].map((part) => Buffer.from(part, 'latin1')));
  return {
    holdsPart(tree, base) {
      const regions = base ? listChangedRegions(tree, base, matcher.longest) : [{ start: 0, end: tree.length }];
      let isFound = false;
      for (const { start, end } of regions) matcher.find(tree.subarray(start, end), () => (isFound = true));
      return isFound;
    },
  };
}

function longestPart(needle: string): string {
  return needle.split(separator).reduce((longest, part) => (part.length > longest.length ? part : longest), '');
}
