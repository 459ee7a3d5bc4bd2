import { confirmFragment } from './confirm-fragment.ts';
import { createNeedleMatcher } from './needle-matcher.ts';
import { damaged, defaultContainerLimits, isContainer, openContainer } from './open-containers.ts';
import type { ContainerBudget, ContainerLimits } from './open-containers.ts';
import { widenRegions, type Changes, type Copy } from './compare-with-base.ts';
import { decodePackedTexts, packedTextStarts } from './packed-texts.ts';
import { buildValueNeedles, type ValueNeedle } from './value-needles.ts';

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

/** A needle that stands in a content and does not prove a value there; other surroundings might. */
export interface Fragment {
  readonly needle: number;
  readonly at: number;
}

/** What was found in a content as it stands. */
export interface FlatResult {
  readonly hits: readonly ContentHit[];
  /** In no particular order. */
  readonly fragments: readonly Fragment[];
}

export interface ContentSearch {
  /** How many bytes before a place must be at hand to judge what is found there. */
  readonly reach: number;
  /** All hits, one a value, form and container. `onFlat`: what `searchChanged` has to know; not called when something in it was opened. */
  search(content: Buffer, onUnopened: (part: UnopenedPart) => void, onFlat?: (result: FlatResult) => void): ContentHit[];
  /** The same in the content as it stands, without opening containers. */
  searchFlat(content: Buffer, onFlat?: (result: FlatResult) => void): readonly ContentHit[];
  /**
   * The same, given what stood in the base, in which nothing was found and nothing was opened: only where the content is not the same is it
   * looked at again. `undefined` when there is something to be opened.
   */
  searchChanged(content: Buffer, changes: Changes, fragments: readonly Fragment[]): FlatResult | undefined;
}

const none: readonly never[] = [];

/** Prepares the search for all forms of the given values (Latin-1, one character a byte). */
export function createContentSearch(values: readonly string[], limits: ContainerLimits = defaultContainerLimits): ContentSearch {
  const needles = buildValueNeedles(values);
  const flatMatcher = createNeedleMatcher(needles.map(({ bytes }) => bytes));
  const matcher = createNeedleMatcher([...needles.map(({ bytes }) => bytes), ...packedTextStarts.map((start) => Buffer.from(start))]);
  const longestValue = values.reduce((longest, value) => Math.max(longest, value.length), 0);
  const reach = Math.max(matcher.longest, 8 * longestValue + 128) * 2;
  return {
    reach,
    search(content, onUnopened, onFlat) {
      const hits: ContentHit[] = [];
      const budget = { members: limits.maxMembers, bytes: limits.maxBytes };
      const fragments = searchWholeInto(hits, content, [], budget, onUnopened);
      if (fragments) onFlat?.({ hits, fragments });
      return hits;
    },
    searchFlat(content, onFlat) {
      const { hits, fragments, onHit } = createJudge(content, []);
      flatMatcher.find(content, onHit);
      onFlat?.({ hits, fragments });
      return hits;
    },
    searchChanged(content, changes, known) {
      const { onHit, onFragment, hits, fragments } = createJudge(content, []);
      let isPacked = false;
      matcher.findAround(content, changes.gaps, (needle, at) => {
        if (needle >= needles.length) isPacked = true;
        else onHit(needle, at);
      });
      if (isPacked) return undefined;
      if (known.length === 0) return { hits, fragments };
      // The others are where they were, but what surrounds them may have changed.
      const changed = widenRegions(changes.gaps, reach, content.length);
      const lengthOf = (needle: number): number => needles[needle]!.bytes.length;
      for (const fragment of moveFragments(known, changes.copies, lengthOf)) {
        const fragmentEnd = fragment.at + lengthOf(fragment.needle);
        if (changed.some(({ start, end }) => fragment.at <= end && fragmentEnd >= start)) onHit(fragment.needle, fragment.at);
        else onFragment(fragment);
      }
      return { hits, fragments };
    },
  };

  /** Gives the fragments that stand there; `undefined` when there was something to open. */
  function searchWholeInto(
    hits: ContentHit[],
    content: Buffer,
    within: readonly string[],
    budget: ContainerBudget,
    onUnopened: (part: UnopenedPart) => void,
  ): readonly Fragment[] | undefined {
    const judge = createJudge(content, within);
    // Where packed content may begin in base64.
    let places: number[] | undefined;
    matcher.find(content, (needle, at) => {
      if (needle >= needles.length) (places ??= []).push(at);
      else judge.onHit(needle, at);
    });
    hits.push(...judge.hits);
    if (isContainer(content)) openInto(hits, content, within, budget, onUnopened);
    for (const packed of decodePackedTexts(content, places ?? none)) {
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
    return places || isContainer(content) ? undefined : judge.fragments;
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

  /** Judges needles where they stand; of a form that was found once, no more is said. */
  function createJudge(content: Buffer, within: readonly string[]) {
    const hits: ContentHit[] = [];
    const fragments: Fragment[] = [];
    let seen: Set<string> | undefined;
    return { hits, fragments, onHit, onFragment: (fragment: Fragment) => void fragments.push(fragment) };

    function onHit(index: number, at: number): void {
      const needle: ValueNeedle = needles[index]!;
      const key = `${needle.value} ${needle.form}`;
      if (seen?.has(key)) return;
      if (needle.confirm && !confirmFragment(content, at, needle, values[needle.value]!)) {
        fragments.push({ needle: index, at });
        return;
      }
      (seen ??= new Set()).add(key);
      hits.push({ value: needle.value, form: needle.form, at, within });
    }
  }
}

/** Where the fragments of a base stand in what was copied from it, once for each copy. */
function* moveFragments(
  fragments: readonly Fragment[],
  copies: readonly Copy[],
  lengthOf: (needle: number) => number,
): Generator<Fragment> {
  const sorted = fragments.toSorted((a, b) => a.at - b.at);
  for (const { start, from, length } of copies) {
    for (let i = findFirst(sorted, from); i < sorted.length && sorted[i]!.at < from + length; i++) {
      const { needle, at } = sorted[i]!;
      if (at + lengthOf(needle) <= from + length) yield { needle, at: at - from + start };
    }
  }
}

/** The index of the first fragment at that place or behind it. */
function findFirst(sorted: readonly Fragment[], at: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]!.at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
