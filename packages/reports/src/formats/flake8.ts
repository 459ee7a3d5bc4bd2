import { lineAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of Flake8: `flake8 --format=json` of flake8-json. Flake8 rates nothing. */
export const flake8: Format = {
  id: 'flake8',
  name: 'Flake8',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('${}[].code', '${}[].filename', '${}[].line_number', '${}[].physical_line'),
      layout: { entries: ['${}[]'] },
      read({ value, keys }) {
        const code = textAt(value, 'code');
        return {
          // flake8-bandit and dlint.
          kind: /^(?:S|DUO)\d/.test(code ?? '') ? 'weakness' : 'quality',
          rule: { id: code },
          title: textAt(value, 'text') ?? code,
          location: {
            path: textAt(value, 'filename') ?? keys[0],
            line: lineAt(value, 'line_number'),
            column: lineAt(value, 'column_number'),
          },
        };
      },
    },
  ],
};
