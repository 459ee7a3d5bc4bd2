import { printTable } from '../print-table.ts';
import type { Outcome, Score } from './score-samples.ts';

export interface SetScore extends Score {
  readonly set: string;
}

/** The documents set is reported apart and not part of the sum. */
const apart = 'CredSweeper documents';

export function printSets(scores: readonly SetScore[]): void {
  const rows = scores.map(({ set, outcomes, outOfScope }) => setRow(set, outcomes, sum([...outOfScope.values()])));
  const counted = scores.filter(({ set }) => set !== apart);
  const total = setRow(
    'together',
    counted.flatMap(({ outcomes }) => outcomes),
    sum(counted.flatMap(({ outOfScope }) => [...outOfScope.values()])),
  );
  printTable(
    'Sets',
    ['set', 'in scope', 'hits', 'misses', 'recall', 'false alarms', 'precision', 'negatives', 'out of scope'],
    [...rows, total],
  );
  const categories = [...new Set(scores.flatMap(({ outOfScope }) => [...outOfScope.keys()]))].sort();
  printTable(
    'Out of scope',
    ['set', ...categories],
    scores.map(({ set, outOfScope }) => [set, ...categories.map((category) => String(outOfScope.get(category) ?? 0))]),
  );
}

function setRow(set: string, outcomes: readonly Outcome[], outOfScope: number): string[] {
  const hits = countOf(outcomes, 'hit');
  const misses = countOf(outcomes, 'miss');
  const alarms = countOf(outcomes, 'false alarm');
  const quiet = countOf(outcomes, 'quiet');
  const negatives = quiet === 0 ? '' : `${alarms} of ${alarms + quiet}`;
  return [
    set,
    ...[hits + misses, hits, misses].map(String),
    percent(hits, hits + misses),
    String(alarms),
    percent(hits, hits + alarms),
    negatives,
    String(outOfScope),
  ];
}

/** By our rules, and the misses by the kinds of the sets, as a miss has no rule. */
export function printRules(scores: readonly SetScore[]): void {
  const outcomes = scores.filter(({ set }) => set !== apart).flatMap((score) => score.outcomes);
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
    scores.flatMap(({ set, outcomes: of }) => of.filter(({ result }) => result === 'miss').map((outcome) => ({ set, kind: outcome.kind }))),
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

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
