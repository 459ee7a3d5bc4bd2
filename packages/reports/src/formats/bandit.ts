import { parseCwes } from '../parse-ids.ts';
import { lineAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of Bandit: `bandit --format json` (https://bandit.readthedocs.io/en/latest/formatters/json.html). */
export const bandit: Format = {
  id: 'bandit',
  name: 'Bandit',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.results[].test_id', '$.results[].issue_severity') || outline.has('$.metrics._totals', '$.generated_at', '$.results'),
      layout: { entries: ['$.results[]'] },
      read({ value }) {
        return {
          kind: 'weakness',
          rule: { id: textAt(value, 'test_id'), name: textAt(value, 'test_name'), helpUri: textAt(value, 'more_info') },
          title: textAt(value, 'issue_text'),
          severity: textAt(value, 'issue_severity'),
          cwes: parseCwes(textAt(value, 'issue_cwe', 'id')),
          location: {
            path: textAt(value, 'filename'),
            line: lineAt(value, 'line_number'),
            column: lineAt(value, 'col_offset'),
          },
          identity: withoutLineNumbers(textAt(value, 'code')),
        };
      },
    },
  ],
};

/** The excerpt begins each line with its number. */
function withoutLineNumbers(code: string | undefined): string | undefined {
  return code?.replaceAll(/^[ \t]*\d+ /gm, '');
}
