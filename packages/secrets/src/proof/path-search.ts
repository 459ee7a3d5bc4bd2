import type { Changes } from './compare-with-base.ts';
import { createNeedleMatcher } from './needle-matcher.ts';
import { buildValueNeedles, minValueBytes, type ValueNeedle } from './value-needles.ts';

/**
 * Tells from single trees whether a value may stand in a path across directories, which none of them shows by itself: wherever it does, each
 * of its parts between two separators stands in one name.
 */
export interface PathSearch {
  /**
   * Adds the numbers of the parts that a tree holds. `changes`: what is not as in a tree whose parts were added before; `hasOpenParts`: what
   * was given for that one. Gives whether letters of a part stand there that other names around them would make one.
   */
  addParts(tree: Buffer, changes: Changes | undefined, hasOpenParts: boolean, found: Set<number>): boolean;
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
    addParts(tree, changes, wasOpen, found) {
      if (found.size === parts.length) return false;
      let isOpen = false;
      const onPart = (part: number, at: number): void => {
        if (found.has(part)) return;
        if (standsAround(parts[part]!, tree, at)) found.add(part);
        else isOpen = true;
      };
      // Few trees are open.
      if (changes && !wasOpen) matcher.findAround(tree, changes.gaps, onPart);
      else matcher.find(tree, onPart);
      return isOpen;
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
