import { textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, JsonVariant, Reading } from './format.ts';

/** Reports of kube-bench: `kube-bench --json|--junit` (https://github.com/aquasecurity/kube-bench); before version 0.5 without the totals. */
export const kubeBench: Format = {
  id: 'kube-bench',
  name: 'kube-bench',
  variants: [variant('$.Controls[]'), variant('$[]'), variant('$')],
};

function variant(control: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => outline.has(`${control}.node_type`) && outline.hasList(`${control}.tests`),
    layout: {
      entries: [`${control}.tests[].results[]`],
      context: [
        ...['id', 'version', 'detected_version', 'text', 'node_type'].map((name) => `${control}.${name}`),
        `${control}.tests[].desc`,
      ],
    },
    read: readResult,
  };
}

function readResult({ value, parents }: JsonEntry): Reading {
  const [control, group] = parents.slice(-2);
  const status = textAt(value, 'status');
  if (status === 'PASS') return { skipped: 'passed check' };
  if (status === 'INFO') return { skipped: 'information' };
  // A check that failed and is not scored is a warning too.
  if (status === 'WARN' && textAt(value, 'type') === 'manual') return { skipped: 'check to be made by hand' };
  const reason = textAt(value, 'reason');
  const found = textAt(value, 'actual_value');
  return {
    kind: 'misconfiguration',
    rule: { id: textAt(value, 'test_number'), name: textAt(group, 'desc') },
    title: textAt(value, 'test_desc'),
    description: [textAt(control, 'text'), reason, found === undefined ? undefined : `Found: ${found}`].filter(Boolean).join('\n'),
    remedy: textAt(value, 'remediation'),
    location: { resource: textAt(control, 'node_type') },
    identity: textAt(control, 'version') ?? textAt(control, 'detected_version'),
  };
}
