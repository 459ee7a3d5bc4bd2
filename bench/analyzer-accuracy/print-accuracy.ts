import { printTable } from '../print-table.ts';
import type { Outcome, Result } from './compare-fields.ts';
import { type ExampleSet, fields, isOfOtherLanguage } from './example.ts';
import { reasons } from './reasons.ts';

const maxLength = 90;

/** Per field of a set, how much is right of what it says: of all examples, and of those in languages that the analyzer knows. */
export function printFields(set: ExampleSet, outcomes: readonly Outcome[]): void {
  printTable(
    `${set.name}: ${set.examples.length} examples`,
    ['field', 'said', 'right', 'wrong', 'abstained', 'right of said', 'in known languages', 'not said', 'left out'],
    fields.map((field) => {
      const ofField = outcomes.filter((outcome) => outcome.field === field);
      const known = ofField.filter(({ example }) => !isOfOtherLanguage(example));
      const counts = [count(ofField, 'right'), count(ofField, 'wrong'), count(ofField, 'abstained')];
      return [
        field,
        String(said(ofField)),
        ...counts.map(String),
        percent(count(ofField, 'right'), said(ofField)),
        said(known) === 0 ? '' : `${count(known, 'right')} of ${said(known)}, ${percent(count(known, 'right'), said(known))}`,
        String(count(ofField, 'not said')),
        String(count(ofField, 'left out')),
      ];
    }),
  );
}

export function printLeftOut(set: ExampleSet, outcomes: readonly Outcome[]): void {
  const ofFields = outcomes
    .filter(({ result }) => result === 'left out')
    .map(({ example, field }) => [example.name, field, example.leftOut[field]!]);
  printTable(
    `${set.name}: left out`,
    ['example', 'field', 'reason'],
    [...set.leftOut.map(({ name, reason }) => [name, 'all', reason]), ...ofFields],
  );
}

/** What is not right in a known language, one by one; the others are counted. */
export function printDifferences(set: ExampleSet, outcomes: readonly Outcome[]): void {
  const differing = outcomes.filter(({ result }) => result === 'wrong' || result === 'abstained');
  const known = differing.filter(({ example }) => !isOfOtherLanguage(example));
  printTable(
    `${set.name}: wrong and abstained`,
    ['example', 'field', 'result', 'the set', 'the analyzer', 'why'],
    known.map(({ example, field, result, theirs, ours }) => [
      example.name,
      field,
      result,
      shorten(theirs),
      shorten(ours),
      reasons[`${set.name} ${example.name} ${field}`] ?? '',
    ]),
  );
  const others = [...Map.groupBy(set.examples.filter(isOfOtherLanguage), ({ said: { language } }) => language!)];
  printTable(
    `${set.name}: languages that the analyzer does not know`,
    ['language', 'examples'],
    others.map(([language, examples]) => [language, String(examples.length)]),
  );
}

function shorten(text: string): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`;
}

function said(outcomes: readonly Outcome[]): number {
  return count(outcomes, 'right') + count(outcomes, 'wrong') + count(outcomes, 'abstained');
}

function count(outcomes: readonly Outcome[], result: Result): number {
  return outcomes.filter((outcome) => outcome.result === result).length;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`;
}
