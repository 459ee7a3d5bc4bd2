import { lineAt, textAt } from '../reading/read-field.ts';
import type { Format, JsonVariant } from './format.ts';

/** Reports of actionlint: `actionlint -format '{{json .}}'`, or one error a line (https://github.com/rhysd/actionlint). It does not rate what it finds. */
export const actionlint: Format = { id: 'actionlint', name: 'actionlint', variants: [variant('$[]'), variant('$')] };

function variant(entry: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => ['message', 'filepath', 'line', 'kind', 'end_column'].every((name) => outline.has(`${entry}.${name}`)),
    layout: { entries: [entry] },
    read({ value }) {
      const message = textAt(value, 'message');
      return {
        kind: message?.includes('potentially untrusted') || textAt(value, 'kind') === 'credentials' ? 'weakness' : 'quality',
        rule: { id: textAt(value, 'kind') },
        title: message,
        location: { path: textAt(value, 'filepath'), line: lineAt(value, 'line'), column: lineAt(value, 'column') },
      };
    },
  };
}
