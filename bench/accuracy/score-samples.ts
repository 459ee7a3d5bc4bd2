import { yieldToSpecific } from '@deployguard/secrets';
import type { Detector, Match } from '@deployguard/secrets';
import type { LabelledValue, Sample, ScopeCategory } from './sample.ts';
import { findWrongLabel } from './wrong-labels.ts';

/** What came of one unit of a set. `rule` is ours; a miss has none. */
export interface Outcome {
  readonly result: 'hit' | 'miss' | 'false alarm' | 'quiet';
  readonly sample: Sample;
  readonly kind: string;
  readonly rule?: string;
  /** The value in question; never to be printed as it is. */
  readonly value: string;
  /** For misses: why the scanner dropped what it had recognised there. */
  readonly dropped?: string;
  /** For misses and false alarms: why the set's label is wrong. */
  readonly wrongLabel?: string;
}

export interface Score {
  readonly outcomes: readonly Outcome[];
  readonly outOfScope: ReadonlyMap<ScopeCategory, number>;
}

/** Runs the detector on every sample and compares; the definitions stand in docs/accuracy.md. */
export function scoreSamples(detector: Detector, samples: readonly Sample[]): Score {
  const outOfScope = new Map<ScopeCategory, number>();
  const outcomes: Outcome[] = [];
  for (const sample of withoutRepetitions(samples)) {
    const matches = findMatches(detector, sample);
    if (typeof sample.label !== 'string') {
      outcomes.push(...compareValues(detector, sample, sample.label, matches));
      for (const { outOfScope: category } of sample.label) count(outOfScope, category);
    } else if (sample.outOfScope) {
      count(outOfScope, sample.outOfScope);
    } else {
      outcomes.push(sample.label === 'secret' ? comparePositive(detector, sample, matches) : compareNegative(detector, sample, matches));
    }
  }
  return { outcomes: outcomes.filter(isFirstOfItsKind()).map(withWrongLabel), outOfScope };
}

/** As values count once a repository where a set has repositories, so do false alarms. */
function isFirstOfItsKind(): (outcome: Outcome) => boolean {
  const seen = new Set<string>();
  return ({ result, sample, value }) => {
    if (result !== 'false alarm' || !sample.isPartlyLabelled) return true;
    const key = `${sample.kind} ${value}`;
    return !seen.has(key) && seen.add(key) !== undefined;
  };
}

function withWrongLabel(outcome: Outcome): Outcome {
  const wrongLabel = outcome.result === 'miss' || outcome.result === 'false alarm' ? findWrongLabel(outcome.value) : undefined;
  return wrongLabel === undefined ? outcome : { ...outcome, wrongLabel };
}

/** Matches of the built-in rules, each place with its most precise rule; rules bound to paths only at such a path. */
function findMatches(detector: Detector, sample: Sample): Match[] {
  const isAllowed = ({ ruleIndex }: Match): boolean => {
    const { paths } = detector.rules[ruleIndex]!;
    return !paths || (sample.path !== undefined && paths.test(sample.path));
  };
  return yieldToSpecific(detector.scan(sample.content).filter(isAllowed), detector.rules);
}

function compareValues(detector: Detector, sample: Sample, values: readonly LabelledValue[], matches: readonly Match[]): Outcome[] {
  const found = matches.filter(({ dropped }) => dropped === undefined);
  const outcomes = values
    .filter(({ outOfScope }) => !outOfScope)
    .map((value): Outcome => {
      const hit = found.find((match) => isSame(match, value));
      if (hit) return { result: 'hit', sample, kind: value.kind, rule: ruleOf(detector, hit), value: value.value };
      const dropped = matches.find((match) => isSame(match, value));
      return {
        result: 'miss',
        sample,
        kind: value.kind,
        value: value.value,
        ...(dropped ? { dropped: describeDrop(detector, dropped) } : {}),
      };
    });
  const isSecret = (match: Match): boolean =>
    values.some((value) => value.outOfScope !== 'no secret' && (isSame(match, value) || match.secret === value.value));
  const isCounted = (match: Match): boolean => !sample.isPartlyLabelled || values.some((value) => isSame(match, value));
  const alarms = found
    .filter((match) => !isSecret(match) && isCounted(match))
    .map((match): Outcome => ({ result: 'false alarm', sample, kind: sample.kind, rule: ruleOf(detector, match), value: match.secret }));
  return [...outcomes, ...alarms];
}

/** Overlapping in the content or, inside of containers, one text within the other. */
function isSame(match: Match, { value, start, end }: LabelledValue): boolean {
  if (start !== undefined && end !== undefined) return match.secretStart < end && start < match.secretEnd;
  return match.secret.includes(value) || (match.secret.length >= 4 && value.includes(match.secret));
}

function comparePositive(detector: Detector, sample: Sample, matches: readonly Match[]): Outcome {
  const value = sample.content.toString('latin1');
  const hit = matches.find(({ dropped }) => dropped === undefined);
  if (hit) return { result: 'hit', sample, kind: sample.kind, rule: ruleOf(detector, hit), value };
  const [dropped] = matches;
  return { result: 'miss', sample, kind: sample.kind, value, ...(dropped ? { dropped: describeDrop(detector, dropped) } : {}) };
}

function compareNegative(detector: Detector, sample: Sample, matches: readonly Match[]): Outcome {
  const alarm = matches.find(({ dropped, ruleIndex }) => dropped === undefined && isOfKind(detector.rules[ruleIndex]!.id, sample.kind));
  const value = alarm?.secret ?? sample.content.toString('latin1');
  if (!alarm) return { result: 'quiet', sample, kind: sample.kind, value };
  return { result: 'false alarm', sample, kind: sample.kind, rule: ruleOf(detector, alarm), value };
}

const general =
  /^(?:generic|keyword|private|pem|pgp|rsa|jwt|json|url|basic|curl|netrc|authorization|http|odbc|credentials|sql|connection|command)/;

function isOfKind(rule: string, kind: string): boolean {
  const name = kind.replace(/^np\./, '').toLowerCase();
  if (general.test(name) && general.test(rule)) return true;
  // Of every kind: it names no provider.
  if (rule === 'unproven-token') return true;
  const [first] = rule.split('-');
  return name.split(/[^a-z0-9]+/)[0] === first;
}

function ruleOf({ rules }: Detector, { ruleIndex }: Match): string {
  return rules[ruleIndex]!.id;
}

function describeDrop(detector: Detector, match: Match): string {
  return `${ruleOf(detector, match)}: ${match.dropped}`;
}

function withoutRepetitions(samples: readonly Sample[]): Sample[] {
  const positives = new Set(samples.filter(({ label }) => label === 'secret').map(textOf));
  const seen = new Map<string, Sample>();
  for (const sample of samples) {
    const key = typeof sample.label === 'string' ? `${sample.label} ${sample.kind} ${sample.content.toString('latin1')}` : sample.id;
    if (!seen.has(key)) seen.set(key, sample);
  }
  // What one rule of a set is not to match may well be what another one is for.
  return [...seen.values()].filter((sample) => sample.label !== 'none' || !positives.has(textOf(sample)));
}

function textOf({ content }: Sample): string {
  return content.toString('latin1').trim();
}

function count(counts: Map<ScopeCategory, number>, category: ScopeCategory | undefined): void {
  if (category) counts.set(category, (counts.get(category) ?? 0) + 1);
}
