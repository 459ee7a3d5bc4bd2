import assert from 'node:assert/strict';
import type { Analysis } from '../src/analyze/analysis.ts';
import { analyzeTree } from '../src/analyze/analyze-tree.ts';
import { aTree } from './a-tree.ts';

type Field =
  | 'language'
  | 'framework'
  | 'version'
  | 'packageManager'
  | 'installCommand'
  | 'buildCommand'
  | 'startCommand'
  | 'port'
  | 'releaseCommand'
  | 'healthPath'
  | 'staticOutput';

export interface RecognitionCase {
  readonly files: Readonly<Record<string, string>>;
  /** What must be answered; `undefined` must not be. */
  readonly expected: Readonly<Partial<Record<Field, string | number | undefined>>>;
}

/** Fields of a `package.json` with which Vite builds. */
export const vite = { scripts: { dev: 'vite', build: 'vite build' }, devDependencies: { vite: '7' } };

/** Asserts what the files are recognised as, without a question left. */
export async function assertRecognised({ files, expected }: RecognitionCase): Promise<void> {
  const analysis: Analysis = await analyzeTree(aTree(files));

  const found = Object.fromEntries(Object.keys(expected).map((field) => [field, analysis[field as Field]?.value]));
  assert.deepEqual(found, expected);
  assert.deepEqual(analysis.ambiguities, []);
}
