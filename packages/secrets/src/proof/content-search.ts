import { confirmFragment } from './confirm-fragment.ts';
import { createNeedleMatcher } from './needle-matcher.ts';
import { damaged, defaultContainerLimits, isContainer, openContainer } from './open-containers.ts';
import type { ContainerBudget, ContainerLimits } from './open-containers.ts';
import { isTouched, widenRegions, type Changes, type Copy } from './compare-with-base.ts';
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
  /** In no particular order; `undefined` when there are so many that looking for them again is faster than moving them along. */
  readonly fragments: readonly Fragment[] | undefined;
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
   * looked at again. `undefined` when there is something to be opened, or too much to move along.
   */
  searchChanged(content: Buffer, changes: Changes, fragments: readonly Fragment[]): FlatResult | undefined;
}

const none: readonly never[] = [];
/** Git makes up to four thousand versions of an object in one chain, each of which takes them over. */
const mostFragments = 1000;

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
      const flat = searchWholeInto(hits, content, [], budget, onUnopened);
      if (flat) onFlat?.(flat);
      return hits;
    },
    searchFlat(content, onFlat) {
      const judge = new Judge(content, none, needles, values);
      flatMatcher.find(content, (needle, at) => judge.judge(needle, at));
      onFlat?.(judge);
      return judge.hits;
    },
    searchChanged(content, changes, known) {
      const judge = new Judge(content, none, needles, values);
      let isPacked = false;
      matcher.findAround(content, changes.gaps, (needle, at) => {
        if (needle >= needles.length) isPacked = true;
        else judge.judge(needle, at);
      });
      if (isPacked) return undefined;
      if (known.length === 0) return judge;
      // The others are where they were, but what surrounds them may have changed.
      const changed = widenRegions(changes.gaps, reach, content.length);
      const lengthOf = (needle: number): number => needles[needle]!.bytes.length;
      for (const fragment of moveFragments(known, changes.copies, lengthOf)) {
        if (isTouched(changed, fragment.at - 1, fragment.at + lengthOf(fragment.needle) + 1)) judge.judge(fragment.needle, fragment.at);
        else judge.keep(fragment);
        if (!judge.fragments) return undefined;
      }
      return judge;
    },
  };

  /** Gives what stands there as it is; `undefined` when there was something to open. */
  function searchWholeInto(
    hits: ContentHit[],
    content: Buffer,
    within: readonly string[],
    budget: ContainerBudget,
    onUnopened: (part: UnopenedPart) => void,
  ): FlatResult | undefined {
    const judge = new Judge(content, within, needles, values);
    // Where packed content may begin in base64.
    let places: number[] | undefined;
    matcher.find(content, (needle, at) => {
      if (needle >= needles.length) (places ??= []).push(at);
      else judge.judge(needle, at);
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
    return places || isContainer(content) ? undefined : judge;
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

/** Judges needles where they stand; of a form that was found once, no more is said. */
class Judge implements FlatResult {
  readonly hits: ContentHit[] = [];
  fragments: Fragment[] | undefined = [];
  readonly #content: Buffer;
  readonly #within: readonly string[];
  readonly #needles: readonly ValueNeedle[];
  readonly #values: readonly string[];
  #seen: Set<string> | undefined;

  constructor(content: Buffer, within: readonly string[], needles: readonly ValueNeedle[], values: readonly string[]) {
    this.#content = content;
    this.#within = within;
    this.#needles = needles;
    this.#values = values;
  }

  judge(index: number, at: number): void {
    const needle = this.#needles[index]!;
    const { value, form } = needle;
    const key = `${value} ${form}`;
    if (this.#seen?.has(key)) return;
    if (needle.confirm && !confirmFragment(this.#content, at, needle, this.#values[value]!)) {
      this.keep({ needle: index, at });
      return;
    }
    (this.#seen ??= new Set()).add(key);
    this.hits.push({ value, form, at, within: this.#within });
  }

  keep(fragment: Fragment): void {
    this.fragments?.push(fragment);
    if (this.fragments && this.fragments.length > mostFragments) this.fragments = undefined;
  }
}
