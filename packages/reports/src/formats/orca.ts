import type { Severity } from '@deployguard/findings';
import { numberAt, textAt } from '../reading/read-field.ts';
import type { Draft, Format } from './format.ts';

/** Alerts of Orca Security, exported as JSON and CSV (https://docs.orcasecurity.io). */
export const orca: Format = {
  id: 'orca',
  name: 'Orca Security',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].OrcaScore', '$[].Title', '$[].CloudAccount'),
      layout: { entries: ['$[]'] },
      read: ({ value }) => readAlert((name) => textAt(value, ...name.split('.'))),
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('OrcaScore', 'Title', 'CloudAccount.Name'),
      layout: { columns: ['OrcaScore', 'Title', 'CloudAccount.Name'] },
      read: (entry) => readAlert((name) => entry.field(name)),
    },
  ],
};

function readAlert(field: (name: string) => string | undefined): Draft {
  const score = numberAt(field('OrcaScore'));
  const title = field('Title');
  const account = field('CloudAccount.Name');
  const status = field('Status')?.toLowerCase();
  return {
    kind: 'misconfiguration',
    rule: { id: title, name: field('Category') },
    title,
    severity: score === undefined ? undefined : String(score),
    severityLabel: score === undefined ? undefined : rate(score),
    location: { resource: [field('Inventory.Name'), field('Source')].find((name) => name !== undefined), account },
    asset: account === undefined ? undefined : { type: 'cloud', name: account },
    suppression: status === 'dismissed' ? { kind: 'suppressed' } : status === 'closed' ? { kind: 'fixed' } : undefined,
    foundAt: field('CreatedAt'),
    identity: field('Source') ?? '',
  };
}

/** Orca's score is from 0 to 10: critical from 9, high from 7, medium from 4 on. */
function rate(score: number): Severity {
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 ? 'low' : 'info';
}
