import type { CsvEntry } from '../reading/read-csv-entries.ts';
import type { Draft, Format } from './format.ts';

/** Alerts of Prisma Cloud, exported as CSV (https://docs.prismacloud.io); reports of its Compute edition are those of Twistlock. */
export const prismaCloud: Format = {
  id: 'prisma-cloud',
  name: 'Prisma Cloud',
  variants: [
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('Alert ID', 'Policy Name', 'Policy Severity', 'Alert Status'),
      layout: { columns: ['Alert ID', 'Policy Name', 'Policy Severity', 'Alert Status'] },
      read: readAlert,
    },
  ],
};

function readAlert(entry: CsvEntry): Draft {
  const account = entry.field('Cloud Account Id') ?? entry.field('Cloud Account Name');
  return {
    kind: 'misconfiguration',
    rule: { id: entry.field('Policy Name'), name: entry.field('Policy Type') },
    title: entry.field('Policy Name'),
    description: entry.field('Description'),
    remedy: entry.field('Recommendation'),
    severity: entry.field('Policy Severity'),
    location: { resource: entry.field('Resource ID') ?? entry.field('Resource Name'), account, region: entry.field('Region') },
    asset: account === undefined ? undefined : { type: 'cloud', name: account },
    suppression: readStatus(entry),
    foundAt: entry.field('Alert Time'),
    ownFingerprint: entry.field('Alert ID'),
  };
}

function readStatus(entry: CsvEntry): Draft['suppression'] {
  const status = entry.field('Alert Status')?.toLowerCase();
  if (status === 'resolved') return { kind: 'fixed', reason: entry.field('Resolution Reason') };
  return status === 'dismissed' || status === 'snoozed' ? { kind: 'suppressed', reason: entry.field('Dismissal Reason') } : undefined;
}
