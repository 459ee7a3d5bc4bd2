import { extname } from 'node:path';
import type { Anchor } from '../detect/anchor.ts';
import { buildAnchorTable } from '../detect/build-anchor-table.ts';
import { readBase64Lines, startsBase64 } from '../detect/decode/base64.ts';
import type { Match } from '../detect/match.ts';
import { createVisitor, type Matcher, type MatcherSource } from '../history/packs/matcher.ts';
import { isContainer } from './containers/open-container.ts';
import { packedTextStarts } from './containers/open-packed-text.ts';
import { findInMembers } from './containers/redact-container.ts';
import { parseLfsPointer } from './lfs-pointer.ts';
import { createValueFinder } from './find-values.ts';
import type { ValueNeedles } from './find-values.ts';
import { findLoosely } from './loose-forms.ts';
import type { LooseForm } from './loose-forms.ts';
import { looseReach } from './loose-match.ts';

/** What a match of this matcher means: its `ruleIndex`. */
export const valueRules = { value: 0, lfsPointer: 1 } as const;

const moduleUrl = new URL(`./value-matcher${extname(import.meta.filename)}`, import.meta.url).href;
const maxAnchorBytes = 16;
const minAnchorBytes = 4;
/** What shows whether a text of base64 goes on from the line before. */
const packedTextBefore = 96;
/** More than any content that is searched in memory. */
const maxPackedTextBytes = 2 ** 30;

/** The search for values as something that threads can build; `undefined` when a value has no run of ASCII that could be an anchor. */
export function describeValueMatcher(needles: ValueNeedles): MatcherSource | undefined {
  if (listMembers(needles).some(({ needle }) => !findAnchorRun(needle))) return undefined;
  return { module: moduleUrl, create: createValueMatcher.name, options: needles };
}

/**
 * Finds values in the traversal of packs. An object's matches say no more than that it holds a value (in the clear, or packed), or
 * which LFS object it points to (`secret`).
 */
export function createValueMatcher(needles: ValueNeedles): Matcher {
  const finder = createValueFinder(needles);
  const groups = groupByAnchor(needles);

  function verify(content: Buffer, at: number, anchorIndex: number, matches: Match[]): void {
    if (anchorIndex >= groups.length) {
      if (holdsInPackedText(content, at)) matches.push(buildMatch(valueRules.value, at, at));
      return;
    }
    for (const { needle, offset, loose } of groups[anchorIndex]!.members) {
      const start = at - offset;
      const end = start + needle.length;
      if (start < 0 || end > content.length || content.compare(needle, 0, needle.length, start, end) !== 0) continue;
      if (!loose || findLoosely(content, start, loose)) matches.push(buildMatch(valueRules.value, start, end));
    }
  }

  function holdsInPackedText(content: Buffer, at: number): boolean {
    if (!startsBase64(content, at)) return false;
    return findInMembers(content.subarray(at, readBase64Lines(content, at).at(-1)!.end), finder.contains) !== undefined;
  }

  function scan(content: Buffer): Match[] {
    const lfsObject = parseLfsPointer(content);
    const holdsValue = finder.contains(content) || (lfsObject === undefined && findInMembers(content, finder.contains) !== undefined);
    const matches = holdsValue ? [buildMatch(valueRules.value)] : [];
    return lfsObject === undefined ? matches : [...matches, { ...buildMatch(valueRules.lfsPointer), secret: lfsObject }];
  }

  const anchors = [...groups.map(({ anchor }) => anchor), ...packedTextAnchors];
  return {
    anchors,
    getAnchorTable: () => buildAnchorTable(anchors),
    verify,
    // That there is one is enough.
    settle: (matches) => matches.slice(0, 1),
    isWrapped: (content) => isContainer(content) || parseLfsPointer(content) !== undefined,
    scan,
  };
}

/** Finds the trees in which values stand, names in particular, and gathers their ids. */
export function describeTreeMatcher(needles: ValueNeedles): MatcherSource {
  return { module: moduleUrl, create: createTreeMatcher.name, options: needles };
}

export function createTreeMatcher(needles: ValueNeedles): Matcher {
  const finder = createValueFinder(needles);
  let oids: string[] = [];
  return createVisitor({
    visit(type, id, content) {
      if (type === 'tree' && finder.contains(content)) oids.push(id.toString('hex'));
    },
    takeGathered() {
      const gathered = oids;
      oids = [];
      return gathered;
    },
  });
}

/** However long the text is, it is looked at as a whole. */
const packedTextAnchors = packedTextStarts.map((text): Anchor => {
  const kind = { fold: false, scope: 'far', needsOperator: false, atBoundary: false } as const;
  return { text, ...kind, before: packedTextBefore, after: maxPackedTextBytes };
});

interface Member {
  readonly needle: Buffer;
  readonly loose?: LooseForm;
}

interface AnchorGroup {
  readonly anchor: Anchor;
  readonly members: readonly (Member & { readonly offset: number })[];
}

function listMembers({ exact, loose }: ValueNeedles): Member[] {
  return [
    ...exact.map((needle) => ({ needle: Buffer.from(needle) })),
    ...loose.map((form) => ({ needle: Buffer.from(form.needle), loose: { ...form, needle: Buffer.from(form.needle) } })),
  ];
}

function groupByAnchor(needles: ValueNeedles): AnchorGroup[] {
  const members = listMembers(needles).map((member) => ({ ...member, ...findAnchorRun(member.needle)! }));
  return [...Map.groupBy(members, ({ text }) => text)].map(([text, group]) => ({
    anchor: {
      text,
      fold: false,
      scope: 'far',
      before: Math.max(...group.map(({ offset, loose }) => offset + reachOf(loose))),
      after: Math.max(...group.map(({ needle, offset, loose }) => needle.length - offset + reachOf(loose))),
      needsOperator: false,
      atBoundary: false,
    },
    members: group,
  }));
}

function reachOf(loose: LooseForm | undefined): number {
  return loose ? looseReach(loose.whole) : 0;
}

/** The longest run of ASCII in a needle, cut to what an anchor needs. */
function findAnchorRun(needle: Buffer): { text: string; offset: number } | undefined {
  const runs = [...needle.toString('latin1').matchAll(/[\0-\x7f]+/g)].sort((a, b) => b[0].length - a[0].length);
  const [longest] = runs;
  return longest && longest[0].length >= minAnchorBytes ? { text: longest[0].slice(0, maxAnchorBytes), offset: longest.index } : undefined;
}

function buildMatch(ruleIndex: number, start = 0, end = 0): Match {
  return { ruleIndex, start, end, secretStart: start, secretEnd: end, secret: '', encodings: [] };
}
