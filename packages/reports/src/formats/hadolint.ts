import { lineAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of hadolint: `hadolint --format json` (https://github.com/hadolint/hadolint). */
export const hadolint: Format = {
  id: 'hadolint',
  name: 'hadolint',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$[].code', '$[].file', '$[].level', '$[].line') && outline.matches('$[].code', /^(?:DL|SC)\d{4}$/),
      layout: { entries: ['$[]'] },
      read({ value }) {
        const code = textAt(value, 'code');
        return {
          kind: 'misconfiguration',
          rule: { id: code, helpUri: code && `https://github.com/hadolint/hadolint/wiki/${code}` },
          title: textAt(value, 'message'),
          severity: textAt(value, 'level'),
          severityLabel: textAt(value, 'level') === 'style' ? 'info' : undefined,
          location: { path: textAt(value, 'file'), line: lineAt(value, 'line'), column: lineAt(value, 'column') },
        };
      },
    },
  ],
};
