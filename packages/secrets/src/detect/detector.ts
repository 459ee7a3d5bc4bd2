import { builtInRules } from '../rules/registry.ts';
import type { Rule } from '../rules/rule.ts';
import type { Anchor, AnchorList } from './anchor.ts';
import type { AnchorTable } from './build-anchor-table.ts';
import { createAnchorFinder, type AnchorFinder } from './find-anchors.ts';
import type { Match } from './match.ts';
import { prepareAnchors } from './prepared-anchors.ts';
import { settleMatches } from './settle-matches.ts';
import { defaultUnpackLimits, UnpackBudget } from './unpack/unpack-budget.ts';
import type { UnpackLimits, Unread } from './unpack/unpack-budget.ts';
import type { Layer } from './unpack/layer.ts';
import { isWrapped, unpack } from './unpack/unpack.ts';
import type { UserRuleSource } from './user-rule.ts';
import { createVerifier } from './verify-anchor.ts';

export type { Anchor, AnchorList, Match, Unread, UserRuleSource };

/** What a detector is built from. Can be cloned into a worker, which builds an equal detector from it. */
export interface DetectorOptions {
  /** Rules not to use, by id. */
  readonly disabledRules?: readonly string[];
  /** When given, only these rules are used. */
  readonly enabledRules?: readonly string[];
  /** The user's own rules. */
  readonly userRules?: readonly UserRuleSource[];
  /** How many encodings (base64 in base64) are looked through. Default 2. */
  readonly maxDecodeDepth?: 0 | 1 | 2;
  readonly unpackLimits?: Partial<UnpackLimits>;
  /** `Detector.encodedAnchors` of one with the same rules: saves working them out. */
  readonly encodedAnchors?: Uint8Array;
}

/** Finds secrets in single pieces of content. Holds no state between calls; not for use by two calls at a time. */
export interface Detector {
  /** A match's `ruleIndex` points here. */
  readonly rules: readonly Rule[];
  /** Where `verify` has to be called; an `anchorIndex` points here. */
  readonly anchors: AnchorList;
  /** The anchors as they are searched for. */
  getAnchorTable(): AnchorTable;
  /** In memory that threads share. */
  readonly encodedAnchors: Uint8Array;
  /** Tries everything that belongs to the anchor at that offset and appends what matches, also what is dropped, with the reason. */
  verify(content: Buffer, at: number, anchorIndex: number, matches: Match[]): void;
  /**
   * Whether content is packed or in a wide encoding (gzip, ZIP, tar, UTF-16 …), so that only `scan` finds everything in it.
   * Depends on the first 512 bytes only.
   */
  isWrapped(content: Buffer): boolean;
  /**
   * Everything in one content: what `verify` appends at every anchor and, when it is wrapped, what is found in what it holds;
   * settled (`settleMatches`). What cannot be looked into is reported, never passed over.
   */
  scan(content: Buffer, onUnread?: (unread: Unread) => void): Match[];
  /** What `verify` appends at every anchor that begins at `from` or after it and before `to`, not settled. */
  scanPart(content: Buffer, from: number, to: number): Match[];
}

export const defaultDecodeDepth = 2;
const blockBytes = 1 << 16;
/** No packed content with a secret in it is smaller. */
const minPackedBytes = 32;

/** `buildUserRule` is needed for rules of the user's own: see `loadDetector`. */
export function createDetector(options: DetectorOptions = {}, buildUserRule?: (source: UserRuleSource) => Rule): Detector {
  const rules = chooseRules(options, buildUserRule);
  const maxDecodeDepth = options.maxDecodeDepth ?? defaultDecodeDepth;
  const { anchors, getTable, listTries, encoded } = prepareAnchors(rules, maxDecodeDepth, options.encodedAnchors);
  // Made when it is first needed: whoever reads packs has a search of its own.
  let finder: AnchorFinder | undefined;
  const verify = createVerifier(rules, listTries, scanPacked);
  let packedDepth = 0;
  const limits = { ...defaultUnpackLimits, ...options.unpackLimits };

  function scanPart(content: Buffer, start: number, to: number): Match[] {
    const matches: Match[] = [];
    for (let from = start; from < to; from += blockBytes) {
      finder ??= createAnchorFinder(getTable());
      const count = finder.find(content, from, Math.min(to, from + blockBytes));
      // What is opened at a hit is searched by the same finder.
      const hits = finder.hits.slice(0, 2 * count);
      for (let i = 0; i < count; i++) verify(content, hits[2 * i]!, hits[2 * i + 1]!, matches);
    }
    return matches;
  }

  function scanLayers(content: Buffer, depth: number, budget: UnpackBudget): Match[] {
    const matches = scanPart(content, 0, content.length);
    if (!isWrapped(content)) return matches;
    if (depth >= limits.maxDepth) {
      budget.skip('nested archive', `it is nested deeper than ${limits.maxDepth} levels`);
      return matches;
    }
    const inLayers: Match[] = [];
    const layers: Layer[] = [];
    for (const layer of unpack(content, budget)) {
      layers.push(layer);
      for (const match of scanLayers(layer.content, depth + 1, budget)) inLayers.push(toOuterMatch(match, layer));
    }
    // What stands unpacked in an archive is named with its member only.
    const isInLayer = (match: Match): boolean =>
      layers.some(({ toOuter, start, end }) => toOuter && match.start >= start && match.end <= end);
    return [...matches.filter((match) => !isInLayer(match)), ...inLayers];
  }

  /** What stands in text and is too small or damaged to be packed holds nothing. */
  function scanPacked(content: Buffer): Match[] {
    if (packedDepth >= limits.maxDepth || content.length < minPackedBytes) return [];
    packedDepth++;
    try {
      return scanLayers(content, packedDepth, new UnpackBudget(limits, () => undefined));
    } finally {
      packedDepth--;
    }
  }

  function scan(content: Buffer, onUnread: (unread: Unread) => void = () => {}): Match[] {
    return settleMatches(scanLayers(content, 0, new UnpackBudget(limits, onUnread)));
  }

  return { rules, anchors, getAnchorTable: getTable, encodedAnchors: encoded, verify, isWrapped, scan, scanPart };
}

function toOuterMatch(match: Match, { encoding, innerPath, start, end, toOuter }: Layer): Match {
  const [outerStart, outerEnd] = toOuter?.(match.start, match.end) ?? [start, end];
  const [secretStart, secretEnd] = toOuter?.(match.secretStart, match.secretEnd) ?? [start, end];
  const path = [innerPath, match.innerPath].filter((part) => part !== undefined).join('!');
  return {
    ...match,
    start: outerStart,
    end: outerEnd,
    secretStart,
    secretEnd,
    encodings: [encoding, ...match.encodings],
    ...(path !== '' && { innerPath: path }),
  };
}

function chooseRules(
  { disabledRules = [], enabledRules, userRules = [] }: DetectorOptions,
  buildUserRule?: (source: UserRuleSource) => Rule,
): Rule[] {
  if (userRules.length > 0 && !buildUserRule) throw new TypeError('Rules of the user are built by `loadDetector`.');
  const disabled = new Set(disabledRules);
  const enabled = enabledRules && new Set(enabledRules);
  const isChosen = ({ id }: { readonly id: string }): boolean => !disabled.has(id) && (!enabled || enabled.has(id));
  return [...builtInRules.filter(isChosen), ...userRules.filter(isChosen).map((source) => buildUserRule!(source))];
}
