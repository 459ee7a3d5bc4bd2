import { builtInRules } from '../rules/registry.ts';
import type { Rule } from '../rules/rule.ts';
import type { Anchor } from './anchor.ts';
import { buildRuleAnchors } from './build-anchors.ts';
import { createAnchorFinder } from './find-anchors.ts';
import { judgeMatch } from './judge-match.ts';
import { anchorRule, matchAtAnchor } from './match-at-anchor.ts';
import type { AnchoredRule } from './match-at-anchor.ts';
import type { Match } from './match.ts';
import { settleMatches } from './settle-matches.ts';

export type { Anchor, Match };

/** What a detector is built from. Can be cloned into a worker, which builds an equal detector from it. */
export interface DetectorOptions {
  /** Built-in rules not to use, by id. */
  readonly disabledRules?: readonly string[];
  /** When given, only these built-in rules are used. */
  readonly enabledRules?: readonly string[];
}

/** Finds secrets in single pieces of content. Holds no state between calls; not for use by two calls at a time. */
export interface Detector {
  /** A match's `ruleIndex` points here. */
  readonly rules: readonly Rule[];
  /** Where `verify` has to be called; an `anchorIndex` points here. */
  readonly anchors: readonly Anchor[];
  /** Tries everything that belongs to the anchor at that offset and appends what matches, also what is dropped, with the reason. */
  verify(content: Buffer, at: number, anchorIndex: number, matches: Match[]): void;
  /** Everything in one content: what `verify` appends at every anchor, settled (`settleMatches`). */
  scan(content: Buffer): Match[];
}

const blockBytes = 1 << 16;

export function createDetector(options: DetectorOptions = {}): Detector {
  const rules = chooseRules(options);
  const ruleAnchors = buildRuleAnchors(rules);
  const anchors = ruleAnchors.map(({ anchor }) => anchor);
  const finder = createAnchorFinder(anchors);
  const anchored: (AnchoredRule | undefined)[] = [];

  function verify(content: Buffer, at: number, anchorIndex: number, matches: Match[]): void {
    for (const ruleIndex of ruleAnchors[anchorIndex]!.ruleIndices) {
      const found = matchAtAnchor((anchored[ruleIndex] ??= anchorRule(rules[ruleIndex]!)), content, at);
      if (!found) continue;
      const { start, end, secretStart, secretEnd, secret } = found;
      const dropped = judgeMatch(found);
      matches.push({ ruleIndex, start, end, secretStart, secretEnd, secret, encodings: [], ...(dropped && { dropped }) });
    }
  }

  function scan(content: Buffer): Match[] {
    const matches: Match[] = [];
    for (let from = 0; from < content.length; from += blockBytes) {
      const count = finder.find(content, from, Math.min(content.length, from + blockBytes));
      const hits = finder.hits;
      for (let i = 0; i < count; i++) verify(content, hits[2 * i]!, hits[2 * i + 1]!, matches);
    }
    return settleMatches(matches);
  }

  return { rules, anchors, verify, scan };
}

function chooseRules({ disabledRules = [], enabledRules }: DetectorOptions): Rule[] {
  const disabled = new Set(disabledRules);
  const enabled = enabledRules && new Set(enabledRules);
  return builtInRules.filter((rule) => !disabled.has(rule.id) && (!enabled || enabled.has(rule.id)));
}
