import { parseCwes } from '../parse-ids.ts';
import { lineAt, lineFromZeroAt, textAt } from '../reading/read-field.ts';
import { attributeOf, childAt } from '../reading/xml-element.ts';
import type { Format } from './format.ts';

/** Reports of Bandit: `bandit --format json` (https://bandit.readthedocs.io/en/latest/formatters/), csv and xml. */
export const bandit: Format = {
  id: 'bandit',
  name: 'Bandit',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.results[].test_id', '$.results[].issue_severity') || outline.has('$.metrics._totals', '$.generated_at', '$.results'),
      isToldByEntries: true,
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
            column: lineFromZeroAt(value, 'col_offset'),
          },
          identity: withoutLineNumbers(textAt(value, 'code')),
        };
      },
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('filename', 'test_name', 'test_id', 'issue_severity', 'issue_text'),
      layout: { columns: ['filename', 'test_id', 'issue_severity', 'issue_text'] },
      read: ({ field }) => ({
        kind: 'weakness',
        rule: { id: field('test_id'), name: field('test_name'), helpUri: field('more_info') },
        title: field('issue_text'),
        severity: field('issue_severity'),
        // https://cwe.mitre.org/data/definitions/259.html
        cwes: parseCwes(/(?<!\d)(\d+)\.html$/.exec(field('issue_cwe') ?? '')?.[1]),
        location: { path: field('filename'), line: lineAt(field('line_number')), column: lineFromZeroAt(field('col_offset')) },
      }),
    },
    {
      form: 'xml',
      recognises: (outline) => outline.root === 'testsuite' && outline.attribute('/testsuite', 'name') === 'bandit',
      layout: { entries: ['/testsuite/testcase'] },
      read({ element }) {
        const error = childAt(element, 'error');
        const text = error?.text ?? '';
        return {
          kind: 'weakness',
          rule: {
            id: /^Test ID: (\S+)/m.exec(text)?.[1] ?? attributeOf(element, 'name'),
            name: attributeOf(element, 'name'),
            helpUri: attributeOf(error, 'more_info'),
          },
          title: attributeOf(error, 'message'),
          severity: attributeOf(error, 'type'),
          cwes: parseCwes(/^CWE: (CWE-\d+)/m.exec(text)?.[1]),
          location: { path: attributeOf(element, 'classname'), line: lineAt(/:(\d+)\s*$/.exec(text)?.[1]) },
        };
      },
    },
  ],
};

/** The excerpt begins each line with its number. */
function withoutLineNumbers(code: string | undefined): string | undefined {
  return code?.replaceAll(/^[ \t]*\d+ /gm, '');
}
