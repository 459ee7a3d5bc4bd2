import { lineAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of Psalm: `psalm --output-format=json` (https://psalm.dev). */
export const psalm: Format = {
  id: 'psalm',
  name: 'Psalm',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].type', '$[].line_from', '$[].file_name', '$[].column_from'),
      layout: { entries: ['$[]'] },
      read({ value }) {
        const type = textAt(value, 'type');
        return {
          kind: type?.startsWith('Tainted') ? 'weakness' : 'quality',
          rule: { id: type, helpUri: textAt(value, 'link') },
          title: textAt(value, 'message') ?? type,
          severity: textAt(value, 'severity'),
          location: {
            path: textAt(value, 'file_name') ?? textAt(value, 'file_path'),
            line: lineAt(value, 'line_from'),
            column: lineAt(value, 'column_from'),
            endLine: lineAt(value, 'line_to'),
          },
        };
      },
    },
  ],
};
