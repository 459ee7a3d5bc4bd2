import { lineAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, Reading } from './format.ts';

/** Reports of Terrascan: `terrascan scan --output json`. */
export const terrascan: Format = {
  id: 'terrascan',
  name: 'Terrascan',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.results.violations', '$.results.scan_summary'),
      layout: { entries: ['$.results.violations[]', '$.results.skipped_violations[]'] },
      read: readViolation,
    },
  ],
};

function readViolation({ path, value }: JsonEntry): Reading {
  return {
    kind: 'misconfiguration',
    rule: { id: textAt(value, 'rule_id'), name: textAt(value, 'rule_name') },
    title: textAt(value, 'description'),
    severity: textAt(value, 'severity'),
    location: {
      path: textAt(value, 'file'),
      line: lineAt(value, 'line'),
      resource:
        [textAt(value, 'resource_type'), textAt(value, 'resource_name')].filter((text) => text !== undefined).join('.') || undefined,
    },
    suppression: path.includes('skipped') ? { kind: 'suppressed', reason: textAt(value, 'skip_comment') } : undefined,
  };
}
