import type { Severity } from '@deployguard/findings';
import { lineAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of RuboCop and of Cookstyle, which is made of it: `rubocop --format json`. */
export const rubocop: Format = {
  id: 'rubocop',
  name: 'RuboCop',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.metadata.rubocop_version', '$.files') || outline.has('$.files[].offenses[].cop_name'),
      layout: { entries: ['$.files[].offenses[]'], context: ['$.files[].path', '$.metadata'] },
      read({ value, parents: [root, file] }) {
        const cop = textAt(value, 'cop_name');
        const severity = textAt(value, 'severity');
        return {
          kind: cop?.startsWith('Security/') ? 'weakness' : 'quality',
          rule: { id: cop },
          title: textAt(value, 'message') ?? cop,
          severity,
          severityLabel: labels.get(severity ?? ''),
          location: {
            path: textAt(file, 'path'),
            line: lineAt(value, 'location', 'start_line') ?? lineAt(value, 'location', 'line'),
            column: lineAt(value, 'location', 'start_column') ?? lineAt(value, 'location', 'column'),
            endLine: lineAt(value, 'location', 'last_line'),
          },
          suppression: textAt(value, 'corrected') === 'true' ? { kind: 'fixed', reason: 'corrected by RuboCop' } : undefined,
          tool: { version: textAt(root, 'metadata', 'rubocop_version') },
        };
      },
    },
  ],
};

/** https://docs.rubocop.org/rubocop/configuration.html#severity, from small to great. */
const labels: ReadonlyMap<string, Severity> = new Map([
  ['info', 'info'],
  ['refactor', 'low'],
  ['convention', 'low'],
  ['warning', 'medium'],
  ['error', 'high'],
  ['fatal', 'high'],
]);
