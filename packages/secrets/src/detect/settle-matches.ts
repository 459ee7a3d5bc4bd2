import type { Match } from './match.ts';

/**
 * The matches of one content in their final form: sorted, each place of a rule once, and what one rule drops only where no other rule
 * reports the same. Equal for any order of the same matches.
 */
export function settleMatches(matches: readonly Match[]): Match[] {
  const byPlace = new Map<string, Match>();
  for (const match of matches) {
    const place = placeOf(match);
    const known = byPlace.get(place);
    if (!known || compareMatches(match, known) < 0) byPlace.set(place, match);
  }
  const reported = new Set([...byPlace.values()].filter((match) => !match.dropped).map(secretOf));
  return [...byPlace.values()].filter((match) => !match.dropped || !reported.has(secretOf(match))).sort(compareMatches);
}

function placeOf(match: Match): string {
  return `${match.ruleIndex} ${secretOf(match)}`;
}

function secretOf(match: Match): string {
  return `${match.secretStart} ${match.secretEnd} ${match.encodings.join(',')} ${match.innerPath ?? ''} ${match.secret}`;
}

function compareMatches(a: Match, b: Match): number {
  return (
    a.secretStart - b.secretStart ||
    a.secretEnd - b.secretEnd ||
    a.ruleIndex - b.ruleIndex ||
    a.start - b.start ||
    a.end - b.end ||
    compareTexts(a.innerPath ?? '', b.innerPath ?? '') ||
    compareTexts(a.encodings.join(), b.encodings.join()) ||
    compareTexts(a.secret, b.secret) ||
    compareTexts(a.dropped ?? '', b.dropped ?? '')
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
