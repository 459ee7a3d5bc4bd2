import { lineAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of PHPStan: `phpstan analyse --error-format=json` (https://phpstan.org/user-guide/output-format). It knows errors only, and rates none. */
export const phpstan: Format = {
  id: 'phpstan',
  name: 'PHPStan',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.totals.file_errors', '$.files'),
      layout: { entries: ['$.files{}.messages[]', '$.errors[]'] },
      read({ path, value, keys }) {
        if (path === '$.errors[]') return { missing: 'error of the analysis itself' };
        const message = textAt(value, 'message');
        return {
          kind: 'quality',
          rule: { id: textAt(value, 'identifier') ?? message },
          title: message,
          remedy: textAt(value, 'tip'),
          location: { path: keys[0], line: lineAt(value, 'line') },
        };
      },
    },
  ],
};
