import type { RuleMatch } from './match-at-anchor.ts';

/** Why a match is not reported. */
export type DropReason = 'low-entropy' | 'checksum' | 'not-a-secret';

/** Says why a match is no secret; `undefined` means that it is one. Depends on the match alone. */
export function judgeMatch({ rule, secret }: RuleMatch): DropReason | undefined {
  if (rule.minEntropy !== undefined && shannonEntropy(secret) < rule.minEntropy) return 'low-entropy';
  if (rule.isValid && !rule.isValid(secret)) return 'checksum';
  if (rule.notSecrets?.some((expression) => expression.test(secret))) return 'not-a-secret';
  return undefined;
}

/** Bits a character: how evenly the characters that occur are used. */
export function shannonEntropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
