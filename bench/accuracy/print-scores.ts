import { printTable } from '../print-table.ts';
import type { Outcome, Score } from './score-samples.ts';

export interface SetScore extends Score {
  readonly set: string;
}

/** Sets that are reported apart and not part of the sum: notes in natural language, and what is held out. */
const apart = ['CredSweeper documents', 'kingfisher', 'CredData', 'CredData held out'];

export function printSets(scores: readonly SetScore[]): void {
  const counted = scores.filter(({ set }) => !apart.includes(set)).flatMap(({ outcomes }) => outcomes);
  const rows = (isCounted: (outcome: Outcome) => boolean): string[][] => [
    ...scores.map(({ set, outcomes }) => setRow(set, outcomes.filter(isCounted))),
    setRow('together', counted.filter(isCounted)),
  ];
  const header = ['set', 'in scope', 'hits', 'misses', 'recall', 'false alarms', 'precision', 'negatives with a false alarm'];
  printTable(
    'As labelled',
    header,
    rows(() => true),
  );
  printTable(
    'Without labels that are wrong',
    header,
    rows(({ wrongLabel }) => wrongLabel === undefined),
  );
  const categories = [...new Set(scores.flatMap(({ outOfScope }) => [...outOfScope.keys()]))].sort();
  printTable(
    'Out of scope',
    ['set', ...categories],
    scores.map(({ set, outOfScope }) => [set, ...categories.map((category) => String(outOfScope.get(category) ?? 0))]),
  );
  const wrong = counted.filter(({ wrongLabel }) => wrongLabel !== undefined);
  const byReason = [...Map.groupBy(wrong, ({ wrongLabel }) => wrongLabel!)];
  printTable(
    'Wrong labels',
    ['the value', 'labels'],
    byReason.map(([reason, of]) => [reason, String(of.length)]),
  );
}

function setRow(set: string, outcomes: readonly Outcome[]): string[] {
  const hits = countOf(outcomes, 'hit');
  const misses = countOf(outcomes, 'miss');
  const alarms = countOf(outcomes, 'false alarm');
  const quiet = countOf(outcomes, 'quiet');
  const negatives = quiet === 0 ? '' : `${alarms} of ${alarms + quiet}`;
  const counts = [hits + misses, hits, misses].map(String);
  return [set, ...counts, percent(hits, hits + misses), String(alarms), percent(hits, hits + alarms), negatives];
}

/** By our rules, and the misses by the kinds of the sets, as a miss has no rule. */
export function printRules(scores: readonly SetScore[]): void {
  const outcomes = scores
    .filter(({ set }) => !apart.includes(set))
    .flatMap((score) => score.outcomes.filter(({ wrongLabel }) => wrongLabel === undefined));
  const byRule = Map.groupBy(
    outcomes.filter(({ rule }) => rule !== undefined),
    ({ rule }) => rule!,
  );
  printTable(
    'Rules',
    ['rule', 'hits', 'false alarms', 'precision'],
    [...byRule].sort().map(([rule, of]) => {
      const hits = countOf(of, 'hit');
      return [rule, String(hits), String(of.length - hits), percent(hits, of.length)];
    }),
  );
  const byKind = Map.groupBy(
    scores.flatMap(({ set, outcomes: of }) =>
      of.filter(({ result, wrongLabel }) => result === 'miss' && wrongLabel === undefined).map((outcome) => ({ set, kind: outcome.kind })),
    ),
    ({ set, kind }) => `${set}: ${kind}`,
  );
  printTable(
    'Misses by kind',
    ['kind', 'misses'],
    [...byKind].sort().map(([kind, of]) => [kind, String(of.length)]),
  );
}

/** One line each; values are masked but for their ends. */
export function printOutcomes(scores: readonly SetScore[]): void {
  for (const { set, outcomes } of scores) {
    for (const { result, sample, kind, rule, value, dropped } of outcomes) {
      if (result === 'miss' || result === 'false alarm')
        console.log([set, result, sample.id, kind, rule ?? dropped ?? '', mask(value)].join(' | '));
    }
  }
}

function mask(value: string): string {
  const line = value.replaceAll(/\s+/g, ' ');
  return line.length <= 8 ? '*'.repeat(line.length) : `${line.slice(0, 3)}…${line.slice(-2)} (${value.length})`;
}

function countOf(outcomes: readonly Outcome[], result: Outcome['result']): number {
  return outcomes.filter((outcome) => outcome.result === result).length;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`;
}
