import { parseCwes } from '../parse-ids.ts';
import { lineAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of Bearer CLI: `bearer scan --format json`, findings by their severity (https://docs.bearer.com/explanations/reports/). */
export const bearer: Format = {
  id: 'bearer',
  name: 'Bearer',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('${}[].cwe_ids', '${}[].fingerprint', '${}[].documentation_url'),
      layout: { entries: ['${}[]'] },
      read({ value, keys: [severity] }) {
        return {
          kind: 'weakness',
          rule: { id: textAt(value, 'id'), helpUri: textAt(value, 'documentation_url') },
          title: textAt(value, 'title') ?? textAt(value, 'id'),
          description: textAt(value, 'description'),
          severity,
          cwes: parseCwes(...textsAt(value, 'cwe_ids')),
          location: {
            path: textAt(value, 'filename'),
            line: lineAt(value, 'line_number') ?? lineAt(value, 'sink', 'start'),
            column: lineAt(value, 'sink', 'column', 'start'),
            endLine: lineAt(value, 'sink', 'end'),
          },
          // Of the rule, the file and how many came before.
          ownFingerprint: textAt(value, 'fingerprint'),
        };
      },
    },
  ],
};
