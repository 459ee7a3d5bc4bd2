import { parseCwes } from '../parse-ids.ts';
import type { Format } from './format.ts';

/** Vulnerabilities that Contrast Assess exports as CSV. Queries and bodies of requests are left out: they hold what users typed. */
export const contrast: Format = {
  id: 'contrast',
  name: 'Contrast',
  variants: [
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('Vulnerability Name', 'Vulnerability ID', 'Rule Name', 'Severity', 'Application Name'),
      layout: { columns: ['Vulnerability Name', 'Vulnerability ID', 'Rule Name', 'Severity'] },
      read({ field }) {
        const severity = field('Severity');
        const status = field('Status');
        const seen = Number(field('First Seen') ?? Number.NaN);
        const application = field('Application Name');
        return {
          kind: 'weakness',
          rule: { id: field('Rule Name'), name: field('Category') },
          title: field('Vulnerability Name'),
          severity,
          severityLabel: severity === 'Note' ? 'info' : undefined,
          // An address such as https://cwe.mitre.org/data/definitions/89.html.
          cwes: parseCwes(/(?<!\d)(\d+)(?:\.html)?$/.exec(field('CWE ID') ?? '')?.[1]),
          location: { url: field('Request URI'), method: field('Request Method'), protocol: field('Request Protocol') },
          asset: application === undefined ? undefined : { type: 'web', name: application },
          suppression:
            status === 'Not a Problem'
              ? { kind: 'false-positive' }
              : status === 'Fixed' || status === 'Remediated'
                ? { kind: 'fixed' }
                : undefined,
          foundAt: seen > 0 && seen < 1e14 ? new Date(seen).toISOString() : undefined,
          ownFingerprint: field('Vulnerability ID'),
        };
      },
    },
  ],
};
