import { parseBaseline } from '@deployguard/secrets';
import type { CliContext } from '../context.ts';
import { readInputText } from './read-input-file.ts';
import { readReportIds } from './read-report-ids.ts';

/** Findings that are accepted. */
export interface AcceptedFindings {
  readonly ids: ReadonlySet<string>;
  /** The key of the ids, when it is a baseline file's own. */
  readonly fingerprintKey?: Buffer;
}

/** Reads a baseline file, or a JSON report, whose ids have the repository's own key. */
export async function loadBaseline(name: string, context: CliContext): Promise<AcceptedFindings> {
  const { path, text } = readInputText(name, context);
  // Baselines count their versions in whole numbers and carry a salt; reports do neither.
  if (/"schemaVersion":\s*"/.test(text)) return { ids: new Set(readReportIds(text, path)) };
  const { salt, entries } = await parseBaseline(text, path);
  return { ids: new Set(entries.map(({ id }) => id)), fingerprintKey: salt };
}
