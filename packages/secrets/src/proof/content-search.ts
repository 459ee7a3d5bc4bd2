import { confirmFragment } from './confirm-fragment.ts';
import { createNeedleMatcher } from './needle-matcher.ts';
import { defaultContainerLimits, isContainer, openContainer } from './open-containers.ts';
import type { ContainerBudget, ContainerLimits } from './open-containers.ts';
import { listChangedRegions } from './list-changed-regions.ts';
import { buildValueNeedles } from './value-needles.ts';

/** A value found in a piece of content. */
export interface ContentHit {
  readonly value: number;
  readonly form: string;
  /** Byte offset, in the innermost container. */
  readonly at: number;
  /** The containers around it, outermost first: `zip member a.txt`, `gzip`. */
  readonly within: readonly string[];
}

/** A part of a piece of content that could not be searched. */
export interface UnopenedPart {
  readonly within: readonly string[];
  readonly reason: string;
}

export interface ContentSearch {
  /** How many bytes before a place must be at hand to judge what is found there. */
  readonly reach: number;
  /** All hits, one a value, form and container. */
  search(content: Buffer, onUnopened: (part: UnopenedPart) => void): ContentHit[];
  /** The same in the content as it stands, without opening containers. */
  searchFlat(content: Buffer): ContentHit[];
  /** The same, given that nothing was found in `base`: only where the content is not the same, byte for byte, is it looked at again. */
  searchChanged(content: Buffer, base: SearchedBase): ContentHit[];
}

/** A content in which nothing was found, and of another one which parts are said to be copies of it: see `VisitedBase`. */
export interface SearchedBase {
  readonly content: Buffer;
  readonly runs: Uint32Array;
}

/** Prepares the search for all forms of the given values (Latin-1, one character a byte). */
export function createContentSearch(values: readonly string[], limits: ContainerLimits = defaultContainerLimits): ContentSearch {
  const needles = buildValueNeedles(values);
  const matcher = createNeedleMatcher(needles.map(({ bytes }) => bytes));
  const longestValue = values.reduce((longest, value) => Math.max(longest, value.length), 0);
  const reach = Math.max(matcher.longest, 8 * longestValue + 128) * 2;
  return {
    reach,
    search(content, onUnopened) {
      const hits: ContentHit[] = [];
      searchFlatInto(hits, content, []);
      if (isContainer(content)) openInto(hits, content, [], { members: limits.maxMembers, bytes: limits.maxBytes }, onUnopened);
      return hits;
    },
    searchFlat(content) {
      const hits: ContentHit[] = [];
      searchFlatInto(hits, content, []);
      return hits;
    },
    searchChanged(content, base) {
      const hits = new Map<string, ContentHit>();
      // What is found near a change may be judged by what stands around it, on both sides.
      for (const { start, end } of listChangedRegions(content, base, 2 * reach)) {
        for (const hit of this.searchFlat(content.subarray(start, end))) {
          const key = `${hit.value} ${hit.form}`;
          if (!hits.has(key)) hits.set(key, { ...hit, at: start + hit.at });
        }
      }
      return [...hits.values()];
    },
  };

  function openInto(
    hits: ContentHit[],
    content: Buffer,
    within: readonly string[],
    budget: ContainerBudget,
    onUnopened: (part: UnopenedPart) => void,
  ): void {
    if (within.length >= limits.maxDepth) {
      onUnopened({ within, reason: 'it is nested deeper than the limit allows' });
      return;
    }
    for (const opened of openContainer(content, budget)) {
      const inside = [...within, opened.name];
      if (opened.kind === 'unopened') {
        onUnopened({ within: inside, reason: opened.reason });
        continue;
      }
      searchFlatInto(hits, opened.content, inside);
      if (isContainer(opened.content)) openInto(hits, opened.content, inside, budget, onUnopened);
    }
  }

  function searchFlatInto(hits: ContentHit[], content: Buffer, within: readonly string[]): void {
    let seen: Set<string> | undefined;
    matcher.find(content, (index, at) => {
      const needle = needles[index]!;
      const key = `${needle.value} ${needle.form}`;
      if (seen?.has(key)) return;
      if (needle.confirm && !confirmFragment(content, at, needle, values[needle.value]!)) return;
      (seen ??= new Set()).add(key);
      hits.push({ value: needle.value, form: needle.form, at, within });
    });
  }
}
