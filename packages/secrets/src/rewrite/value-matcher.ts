import { extname } from 'node:path';
import type { Anchor } from '../detect/anchor.ts';
import type { Match } from '../detect/match.ts';
import type { Matcher, MatcherSource } from '../history/packs/matcher.ts';
import { parseLfsPointer } from './lfs-pointer.ts';
import { isArchive, searchArchive } from './search-archive.ts';
import { createValueSearch } from './search-values.ts';

/** What a match of this matcher means: its `ruleIndex`. */
export const valueRules = { value: 0, lfsPointer: 1, archiveMember: 2 } as const;

export interface ValueMatcherOptions {
  readonly needles: readonly Uint8Array[];
}

const moduleUrl = new URL(`./value-matcher${extname(import.meta.filename)}`, import.meta.url).href;
const maxAnchorBytes = 16;
const minAnchorBytes = 4;

/** The search for values as something that threads can build; `undefined` when a value has no run of ASCII that could be an anchor. */
export function describeValueMatcher(needles: readonly Uint8Array[]): MatcherSource | undefined {
  if (needles.some((needle) => !findAnchorRun(needle))) return undefined;
  return { module: moduleUrl, create: createValueMatcher.name, options: { needles } satisfies ValueMatcherOptions };
}

/**
 * Finds needles in the traversal of packs. An object's matches say no more than that it holds a value (in the clear, or in an archive), or
 * which LFS object it points to (`secret`).
 */
export function createValueMatcher(options: ValueMatcherOptions): Matcher {
  const needles = options.needles.map((needle) => Buffer.from(needle));
  const search = createValueSearch(needles);
  const groups = groupByAnchor(needles);

  function verify(content: Buffer, at: number, anchorIndex: number, matches: Match[]): void {
    for (const { needle, offset } of groups[anchorIndex]!.members) {
      const start = at - offset;
      if (start < 0 || content.compare(needle, 0, needle.length, start, Math.min(content.length, start + needle.length)) !== 0) continue;
      matches.push(buildMatch(valueRules.value, start, start + needle.length));
    }
  }

  function scan(content: Buffer): Match[] {
    const lfsObject = parseLfsPointer(content);
    const matches = search.contains(content) ? [buildMatch(valueRules.value)] : [];
    if (lfsObject !== undefined) return [...matches, { ...buildMatch(valueRules.lfsPointer), secret: lfsObject }];
    const member = searchArchive(content, search.contains);
    return member === undefined ? matches : [...matches, { ...buildMatch(valueRules.archiveMember), innerPath: member }];
  }

  return {
    anchors: groups.map(({ anchor }) => anchor),
    verify,
    // That there is one is enough.
    settle: (matches) => matches.slice(0, 1),
    isWrapped: (content) => isArchive(content) || parseLfsPointer(content) !== undefined,
    scan,
  };
}

interface AnchorGroup {
  readonly anchor: Anchor;
  readonly members: readonly { readonly needle: Buffer; readonly offset: number }[];
}

function groupByAnchor(needles: readonly Buffer[]): AnchorGroup[] {
  const members = needles.map((needle) => ({ needle, ...findAnchorRun(needle)! }));
  return [...Map.groupBy(members, ({ text }) => text)].map(([text, group]) => ({
    anchor: {
      text,
      fold: false,
      scope: 'far',
      before: Math.max(...group.map(({ offset }) => offset)),
      after: Math.max(...group.map(({ needle, offset }) => needle.length - offset)),
      needsOperator: false,
      atBoundary: false,
    },
    members: group,
  }));
}

/** The longest run of ASCII in a needle, cut to what an anchor needs. */
function findAnchorRun(needle: Uint8Array): { text: string; offset: number } | undefined {
  const bytes = Buffer.from(needle);
  const runs = [...bytes.toString('latin1').matchAll(/[\0-\x7f]+/g)].sort((a, b) => b[0].length - a[0].length);
  const [longest] = runs;
  return longest && longest[0].length >= minAnchorBytes ? { text: longest[0].slice(0, maxAnchorBytes), offset: longest.index } : undefined;
}

function buildMatch(ruleIndex: number, start = 0, end = 0): Match {
  return { ruleIndex, start, end, secretStart: start, secretEnd: end, secret: '', encodings: [] };
}
