import { hashSecret } from '../hash-secret.ts';
import { lineAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, JsonVariant, Reading } from './format.ts';

/** Reports of Kingfisher: `kingfisher scan --format json|jsonl`. Secrets are hashed and never kept. */
export const kingfisher: Format = {
  id: 'kingfisher',
  name: 'Kingfisher',
  variants: [variant('$'), variant('$[]'), variant('$.findings[]')],
};

function variant(entry: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => outline.has(`${entry}.rule.id`, `${entry}.finding.snippet`, `${entry}.finding.validation`),
    layout: { entries: [entry] },
    read: readSecret,
  };
}

function readSecret({ value }: JsonEntry): Reading {
  if (textAt(value, 'rule', 'id') === undefined) return { skipped: 'summary' };
  const status = textAt(value, 'finding', 'validation', 'status');
  const isLive = status === 'Active Credential';
  const name = textAt(value, 'rule', 'name');
  return {
    kind: 'secret',
    rule: { id: textAt(value, 'rule', 'id'), name },
    title: isLive && name !== undefined ? `${name}, verified to be live` : name,
    // Kingfisher rates confidence only; a secret is no small thing.
    severityLabel: isLive ? 'critical' : 'high',
    cwes: [798],
    location: {
      path: textAt(value, 'finding', 'path') ?? textAt(value, 'finding', 'git_metadata', 'file', 'path'),
      line: lineAt(value, 'finding', 'line'),
      column: lineAt(value, 'finding', 'column_start'),
      commit: textAt(value, 'finding', 'git_metadata', 'commit', 'id'),
      url: textAt(value, 'finding', 'git_metadata', 'file', 'url'),
    },
    foundAt: textAt(value, 'finding', 'git_metadata', 'commit', 'date'),
    // Its own fingerprint holds the place in bytes.
    identity: hashSecret(textAt(value, 'finding', 'snippet')),
  };
}
