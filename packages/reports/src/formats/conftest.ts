import type { Severity } from '@deployguard/findings';
import { textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, Reading } from './format.ts';

/** Reports of Conftest: `conftest test --output json` (https://www.conftest.dev). How many checks passed is only a number there. */
export const conftest: Format = {
  id: 'conftest',
  name: 'Conftest',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$[].filename') &&
        (outline.has('$[].namespace', '$[].successes') || outline.has('$[].failures[].msg') || outline.has('$[].warnings[].msg')),
      layout: {
        entries: ['failures', 'warnings', 'exceptions', 'skipped'].map((name) => `$[].${name}[]`),
        context: ['$[].filename', '$[].namespace'],
      },
      read: readResult,
    },
  ],
};

const labels: readonly (readonly [string, Severity])[] = [
  ['.failures[]', 'high'],
  ['.warnings[]', 'medium'],
];

function readResult({ path, value, parents: [file] }: JsonEntry): Reading {
  if (path.endsWith('.skipped[]')) return { skipped: 'check that was not made' };
  const message = textAt(value, 'msg');
  return {
    kind: 'misconfiguration',
    rule: {
      id: textAt(value, 'metadata', 'code') ?? textAt(value, 'metadata', 'query') ?? textAt(file, 'namespace') ?? message,
      helpUri: textAt(value, 'metadata', 'url'),
    },
    title: message,
    severity: textAt(value, 'metadata', 'severity'),
    severityLabel: textAt(value, 'metadata', 'severity') === undefined ? labels.find(([end]) => path.endsWith(end))?.[1] : undefined,
    location: { path: textAt(file, 'filename') },
    suppression: path.endsWith('.exceptions[]') ? { kind: 'accepted' } : undefined,
  };
}
