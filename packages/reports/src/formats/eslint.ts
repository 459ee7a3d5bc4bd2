import type { Severity } from '@deployguard/findings';
import { isTrueAt, lineAt, listAt, objectAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, JsonVariant, Reading } from './format.ts';

/** Reports of ESLint: `eslint --format json` and `json-with-metadata` (https://eslint.org/docs/latest/use/formatters/). */
export const eslint: Format = {
  id: 'eslint',
  name: 'ESLint',
  variants: [
    variant('$[]', (outline) => outline.has('$[].filePath', '$[].messages', '$[].errorCount')),
    variant('$.results[]', (outline) => outline.has('$.results[].filePath', '$.results[].messages') || outline.has('$.metadata.rulesMeta')),
  ],
};

function variant(file: string, recognises: JsonVariant['recognises']): JsonVariant {
  return {
    form: 'json',
    recognises,
    layout: { entries: [`${file}.messages[]`, `${file}.suppressedMessages[]`], context: [`${file}.filePath`, '$.metadata'] },
    read: readMessage,
  };
}

const labels: ReadonlyMap<string, Severity> = new Map([
  ['1', 'medium'],
  ['2', 'high'],
]);

function readMessage({ path, value, parents }: JsonEntry): Reading {
  const id = textAt(value, 'ruleId');
  if (id === undefined && isTrueAt(value, 'fatal')) return { missing: 'file that could not be parsed' };
  const severity = textAt(value, 'severity');
  const suppression = listAt(value, 'suppressions')[0];
  return {
    kind: /^(?:security|no-secrets|no-unsanitized|@microsoft\/sdl)\//.test(id ?? '') ? 'weakness' : 'quality',
    rule: { id, helpUri: id === undefined ? undefined : textAt(objectAt(parents[0], 'metadata', 'rulesMeta', id), 'docs', 'url') },
    title: textAt(value, 'message'),
    severity,
    severityLabel: labels.get(severity ?? ''),
    location: {
      path: textAt(parents.at(-1), 'filePath'),
      line: lineAt(value, 'line'),
      column: lineAt(value, 'column'),
      endLine: lineAt(value, 'endLine'),
    },
    suppression: path.endsWith('.suppressedMessages[]') ? { kind: 'suppressed', reason: textAt(suppression, 'justification') } : undefined,
  };
}
