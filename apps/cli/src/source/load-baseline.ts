import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseBaseline } from '@deployguard/secrets';
import type { CliContext } from '../context.ts';
import { readReportIds } from './read-report-ids.ts';

/** Findings that are accepted. */
export interface AcceptedFindings {
  readonly ids: ReadonlySet<string>;
  /** The key of the ids, when it is a baseline file's own. */
  readonly fingerprintKey?: Buffer;
}

/** Reads a baseline file, or a JSON report, whose ids have the repository's own key. */
export function loadBaseline(path: string, { workingDirectory }: CliContext): AcceptedFindings {
  const file = resolve(workingDirectory, path);
  const text = readFileSync(file, 'utf8');
  // Baselines count their versions in whole numbers and carry a salt; reports do neither.
  if (/"schemaVersion":\s*"/.test(text)) return { ids: new Set(readReportIds(text, file)) };
  const { salt, entries } = parseBaseline(text, file);
  return { ids: new Set(entries.map(({ id }) => id)), fingerprintKey: salt };
}
