import type { Severity } from '@deployguard/findings';
import { isTrueAt, lineAt, listAt, numberAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, Reading } from './format.ts';

/** Reports of kube-score: `kube-score score --output-format json` (https://github.com/zegl/kube-score). Each comment of a check is a finding. */
export const kubeScore: Format = {
  id: 'kube-score',
  name: 'kube-score',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].object_name', '$[].type_meta', '$[].checks'),
      layout: {
        entries: ['$[].checks[]'],
        context: ['object_name', 'type_meta', 'object_meta', 'file_name', 'file_row'].map((name) => `$[].${name}`),
      },
      read: readCheck,
    },
  ],
};

const allOk = 10;

const labels: ReadonlyMap<number, Severity> = new Map([
  [1, 'high'],
  [5, 'medium'],
  [7, 'low'],
]);

function readCheck({ value, parents: [object] }: JsonEntry): Reading | readonly Reading[] {
  const grade = numberAt(value, 'grade');
  if (isTrueAt(value, 'skipped')) return { skipped: 'check that was not made' };
  if (grade === allOk) return { skipped: 'passed check' };
  const names = [textAt(object, 'object_meta', 'namespace'), textAt(object, 'type_meta', 'kind'), textAt(object, 'object_meta', 'name')];
  const resource = names.filter((name) => name !== undefined).join('/') || textAt(object, 'object_name');
  const comments = listAt(value, 'comments');
  return (comments.length === 0 ? [undefined] : comments).map((comment) => ({
    kind: 'misconfiguration',
    rule: {
      id: textAt(value, 'check', 'id') ?? textAt(value, 'check', 'name'),
      name: textAt(value, 'check', 'name'),
      helpUri: textAt(comment, 'documentation_url'),
    },
    title: textAt(comment, 'summary') ?? textAt(value, 'check', 'name'),
    description: textAt(comment, 'description') ?? textAt(value, 'check', 'comment'),
    severity: grade === undefined ? undefined : String(grade),
    severityLabel: labels.get(grade ?? 0),
    location: { path: textAt(object, 'file_name'), line: lineAt(object, 'file_row'), resource },
    identity: [textAt(comment, 'path'), textAt(comment, 'summary')].join(' '),
  }));
}
