import { parseVulnerabilityIds } from '../parse-ids.ts';
import { objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Draft, Format } from './format.ts';

/** Reports of mix_audit on packages of Elixir: `mix deps.audit --format json`. */
export const mixAudit: Format = {
  id: 'mix-audit',
  name: 'mix_audit',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.pass', '$.vulnerabilities') && (!outline.has('$.vulnerabilities[]') || outline.has('$.vulnerabilities[].advisory')),
      layout: { entries: ['$.vulnerabilities[]'] },
      read({ value }): Draft {
        const advisory = objectAt(value, 'advisory');
        const [id, url] = [textAt(advisory, 'id'), textAt(advisory, 'url')];
        const name = textAt(value, 'dependency', 'package') ?? textAt(advisory, 'package');
        return {
          kind: 'vulnerability',
          rule: { id, helpUri: url },
          title: textAt(advisory, 'title') ?? [id, name].filter(Boolean).join(' in '),
          description: textAt(advisory, 'description'),
          severity: textAt(advisory, 'severity'),
          aliases: parseVulnerabilityIds(textAt(advisory, 'cve'), id, url),
          package: {
            name,
            version: textAt(value, 'dependency', 'version'),
            ecosystem: 'Hex',
            fixedVersions: textsAt(advisory, 'first_patched_versions'),
          },
          location: { path: textAt(value, 'dependency', 'lockfile') },
          references: url === undefined ? [] : [url],
          publishedAt: textAt(advisory, 'disclosure_date'),
        };
      },
    },
  ],
};
