import type { LocatedSecret, Rule } from '../rules/rule.ts';
import { findSecretForm } from './find-secret-form.ts';

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
  /** How the secret is encoded where it stands, when `secret` is what it decodes to. */
  readonly encoding?: string;
}

/** A rule with its window's bounds resolved. */
export interface AnchoredRule {
  readonly rule: Rule;
  /**
   * The rule's expression for use at an anchor; `undefined` for a text that cannot match it. V8 takes a millisecond or two to get a long one
   * ready, and few of a small repository's rules ever meet more than their keyword.
   */
  findExpression(text: string): RegExp | undefined;
  /** Whether a match can only begin at the anchor. */
  readonly isAtAnchor: boolean;
  readonly lookBehind: number;
  readonly reach: number;
  readonly multiline: boolean;
}

export const defaultReach = 512;

/** Characters from which on an expression is worth not to be compiled. */
const longExpression = 600;
/** A rule whose keyword is met more often has its expression compiled: at the keyword it is faster than its secret's form is anywhere. */
const triesWithoutExpression = 16;

/** How many bytes before the earliest start of a match look-behind assertions can see. */
export const contextBefore = 8;

const lineFeed = 0x0a;

export function anchorRule(rule: Rule): AnchoredRule {
  const lookBehind = rule.lookBehind ?? 0;
  const isAtAnchor = lookBehind === 0 || rule.locate !== undefined;
  const { source, ignoreCase, dotAll } = rule.expression;
  const secretForm = source.length > longExpression ? findSecretForm(rule.expression) : undefined;
  let triesLeft = triesWithoutExpression;
  let expression: RegExp | undefined;
  return {
    rule,
    findExpression(text) {
      if (!expression && secretForm && triesLeft-- > 0 && !secretForm.test(text)) return undefined;
      return (expression ??= new RegExp(source, `d${ignoreCase ? 'i' : ''}${dotAll ? 's' : ''}${isAtAnchor ? 'y' : 'g'}`));
    },
    isAtAnchor,
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
  return listMatchesAtAnchor(anchored, content, at)[0];
}

/** As `matchAtAnchor`, for rules that may find several secrets at one keyword. */
export function listMatchesAtAnchor(anchored: AnchoredRule, content: Buffer, at: number): readonly RuleMatch[] {
  const { maxOffset } = anchored.rule;
  if (maxOffset !== undefined && at > maxOffset) return noMatches;
  let from = Math.max(0, at - anchored.lookBehind - contextBefore);
  let to = Math.min(content.length, at + anchored.reach);
  let isCut = to < content.length;
  if (!anchored.multiline) {
    const lineFeedBefore = content.subarray(from, at).lastIndexOf(lineFeed);
    if (lineFeedBefore !== -1) from += lineFeedBefore + 1;
    const lineEnd = content.subarray(at, to).indexOf(lineFeed);
    if (lineEnd !== -1) {
      to = at + lineEnd;
      isCut = false;
    }
  }

  const earliest = anchored.isAtAnchor ? at - from : Math.max(0, at - anchored.lookBehind - from);
  const window = content.toString('latin1', from, to);
  const expression = anchored.findExpression(window);
  const found = expression && executeAround(expression, window, earliest, at - from);
  // A match that runs into the cut may be longer than what was seen: not the bounded form that the rule describes.
  if (!found || (isCut && from + found.index + found[0].length === to)) return noMatches;

  const match = { rule: anchored.rule, start: from + found.index, end: from + found.index + found[0].length, text: found[0] };
  const groups = found.groups && { groups: found.groups };
  const located = anchored.rule.locate?.(window, at - from);
  if (located) {
    const isStartCut = from > 0 && (anchored.multiline || content[from - 1] !== lineFeed);
    const isWhole = ({ start, end }: LocatedSecret): boolean => !(isStartCut && start === 0) && !(isCut && end === window.length);
    return located.filter(isWhole).map(({ start, end, decoded }) => ({
      ...match,
      ...groups,
      start: Math.min(match.start, from + start),
      end: Math.max(match.end, from + end),
      secretStart: from + start,
      secretEnd: from + end,
      secret: decoded?.secret ?? window.slice(start, end),
      ...(decoded && { encoding: decoded.encoding }),
    }));
  }
  const [secretStart, secretEnd] = found.indices?.groups?.['secret'] ?? found.indices![0]!;
  return [
    { ...match, ...groups, secretStart: from + secretStart, secretEnd: from + secretEnd, secret: window.slice(secretStart, secretEnd) },
  ];
}

const noMatches: readonly RuleMatch[] = [];

function executeAround(expression: RegExp, text: string, earliest: number, anchor: number): RegExpExecArray | undefined {
  expression.lastIndex = earliest;
  for (let found = expression.exec(text); found && found.index <= anchor; found = expression.exec(text)) {
    if (found.index + found[0].length > anchor) return found;
    if (found[0].length === 0) expression.lastIndex++;
  }
  return undefined;
}
