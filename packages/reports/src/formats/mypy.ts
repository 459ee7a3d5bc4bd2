import { lineAt, lineFromZeroAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of mypy: `mypy --output json`, one message a line (https://mypy.readthedocs.io/en/stable/command_line.html). */
export const mypy: Format = {
  id: 'mypy',
  name: 'mypy',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.file', '$.line', '$.column', '$.message', '$.hint', '$.code', '$.severity'),
      layout: { entries: ['$'] },
      read({ value }) {
        const code = textAt(value, 'code');
        const message = textAt(value, 'message');
        return {
          kind: 'quality',
          rule: { id: code ?? message },
          title: message ?? code,
          remedy: textAt(value, 'hint'),
          severity: textAt(value, 'severity'),
          location: {
            path: textAt(value, 'file'),
            line: lineAt(value, 'line'),
            column: lineFromZeroAt(value, 'column'),
            endLine: lineAt(value, 'end_line'),
          },
        };
      },
    },
  ],
};
