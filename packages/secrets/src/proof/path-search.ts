import type { SearchedBase } from './content-search.ts';
import { listChangedRegions } from './list-changed-regions.ts';
import { createNeedleMatcher } from './needle-matcher.ts';
import { buildValueNeedles, minValueBytes, type ValueNeedle } from './value-needles.ts';

/**
 * Tells from single trees whether a value may stand in a path across directories, which none of them shows by itself: wherever it does, each
 * of its parts between two separators stands in one name.
 */
export interface PathSearch {
  /** Adds the numbers of the parts that a tree holds. `base`: a tree whose parts were added before. */
  addParts(tree: Buffer, base: SearchedBase | undefined, found: Set<number>): void;
  /** Whether all parts of some form of a value were found. */
  isPossible(found: ReadonlySet<number>): boolean;
}

const separator = '/';

/** For the values (Latin-1, one character a byte). Parts too short to be looked for are taken to stand everywhere. */
export function createPathSearch(values: readonly string[]): PathSearch {
  const parts: Part[] = [];
  const forms = buildValueNeedles(values)
    // No path is broken over lines.
    .filter(({ value, confirm }) => values[value]!.includes(separator) && confirm !== 'split')
    .map((needle) => listParts(needle, values[needle.value]!).map((part) => parts.push(part) - 1));
  const matcher = createNeedleMatcher(parts.map(({ text }) => Buffer.from(text, 'latin1')));
  return {
    addParts(tree, base, found) {
      if (found.size === parts.length) return;
      const regions = base ? listChangedRegions(tree, base, matcher.longest) : [{ start: 0, end: tree.length }];
      for (const { start, end } of regions) {
        matcher.find(tree.subarray(start, end), (part, at) => {
          if (!found.has(part) && standsAround(parts[part]!, tree, start + at)) found.add(part);
        });
      }
    },
    isPossible: (found) => forms.some((numbers) => numbers.every((part) => found.has(part))),
  };
}

/** What stands in one name. */
interface Part {
  readonly text: string;
  /** Letters and digits that stand with it, where the rest may be escaped. */
  readonly runs: readonly string[];
  /** How far before the text the name may begin. */
  readonly reach: number;
}

function listParts({ bytes, confirm }: ValueNeedle, value: string): Part[] {
  const isEscaped = confirm === 'escaped';
  return (isEscaped ? value : bytes.toString('latin1')).split(separator).flatMap((piece) => {
    const runs = isEscaped ? (piece.match(/[A-Za-z0-9]+/g) ?? []) : [];
    const text = isEscaped ? runs.reduce((longest, run) => (run.length > longest.length ? run : longest), '') : piece;
    return text.length >= minValueBytes ? { text, runs, reach: longestEscape * piece.length } : [];
  });
}

/** Of one character, escaped twice. */
const longestEscape = 16;

function standsAround({ runs, reach }: Part, tree: Buffer, at: number): boolean {
  const end = tree.indexOf(0, at);
  const text = tree.toString('latin1', Math.max(0, at - reach), end === -1 ? tree.length : end);
  return runs.every((run) => text.includes(run));
}
