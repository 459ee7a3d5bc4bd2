import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import type { Analysis } from '@deployguard/delivery';
import { buildMeaning } from './build-meaning.ts';
import { type Example, type Field, fields, serveFiles } from './example.ts';
import { installMeaning } from './install-meaning.ts';
import { isSameStart, startMeaning } from './start-meaning.ts';

export type Result = 'right' | 'wrong' | 'abstained' | 'not said' | 'left out';

/** What came of one field of an example. */
export interface Outcome {
  readonly example: Example;
  readonly field: Field;
  readonly result: Result;
  /** What the set says. */
  readonly theirs: string;
  /** What the analyzer says, or between which answers it asks to choose. */
  readonly ours: string;
}

/**
 * Compares the analysis with what the set says. Commands are compared by their meaning (`listSteps`, `startMeaning`, `buildMeaning`,
 * `installMeaning`), all else as it is.
 */
export function compareFields(example: Example, analysis: Analysis): Outcome[] {
  return fields.map((field) => {
    const theirs = example.said[field] ?? '';
    const ours = describe(analysis, field);
    const result = compareField(example, analysis, field);
    return { example, field, result, theirs, ours: ours ?? listChoices(analysis, field) };
  });
}

function compareField(example: Example, analysis: Analysis, field: Field): Result {
  const theirs = example.said[field] ?? '';
  const ours = describe(analysis, field);
  const meaning = meaningOf(field, theirs, example.folder);
  if (example.leftOut[field] !== undefined) return 'left out';
  if (theirs === '' || meaning?.length === 0) return 'not said';
  if (ours === undefined) return 'abstained';
  if (field === 'startCommand') return isRightStart(example, analysis, ours) ? 'right' : 'wrong';
  const folder = join(example.folder, analysis.root.value);
  const isRight = meaning === undefined ? theirs === ours : isDeepStrictEqual(meaning, meaningOf(field, ours, folder));
  return isRight ? 'right' : 'wrong';
}

function meaningOf(field: Field, command: string, folder: string): string[] | undefined {
  if (field === 'installCommand') return installMeaning([command], folder);
  return field === 'buildCommand' ? buildMeaning([command], folder) : undefined;
}

function isRightStart({ said, folder }: Example, analysis: Analysis, ours: string): boolean {
  const theirs = startMeaning(said.startCommand!, said.buildCommand, folder);
  const own = startMeaning(ours, analysis.buildCommand?.value, join(folder, analysis.root.value));
  const migrates = own.migrates || analysis.releaseCommand !== undefined;
  return isSameStart(theirs, own) && (migrates || !theirs.migrates);
}

function describe(analysis: Analysis, field: Field): string | undefined {
  if (field === 'startCommand' && analysis.staticOutput !== undefined) return `${serveFiles} ${analysis.staticOutput.value}`;
  const value = analysis[field]?.value;
  return value === undefined ? undefined : String(value);
}

function listChoices({ ambiguities }: Analysis, field: Field): string {
  const found = ambiguities.find((ambiguity) => ambiguity.field === field) ?? ambiguities.find((ambiguity) => ambiguity.field === 'root');
  return found === undefined ? '' : `which of ${found.choices.map(({ value }) => value).join(', ')}?`;
}
