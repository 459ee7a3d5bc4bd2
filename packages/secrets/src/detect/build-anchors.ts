import type { Rule } from '../rules/rule.ts';
import { tokenStart } from '../rules/forms.ts';
import type { Anchor } from './anchor.ts';
import { operatorReach } from './is-assigned-after.ts';
import { contextBefore, defaultReach } from './match-at-anchor.ts';

/** An anchor with the rules that are tried there. */
export interface RuleAnchor {
  readonly anchor: Anchor;
  readonly ruleIndices: readonly number[];
}

/** The keywords of all rules, each text once for exact and once for folded comparison. Bounds are the widest of its rules. */
export function buildRuleAnchors(rules: readonly Rule[]): RuleAnchor[] {
  const byText = new Map<string, RuleAnchor>();
  for (const [ruleIndex, rule] of rules.entries()) {
    for (const keyword of rule.keywords) {
      const own = describeAnchor(rule, keyword);
      const key = `${own.fold ? 'i' : 'x'}${own.text}`;
      const known = byText.get(key);
      byText.set(key, {
        anchor: known ? widen(known.anchor, own) : own,
        ruleIndices: known ? [...known.ruleIndices.filter((index) => index !== ruleIndex), ruleIndex] : [ruleIndex],
      });
    }
  }
  return [...byText.values()];
}

function describeAnchor(rule: Rule, keyword: string): Anchor {
  const fold = rule.expression.ignoreCase;
  const needsOperator = rule.needsOperator ?? false;
  return {
    text: fold ? keyword.toLowerCase() : keyword,
    fold,
    scope: rule.multiline ? 'far' : 'line',
    before: (rule.lookBehind ?? 0) + contextBefore,
    after: Math.max(rule.reach ?? defaultReach, needsOperator ? keyword.length + operatorReach + 16 : 0),
    needsOperator,
    atBoundary: (rule.lookBehind ?? 0) === 0 && rule.expression.source.startsWith(tokenStart) && isWordStart(keyword),
  };
}

function isWordStart(keyword: string): boolean {
  return /^[A-Za-z0-9_]/.test(keyword);
}

function widen(known: Anchor, other: Anchor): Anchor {
  return {
    text: known.text,
    fold: known.fold,
    scope: known.scope === 'far' || other.scope === 'far' ? 'far' : 'line',
    before: Math.max(known.before, other.before),
    after: Math.max(known.after, other.after),
    needsOperator: known.needsOperator && other.needsOperator,
    atBoundary: known.atBoundary && other.atBoundary,
  };
}
