import type { Severity } from '@deployguard/findings';
import { hashSecret } from '../hash-secret.ts';
import { lineAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, JsonVariant, Reading } from './format.ts';

/** Reports of Whispers: `whispers --json`, a list, and of versions before 2.1 one finding a line. Secrets are hashed and never kept. */
export const whispers: Format = { id: 'whispers', name: 'Whispers', variants: [variant('$[]'), variant('$')] };

function variant(entry: string): JsonVariant {
  const members = ['key', 'value', 'file', 'line', 'severity', 'message'].map((name) => `${entry}.${name}`);
  return { form: 'json', recognises: (outline) => outline.has(...members), layout: { entries: [entry] }, read: readSecret };
}

/** Of version 2.1 and before; later ones say `High`. */
const labels: ReadonlyMap<string, Severity> = new Map([
  ['BLOCKER', 'critical'],
  ['CRITICAL', 'high'],
  ['MAJOR', 'medium'],
  ['MINOR', 'low'],
]);

function readSecret({ value }: JsonEntry): Reading {
  const key = textAt(value, 'key');
  const message = textAt(value, 'message');
  const severity = textAt(value, 'severity');
  return {
    kind: 'secret',
    rule: { id: textAt(value, 'rule_id') ?? message, name: message },
    title: [message, key].filter((text) => text !== undefined).join(': '),
    severity,
    severityLabel: labels.get(severity ?? ''),
    cwes: [798],
    location: { path: textAt(value, 'file'), line: lineAt(value, 'line') },
    identity: [key, hashSecret(textAt(value, 'value'))].join(' '),
  };
}
