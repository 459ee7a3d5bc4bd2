import { lineAt, textAt } from '../reading/read-field.ts';
import type { Format, JsonVariant } from './format.ts';

/** Reports of Ruff: `ruff check --output-format json` and `json-lines` (https://docs.astral.sh/ruff/settings/#output-format). */
export const ruff: Format = { id: 'ruff', name: 'Ruff', variants: [variant('$[]'), variant('$')] };

function variant(entry: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => outline.has(`${entry}.filename`, `${entry}.location.row`, `${entry}.end_location.row`),
    layout: { entries: [entry] },
    read({ value }) {
      const code = textAt(value, 'code');
      if (code === undefined || code === 'invalid-syntax') return { missing: 'file that could not be parsed' };
      return {
        kind: /^S\d/.test(code) ? 'weakness' : 'quality',
        rule: { id: code, name: textAt(value, 'name'), helpUri: textAt(value, 'url') },
        title: textAt(value, 'message') ?? code,
        remedy: textAt(value, 'fix', 'message'),
        // Newer versions call each of them an error, which rates none.
        location: {
          path: textAt(value, 'filename'),
          line: lineAt(value, 'location', 'row'),
          column: lineAt(value, 'location', 'column'),
          endLine: lineAt(value, 'end_location', 'row'),
        },
      };
    },
  };
}
