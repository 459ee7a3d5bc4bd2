import { customProvider, type Rule } from '../rules/rule.ts';
import type { DropReason } from './drop-reason.ts';
import { judgeValue } from './judge-value.ts';
import { isPlaceholder, isRepetitive, isUnfilled } from './placeholders.ts';
import type { RuleMatch } from './match-at-anchor.ts';
import { isName } from './word-likeness.ts';

export type { DropReason };

/** Longer secrets (keys with a structure of their own) may well hold runs of one character; armoured ones have them by form. */
const maxPlaceholderLength = 200;
const armour = '-----BEGIN ';

/** Says why a match is no secret; `undefined` means that it is one. Depends on the match alone. */
export function judgeMatch(match: RuleMatch): DropReason | undefined {
  const { rule, secret } = match;
  if (rule.notSecrets?.some((expression) => expression.test(secret))) return 'published-example';
  if (secret.length <= maxPlaceholderLength && !secret.startsWith(armour)) {
    // Whether a first guess counts is decided where its words are judged.
    if (rule.chosen === 'weak' || rule.chosen === 'given' ? isUnfilled(secret) && !isObject(secret) : isPlaceholder(secret))
      return 'placeholder';
    if (isRepetitive(secret)) return 'repetitive';
  }
  if (isBesideProvider(rule) && isName(secret)) return 'identifier';
  const verdict = rule.chosen && judgeValue(match, rule.chosen);
  if (verdict) return verdict;
  if (rule.minEntropy !== undefined && shannonEntropy(secret) < rule.minEntropy) return 'low-entropy';
  return rule.isValid && !rule.isValid(secret) ? 'checksum' : undefined;
}

/** Whether the provider's name is all that makes the value a secret: code that speaks of a provider has names of the length of its keys. */
function isBesideProvider({ precision, provider, chosen }: Rule): boolean {
  return precision === 'contextual' && provider !== 'Generic' && provider !== customProvider && chosen !== 'password';
}

/** JSON with more in it than the part that reads like a placeholder. */
function isObject(secret: string): boolean {
  return /^\{".*"\}+\s*$/s.test(secret);
}

/** Bits a character: how evenly the characters that occur are used. */
function shannonEntropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
