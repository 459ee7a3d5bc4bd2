import type { Match } from '../detect/match.ts';
import type { Rule } from '../rules/rule.ts';

const rank = { exact: 0, contextual: 1, generic: 2 } as const;

/**
 * Leaves one match a place: where the secrets of two rules overlap, the more precise rule wins; among equals the longer secret,
 * then the first rule. Dropped matches are passed through. A vague rule so never repeats what a specific one has already named.
 */
export function yieldToSpecific(matches: readonly Match[], rules: readonly Rule[]): Match[] {
  if (matches.length < 2) return [...matches];

  const byStrength = [...matches].sort(
    (a, b) =>
      rank[rules[a.ruleIndex]!.precision] - rank[rules[b.ruleIndex]!.precision] ||
      b.secret.length - a.secret.length ||
      a.ruleIndex - b.ruleIndex ||
      a.secretStart - b.secretStart,
  );
  const kept: Match[] = [];
  const winnersByMember = new Map<string, Match[]>();
  for (const match of byStrength) {
    if (match.dropped !== undefined) {
      kept.push(match);
      continue;
    }
    const member = match.innerPath ?? '';
    const winners = winnersByMember.get(member) ?? [];
    winnersByMember.set(member, winners);
    const next = findFirstEndingAfter(winners, match.secretStart);
    if (next < winners.length && winners[next]!.secretStart < match.secretEnd) continue;
    winners.splice(next, 0, match);
    kept.push(match);
  }
  return kept.sort((a, b) => a.secretStart - b.secretStart || a.ruleIndex - b.ruleIndex);
}

/** Winners are disjoint and ascending: binary search. */
function findFirstEndingAfter(winners: readonly Match[], offset: number): number {
  let low = 0;
  let high = winners.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (winners[middle]!.secretEnd > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
