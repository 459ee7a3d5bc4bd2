import { lineAt, objectAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of Oxlint: `oxlint --format json` (https://oxc.rs/docs/guide/usage/linter.html). */
export const oxlint: Format = {
  id: 'oxlint',
  name: 'Oxlint',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.diagnostics', '$.number_of_files', '$.number_of_rules'),
      layout: { entries: ['$.diagnostics[]'] },
      read({ value }) {
        const span = objectAt(value, 'labels', 0, 'span');
        const message = textAt(value, 'message');
        return {
          kind: 'quality',
          rule: { id: textAt(value, 'code') ?? message, helpUri: textAt(value, 'url') },
          title: message,
          remedy: textAt(value, 'help'),
          severity: textAt(value, 'severity'),
          severityLabel: textAt(value, 'severity') === 'advice' ? 'info' : undefined,
          location: { path: textAt(value, 'filename'), line: lineAt(span, 'line'), column: lineAt(span, 'column') },
        };
      },
    },
  ],
};
