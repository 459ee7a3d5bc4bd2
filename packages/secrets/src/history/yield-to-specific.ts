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
    if (isTaken(winners, next, match)) continue;
    winners.splice(next, 0, match);
    kept.push(match);
  }
  return kept.sort((a, b) => a.secretStart - b.secretStart || a.ruleIndex - b.ruleIndex);
}

function isTaken(winners: readonly Match[], next: number, match: Match): boolean {
  for (let i = next; i < winners.length && winners[i]!.secretStart < match.secretEnd; i++) {
    if (!standBesideEachOther(winners[i]!, match)) return true;
  }
  return false;
}

/** Secrets of one packed member all have the member's place: there only their texts tell whether they overlap. */
function standBesideEachOther(a: Match, b: Match): boolean {
  return (
    a.secretStart === b.secretStart &&
    a.secretEnd === b.secretEnd &&
    a.encodings.length > 0 &&
    a.encodings.join() === b.encodings.join() &&
    !a.secret.includes(b.secret) &&
    !b.secret.includes(a.secret)
  );
}

/** Winners are disjoint (or have the same place) and ascending: binary search. */
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
