import { lineAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of Stylelint: `stylelint --formatter json` (https://stylelint.io/user-guide/options#formatter). */
export const stylelint: Format = {
  id: 'stylelint',
  name: 'Stylelint',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].source', '$[].warnings', '$[].invalidOptionWarnings'),
      layout: { entries: ['$[].warnings[]', '$[].invalidOptionWarnings[]', '$[].parseErrors[]'], context: ['$[].source'] },
      read({ path, value, parents }) {
        if (path === '$[].invalidOptionWarnings[]') return { missing: 'rule that is set up wrongly' };
        const rule = textAt(value, 'rule');
        if (path === '$[].parseErrors[]' || rule === 'CssSyntaxError') return { missing: 'file that could not be parsed' };
        return {
          kind: 'quality',
          rule: { id: rule },
          title: textAt(value, 'text') ?? rule,
          severity: textAt(value, 'severity'),
          location: {
            path: textAt(parents.at(-1), 'source'),
            line: lineAt(value, 'line'),
            column: lineAt(value, 'column'),
            endLine: lineAt(value, 'endLine'),
          },
        };
      },
    },
  ],
};
