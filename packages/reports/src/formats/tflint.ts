import { lineAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, Reading } from './format.ts';

/** Reports of TFLint: `tflint --format json` (https://github.com/terraform-linters/tflint). */
export const tflint: Format = {
  id: 'tflint',
  name: 'TFLint',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.hasList('$.issues') && outline.hasList('$.errors') && outline.has('$.issues[].rule.link', '$.issues[].range.filename'),
      layout: { entries: ['$.issues[]', '$.errors[]'] },
      read: readIssue,
    },
  ],
};

function readIssue({ path, value }: JsonEntry): Reading {
  if (path === '$.errors[]') return { missing: 'file that could not be checked' };
  return {
    kind: 'misconfiguration',
    rule: { id: textAt(value, 'rule', 'name'), helpUri: textAt(value, 'rule', 'link') },
    title: textAt(value, 'message'),
    severity: textAt(value, 'rule', 'severity'),
    severityLabel: textAt(value, 'rule', 'severity') === 'notice' ? 'info' : undefined,
    location: {
      path: textAt(value, 'range', 'filename'),
      line: lineAt(value, 'range', 'start', 'line'),
      column: lineAt(value, 'range', 'start', 'column'),
      endLine: lineAt(value, 'range', 'end', 'line'),
    },
  };
}
