import { lineAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of PHP_CodeSniffer and of what runs in it, such as phpcs-security-audit: `phpcs --report=json`. */
export const phpcs: Format = {
  id: 'phpcs',
  name: 'PHP_CodeSniffer',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.totals.errors', '$.totals.warnings', '$.files') || outline.has('$.files{}.messages[].source'),
      layout: { entries: ['$.files{}.messages[]'] },
      read({ value, keys }) {
        const source = textAt(value, 'source');
        return {
          kind: /security/i.test(source ?? '') ? 'weakness' : 'quality',
          rule: { id: source },
          title: textAt(value, 'message') ?? source,
          severity: textAt(value, 'type'),
          location: { path: keys[0], line: lineAt(value, 'line'), column: lineAt(value, 'column') },
        };
      },
    },
  ],
};
