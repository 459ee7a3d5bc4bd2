import type { LooseForm } from './loose-forms.ts';
import { findLoosely } from './loose-forms.ts';
import { looseReach } from './loose-match.ts';
import { createValueSearch } from './search-values.ts';

/** What is looked for: byte strings that each stand for a value, and parts of values that need a look around them. */
export interface ValueNeedles {
  readonly exact: readonly Uint8Array[];
  readonly loose: readonly LooseForm[];
}

/** A place of a value. `needleIndex` counts the exact needles first, then the loose ones. */
export interface ValueHit {
  readonly needleIndex: number;
  readonly start: number;
  readonly end: number;
}

export interface ValueFinder {
  /** The most bytes that a hit may take up: what two neighbouring pieces of a split content must share, less one. */
  readonly maxHitBytes: number;
  contains(content: Uint8Array): boolean;
  /** By start. Loose hits inside of exact ones are left out. */
  findAll(content: Uint8Array): ValueHit[];
}

export function createValueFinder({ exact, loose }: ValueNeedles): ValueFinder {
  const needles = [...exact, ...loose.map(({ needle }) => needle)].map((needle) => Buffer.from(needle));
  const exactSearch = createValueSearch(needles.slice(0, exact.length));
  const search = createValueSearch(needles);

  function contains(content: Uint8Array): boolean {
    if (loose.length === 0 || !search.contains(content)) return loose.length === 0 && exactSearch.contains(content);
    return exactSearch.contains(content) || findAll(content).length > 0;
  }

  function findAll(content: Uint8Array): ValueHit[] {
    const hits: ValueHit[] = [];
    const parts: { readonly needleIndex: number; readonly start: number }[] = [];
    for (const { needleIndex, start } of search.findAll(content)) {
      if (needleIndex >= exact.length) parts.push({ needleIndex, start });
      else hits.push({ needleIndex, start, end: start + needles[needleIndex]!.length });
    }
    const exactHits = [...hits];
    let next = 0;
    let covered = 0;
    for (const { needleIndex, start } of parts) {
      const end = start + needles[needleIndex]!.length;
      for (; next < exactHits.length && exactHits[next]!.start <= start; next++) covered = Math.max(covered, exactHits[next]!.end);
      if (end <= covered) continue;
      const whole = findLoosely(content, start, loose[needleIndex - exact.length]!);
      if (whole) hits.push({ needleIndex, ...whole });
    }
    return hits.sort((a, b) => a.start - b.start || a.needleIndex - b.needleIndex);
  }

  const maxHitBytes = loose.reduce((longest, { whole }) => Math.max(longest, looseReach(whole)), exactSearch.maxNeedleBytes);
  return { maxHitBytes, contains, findAll };
}
