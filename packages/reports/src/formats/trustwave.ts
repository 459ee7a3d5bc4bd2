import type { Severity } from '@deployguard/findings';
import { findAddresses } from '../find-addresses.ts';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePort } from '../parse-port.ts';
import type { Format } from './format.ts';

/** Results of Trustwave's vulnerability scans as CSV. */
export const trustwave: Format = {
  id: 'trustwave',
  name: 'Trustwave',
  variants: [
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('Vulnerability Name', 'Severity', 'Evidence', 'Remediation', 'IP'),
      layout: { columns: ['Vulnerability Name', 'Severity', 'Evidence', 'Remediation', 'IP'] },
      read(entry) {
        const severity = entry.field('Severity');
        const host = entry.field('IP') ?? entry.field('Domain');
        const name = entry.field('Domain') ?? host;
        return {
          kind: 'vulnerability',
          rule: { id: entry.field('Vulnerability Name') },
          title: entry.field('Vulnerability Name'),
          description: entry.field('Description'),
          remedy: entry.field('Remediation'),
          severity,
          severityLabel: labels.get(severity ?? ''),
          cvss: [{ score: Number(entry.field('CVSS') ?? Number.NaN) }],
          aliases: parseVulnerabilityIds(entry.field('CVE')),
          location: { host, port: parsePort(entry.field('Port')), protocol: entry.field('Protocol')?.toLowerCase() },
          asset: name === undefined ? undefined : { type: 'host', name },
          references: findAddresses(entry.field('Remediation')),
        };
      },
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['I', 'info'],
  ['L', 'low'],
  ['M', 'medium'],
  ['H', 'high'],
  ['C', 'critical'],
]);
