import { Value } from 'typebox/value';
import { ReviewError } from '../review-error.ts';
import { Baseline } from './baseline.ts';

/**
 * What is known of findings, as {@link printBaseline} writes it.
 *
 * @throws {ReviewError} `BASELINE_INVALID`
 */
export function parseBaseline(text: string, fileName: string): Baseline {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ReviewError(
      'BASELINE_INVALID',
      `${fileName}: not JSON. \`deployguard report diff --write-baseline FILE\` writes a baseline.`,
    );
  }
  const problems = Value.Errors(Baseline, value);
  const problem = problems.find(({ keyword }) => keyword !== 'boolean') ?? problems[0];
  if (problem)
    throw new ReviewError(
      'BASELINE_INVALID',
      `${fileName}: no baseline of findings: ${problem.instancePath || 'the file'} ${problem.message}. \`deployguard report diff --write-baseline FILE\` writes one.`,
    );
  return value as Baseline;
}
