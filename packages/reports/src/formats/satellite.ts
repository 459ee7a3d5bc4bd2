import { parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Draft, Format } from './format.ts';

/** Errata that apply to the hosts of a Red Hat Satellite or Katello: `GET /katello/api/errata`. */
export const satellite: Format = {
  id: 'satellite',
  name: 'Red Hat Satellite',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.results[].errata_id', '$.results[].hosts_applicable_count'),
      layout: { entries: ['$.results[]'] },
      read({ value }): Draft {
        const id = textAt(value, 'errata_id');
        const cves = listAt(value, 'cves').map((cve) => textAt(cve, 'cve_id'));
        const type = textAt(value, 'type');
        const severity = textAt(value, 'severity');
        return {
          kind: type === 'bugfix' || type === 'enhancement' ? 'quality' : 'vulnerability',
          rule: { id, helpUri: id && `https://access.redhat.com/errata/${id}` },
          title: textAt(value, 'title') ?? textAt(value, 'name'),
          description: textAt(value, 'description') ?? textAt(value, 'summary'),
          remedy: textAt(value, 'solution'),
          severity,
          severityLabel: severity === undefined && type !== 'security' ? 'info' : undefined,
          aliases: parseVulnerabilityIds(...cves, id),
          package: { name: textsAt(value, 'packages')[0], ecosystem: 'rpm' },
          references: listAt(value, 'cves').flatMap((cve) => textAt(cve, 'href') ?? []),
          publishedAt: textAt(value, 'issued'),
          identity: id,
        };
      },
    },
  ],
};
