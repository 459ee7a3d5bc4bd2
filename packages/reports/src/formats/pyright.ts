import { lineFromZeroAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of Pyright: `pyright --outputjson` (https://microsoft.github.io/pyright/#/command-line). */
export const pyright: Format = {
  id: 'pyright',
  name: 'Pyright',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.hasList('$.generalDiagnostics'),
      layout: { entries: ['$.generalDiagnostics[]'], context: ['$.version'] },
      read({ value, parents: [root] }) {
        const message = textAt(value, 'message');
        return {
          kind: 'quality',
          rule: { id: textAt(value, 'rule') ?? message },
          title: message,
          severity: textAt(value, 'severity'),
          location: {
            path: textAt(value, 'file'),
            line: lineFromZeroAt(value, 'range', 'start', 'line'),
            column: lineFromZeroAt(value, 'range', 'start', 'character'),
            endLine: lineFromZeroAt(value, 'range', 'end', 'line'),
          },
          tool: { version: textAt(root, 'version') },
        };
      },
    },
  ],
};
