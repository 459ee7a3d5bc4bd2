import { lineAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, JsonVariant, Reading } from './format.ts';

/** Reports of Checkov: `checkov --output json`; a list of them where several frameworks were checked. */
export const checkov: Format = {
  id: 'checkov',
  name: 'Checkov',
  variants: [
    variant('$', (outline) => outline.has('$.check_type', '$.results')),
    variant('$[]', (outline) => outline.has('$[].check_type', '$[].results')),
    // What it writes where there was nothing to check.
    variant('$', (outline) => outline.has('$.checkov_version', '$.passed', '$.failed') && !outline.has('$.results')),
  ],
};

function variant(root: string, recognises: JsonVariant['recognises']): JsonVariant {
  return {
    form: 'json',
    recognises,
    layout: {
      entries: ['failed', 'passed', 'skipped'].map((outcome) => `${root}.results.${outcome}_checks[]`),
      context: [`${root}.check_type`, `${root}.summary`],
    },
    read: readCheck,
  };
}

function readCheck({ path, value, parents }: JsonEntry): Reading {
  if (path.includes('.passed_checks')) return { skipped: 'passed check' };
  const report = parents.at(-2);
  const id = textAt(value, 'check_id');
  const isSecret = textAt(report, 'check_type') === 'secrets';
  return {
    kind: isSecret ? 'secret' : 'misconfiguration',
    rule: { id, name: textAt(value, 'check_name'), helpUri: textAt(value, 'guideline') },
    title: textAt(value, 'check_name'),
    description: textAt(value, 'description'),
    severity: textAt(value, 'severity'),
    location: {
      path: textAt(value, 'file_path')?.replace(/^\/+/, ''),
      line: lineAt(value, 'file_line_range', 0),
      endLine: lineAt(value, 'file_line_range', 1),
      resource: textAt(value, 'resource'),
    },
    suppression: path.includes('.skipped_checks')
      ? { kind: 'suppressed', reason: textAt(value, 'check_result', 'suppress_comment') }
      : undefined,
    tool: { version: textAt(report, 'summary', 'checkov_version') },
  };
}
