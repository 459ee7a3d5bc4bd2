import { confirmFragment } from './confirm-fragment.ts';
import { createNeedleMatcher } from './needle-matcher.ts';
import { damaged, defaultContainerLimits, isContainer, openContainer } from './open-containers.ts';
import type { ContainerBudget, ContainerLimits } from './open-containers.ts';
import { listChangedRegions } from './list-changed-regions.ts';
import { decodePackedTexts, packedTextStarts } from './packed-texts.ts';
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
  /** All hits, one a value, form and container. `onOpened`: something in it was opened, so that other content cannot be judged by its bytes. */
  search(content: Buffer, onUnopened: (part: UnopenedPart) => void, onOpened?: () => void): ContentHit[];
  /** The same in the content as it stands, without opening containers. */
  searchFlat(content: Buffer): ContentHit[];
  /**
   * The same, given that nothing was found in `base` and nothing was opened: only where the content is not the same, byte for byte, is it
   * looked at again. `undefined` when there is something to be opened.
   */
  searchChanged(content: Buffer, base: SearchedBase): ContentHit[] | undefined;
}

/** A content in which nothing was found, and of another one which parts are said to be copies of it: see `VisitedBase`. */
export interface SearchedBase {
  readonly content: Buffer;
  readonly runs: Uint32Array;
}

const none: readonly number[] = [];

/** Prepares the search for all forms of the given values (Latin-1, one character a byte). */
export function createContentSearch(values: readonly string[], limits: ContainerLimits = defaultContainerLimits): ContentSearch {
  const needles = buildValueNeedles(values);
  const matcher = createNeedleMatcher([...needles.map(({ bytes }) => bytes), ...packedTextStarts.map((start) => Buffer.from(start))]);
  const longestValue = values.reduce((longest, value) => Math.max(longest, value.length), 0);
  const reach = Math.max(matcher.longest, 8 * longestValue + 128) * 2;
  return {
    reach,
    search(content, onUnopened, onOpened = () => undefined) {
      const hits: ContentHit[] = [];
      const budget = { members: limits.maxMembers, bytes: limits.maxBytes };
      if (searchWholeInto(hits, content, [], budget, onUnopened)) onOpened();
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
        const found: ContentHit[] = [];
        if (searchFlatInto(found, content.subarray(start, end), []).length > 0) return undefined;
        for (const hit of found) {
          const key = `${hit.value} ${hit.form}`;
          if (!hits.has(key)) hits.set(key, { ...hit, at: start + hit.at });
        }
      }
      return [...hits.values()];
    },
  };

  /** Gives whether there was something to open. */
  function searchWholeInto(
    hits: ContentHit[],
    content: Buffer,
    within: readonly string[],
    budget: ContainerBudget,
    onUnopened: (part: UnopenedPart) => void,
  ): boolean {
    const places = searchFlatInto(hits, content, within);
    if (isContainer(content)) openInto(hits, content, within, budget, onUnopened);
    for (const packed of decodePackedTexts(content, places)) {
      const isTooDeep = within.length >= limits.maxDepth;
      if (isTooDeep || --budget.members < 0) {
        const reason = isTooDeep ? 'it is nested deeper than the limit allows' : 'it has more members than the limit allows';
        onUnopened({ within: [...within, 'base64'], reason });
        break;
      }
      // What does not unpack was never packed.
      const onReallyUnopened = (part: UnopenedPart): void => {
        if (part.reason !== damaged) onUnopened(part);
      };
      searchWholeInto(hits, packed, [...within, 'base64'], budget, onReallyUnopened);
    }
    return places.length > 0 || isContainer(content);
  }

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
      searchWholeInto(hits, opened.content, inside, budget, onUnopened);
    }
  }

  /** Gives where packed content may begin in base64. */
  function searchFlatInto(hits: ContentHit[], content: Buffer, within: readonly string[]): readonly number[] {
    let seen: Set<string> | undefined;
    let places: number[] | undefined;
    matcher.find(content, (index, at) => {
      const needle = needles[index];
      if (!needle) {
        (places ??= []).push(at);
        return;
      }
      const key = `${needle.value} ${needle.form}`;
      if (seen?.has(key)) return;
      if (needle.confirm && !confirmFragment(content, at, needle, values[needle.value]!)) return;
      (seen ??= new Set()).add(key);
      hits.push({ value: needle.value, form: needle.form, at, within });
    });
    return places ?? none;
  }
}
