import type { Severity } from '@deployguard/findings';
import { lineAt, lineFromZeroAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, Reading } from './format.ts';

/** Reports of Pylint: `pylint --output-format=json` and `json2` (https://pylint.readthedocs.io/en/stable/user_guide/usage/output.html). */
export const pylint: Format = {
  id: 'pylint',
  name: 'Pylint',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].symbol', '$[].message-id', '$[].module'),
      layout: { entries: ['$[]'] },
      read: readMessage,
    },
    {
      form: 'json',
      recognises: (outline) => outline.hasList('$.messages') && outline.has('$.statistics.messageTypeCount'),
      layout: { entries: ['$.messages[]'] },
      read: readMessage,
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['refactor', 'low'],
  ['convention', 'low'],
]);

function readMessage({ value }: JsonEntry): Reading {
  const type = textAt(value, 'type');
  if (type === 'fatal') return { missing: 'file that could not be checked' };
  const symbol = textAt(value, 'symbol');
  const id = textAt(value, 'message-id') ?? textAt(value, 'messageId');
  return {
    kind: 'quality',
    rule: { id: id ?? symbol, name: symbol },
    title: textAt(value, 'message') ?? symbol,
    severity: type,
    severityLabel: labels.get(type ?? ''),
    location: {
      path: textAt(value, 'path'),
      line: lineAt(value, 'line'),
      column: lineFromZeroAt(value, 'column'),
      endLine: lineAt(value, 'endLine'),
      resource: textAt(value, 'obj'),
    },
  };
}
