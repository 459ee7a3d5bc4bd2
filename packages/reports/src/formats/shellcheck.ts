import type { Severity } from '@deployguard/findings';
import { lineAt, textAt } from '../reading/read-field.ts';
import type { Format, JsonVariant } from './format.ts';

/** Reports of ShellCheck: `shellcheck --format json1`, and its older `json` (https://www.shellcheck.net/wiki/). */
export const shellcheck: Format = { id: 'shellcheck', name: 'ShellCheck', variants: [variant('$.comments[]'), variant('$[]')] };

const labels: ReadonlyMap<string, Severity> = new Map([
  ['error', 'high'],
  ['warning', 'medium'],
  ['info', 'low'],
  ['style', 'info'],
]);

function variant(entry: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) =>
      ['file', 'endLine', 'endColumn', 'level', 'message'].every((name) => outline.has(`${entry}.${name}`)) &&
      outline.matches(`${entry}.code`, /^[1-3]\d{3}$/),
    layout: { entries: [entry] },
    read({ value }) {
      const code = textAt(value, 'code');
      const level = textAt(value, 'level');
      return {
        kind: 'quality',
        rule: { id: code && `SC${code}`, helpUri: code && `https://www.shellcheck.net/wiki/SC${code}` },
        title: textAt(value, 'message'),
        severity: level,
        severityLabel: labels.get(level ?? ''),
        location: {
          path: textAt(value, 'file'),
          line: lineAt(value, 'line'),
          column: lineAt(value, 'column'),
          endLine: lineAt(value, 'endLine'),
        },
      };
    },
  };
}
