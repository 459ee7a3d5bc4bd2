import type { Severity } from '@deployguard/findings';
import { textAt } from '../reading/read-field.ts';
import type { Format, Reading } from './format.ts';

/** Reports of CloudSploit: `--json` and `--csv` (https://github.com/aquasecurity/cloudsploit). */
export const cloudsploit: Format = {
  id: 'cloudsploit',
  name: 'CloudSploit',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        ['plugin', 'category', 'title', 'resource', 'region', 'message'].every((name) => outline.has(`$[].${name}`)) &&
        outline.matches('$[].status', /^(?:OK|WARN|FAIL|UNKNOWN)$/),
      layout: { entries: ['$[]'] },
      read: ({ value }) => readResult((name) => textAt(value, name), textAt(value, 'status')),
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('category', 'title', 'resource', 'region', 'statusWord', 'message'),
      layout: { columns: ['category', 'title', 'resource', 'region', 'statusWord', 'message'] },
      read: (entry) => readResult((name) => entry.field(name), entry.field('statusWord')),
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['WARN', 'medium'],
  ['FAIL', 'high'],
]);

function readResult(field: (name: string) => string | undefined, status: string | undefined): Reading {
  if (status === 'OK') return { skipped: 'passed check' };
  if (status === 'UNKNOWN') return { missing: 'check that could not be made' };
  const title = field('title');
  const resource = field('resource');
  return {
    kind: 'misconfiguration',
    rule: { id: field('plugin') ?? title, name: field('category') },
    title,
    description: [field('description'), field('message')].filter((text) => text !== undefined).join('\n\n'),
    severity: status,
    severityLabel: labels.get(status ?? ''),
    location: { resource: resource === 'N/A' ? undefined : resource, region: field('region') },
    // A check of one resource may say several things about it.
    identity: field('message'),
  };
}
