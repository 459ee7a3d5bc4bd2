import type { Severity } from '@deployguard/findings';
import { lineAt, listAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format, JsonVariant } from './format.ts';

/** Reports of cfn_nag: `cfn_nag_scan --output-format json`, and `cfn_nag` of one template (https://github.com/stelligent/cfn_nag). Each resource is a finding. */
export const cfnNag: Format = {
  id: 'cfn-nag',
  name: 'cfn_nag',
  variants: [variant('$[].file_results', ['$[].filename']), variant('$', [])],
};

function variant(results: string, context: readonly string[]): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => outline.has(`${results}.failure_count`) && outline.hasList(`${results}.violations`),
    layout: { entries: [`${results}.violations[]`], context },
    read: readViolation,
  };
}

const labels: ReadonlyMap<string, Severity> = new Map([
  ['FAIL', 'high'],
  ['WARN', 'medium'],
]);

function readViolation({ value, parents: [template] }: JsonEntry): readonly Draft[] {
  const resources = listAt(value, 'logical_resource_ids');
  const severity = textAt(value, 'type');
  return (resources.length === 0 ? [undefined] : resources).map((resource, index) => ({
    kind: 'misconfiguration',
    rule: { id: textAt(value, 'id'), name: textAt(value, 'name') },
    title: textAt(value, 'message'),
    severity,
    severityLabel: labels.get(severity ?? ''),
    location: { path: textAt(template, 'filename'), line: lineAt(value, 'line_numbers', index), resource: textAt(resource) },
  }));
}
