import type { Rule } from '../rules/rule.ts';

/** A rule's hit in one piece of content. Offsets are bytes from its start; ends are exclusive. */
export interface RuleMatch {
  readonly rule: Rule;
  readonly start: number;
  readonly end: number;
  readonly secretStart: number;
  readonly secretEnd: number;
  /** The matched text, Latin-1. */
  readonly text: string;
  /** The secret in it, Latin-1. Never to be printed, logged or stored as it is. */
  readonly secret: string;
  /** The expression's named groups. */
  readonly groups?: Readonly<Record<string, string | undefined>>;
}

/** A rule with its expression compiled for use at an anchor, and its window's bounds resolved. */
export interface AnchoredRule {
  readonly rule: Rule;
  readonly expression: RegExp;
  readonly lookBehind: number;
  readonly reach: number;
  readonly multiline: boolean;
}

export const defaultReach = 512;

/** How many bytes before the earliest start of a match look-behind assertions can see. */
export const contextBefore = 4;

const lineFeed = 0x0a;

export function anchorRule(rule: Rule): AnchoredRule {
  const lookBehind = rule.lookBehind ?? 0;
  const flags = `d${rule.expression.ignoreCase ? 'i' : ''}${rule.expression.dotAll ? 's' : ''}`;
  return {
    rule,
    expression: new RegExp(rule.expression.source, flags + (lookBehind === 0 ? 'y' : 'g')),
    lookBehind,
    reach: rule.reach ?? defaultReach,
    multiline: rule.multiline ?? false,
  };
}

/**
 * Tries one rule where one of its keywords stands.
 *
 * The answer depends only on the bytes in `[at - lookBehind - contextBefore, at + reach]`, and for single-line rules only on those
 * of the anchor's line: that bound is what lets delta scanning carry results over from one version of a file to the next.
 */
export function matchAtAnchor(anchored: AnchoredRule, content: Buffer, at: number): RuleMatch | undefined {
  let from = Math.max(0, at - anchored.lookBehind - contextBefore);
  let to = Math.min(content.length, at + anchored.reach);
  let isCut = to < content.length;
  if (!anchored.multiline) {
    for (let i = at - 1; i >= from; i--) {
      if (content[i] === lineFeed) from = i + 1;
    }
    const lineEnd = content.subarray(at, to).indexOf(lineFeed);
    if (lineEnd !== -1) {
      to = at + lineEnd;
      isCut = false;
    }
  }

  const earliest = Math.max(0, at - anchored.lookBehind - from);
  const found = executeAround(anchored.expression, content.toString('latin1', from, to), earliest, at - from);
  // A match that runs into the cut may be longer than what was seen: not the bounded form that the rule describes.
  if (!found || (isCut && from + found.index + found[0].length === to)) return undefined;

  const [secretStart, secretEnd] = found.indices?.groups?.['secret'] ?? found.indices![0]!;
  return {
    rule: anchored.rule,
    start: from + found.index,
    end: from + found.index + found[0].length,
    secretStart: from + secretStart,
    secretEnd: from + secretEnd,
    text: found[0],
    secret: found.input.slice(secretStart, secretEnd),
    ...(found.groups && { groups: found.groups }),
  };
}

function executeAround(expression: RegExp, text: string, earliest: number, anchor: number): RegExpExecArray | undefined {
  expression.lastIndex = earliest;
  for (let found = expression.exec(text); found && found.index <= anchor; found = expression.exec(text)) {
    if (found.index + found[0].length > anchor) return found;
    if (found[0].length === 0) expression.lastIndex++;
  }
  return undefined;
}
