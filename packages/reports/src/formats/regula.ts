import { lineAt, objectAt, textAt } from '../reading/read-field.ts';
import type { Format, Reading } from './format.ts';

/** Reports of Regula: `regula run --format json` (https://regula.dev). */
export const regula: Format = {
  id: 'regula',
  name: 'Regula',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.rule_results[].rule_id', '$.rule_results[].rule_result'),
      layout: { entries: ['$.rule_results[]'] },
      read: ({ value }) => readResult(value),
    },
  ],
};

function readResult(value: unknown): Reading {
  const result = textAt(value, 'rule_result');
  if (result === 'PASS') return { skipped: 'passed check' };
  const place = objectAt(value, 'source_location', 0);
  return {
    kind: 'misconfiguration',
    rule: { id: textAt(value, 'rule_id'), name: textAt(value, 'rule_name'), helpUri: textAt(value, 'rule_remediation_doc') },
    title: textAt(value, 'rule_summary'),
    description: [textAt(value, 'rule_description'), textAt(value, 'rule_message')].filter((text) => text !== undefined).join('\n\n'),
    severity: textAt(value, 'rule_severity'),
    location: {
      path: textAt(place, 'path') ?? textAt(value, 'filepath'),
      line: lineAt(place, 'line'),
      column: lineAt(place, 'column'),
      resource: textAt(value, 'resource_id') ?? textAt(value, 'resource_type'),
    },
    suppression: result === 'WAIVED' ? { kind: 'accepted' } : undefined,
    identity: textAt(value, 'rule_message'),
  };
}
