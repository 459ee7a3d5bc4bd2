import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, numberAt, objectAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of Meterian: `meterian --report-json`; each advice about a library is a finding. */
export const meterian: Format = {
  id: 'meterian',
  name: 'Meterian',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.reports.security', '$.scores.security'),
      layout: {
        entries: ['$.reports.security.reports[].reports[].advices[]'],
        context: ['$.url', '$.timestamp', '$.reports.security.reports[].language'].concat(
          ['dependency', 'safeVersions', 'locations'].map((name) => `$.reports.security.reports[].reports[].${name}`),
        ),
      },
      read({ value, parents }) {
        const [root, , , byLanguage, library] = parents;
        const name = textAt(library, 'dependency', 'name') ?? textAt(value, 'library', 'name');
        const cve = textAt(value, 'cve');
        const id = textAt(value, 'id');
        const links = listAt(value, 'links').flatMap((link) => textAt(link, 'url') ?? []);
        const aliases = parseVulnerabilityIds(cve, ...links);
        const severity = textAt(value, 'severity');
        return {
          kind: textAt(value, 'type') === 'LICENSE' ? 'license' : 'vulnerability',
          rule: { id: aliases[0] ?? id },
          title: [aliases[0] ?? id, name].filter(Boolean).join(' in '),
          description: textAt(value, 'description'),
          severity,
          severityLabel: severity === 'SUGGEST' ? 'info' : undefined,
          cvss: [{ score: numberAt(value, 'cvss') }],
          cwes: parseCwes(textAt(value, 'cwe')),
          aliases,
          package: {
            name,
            version: textAt(library, 'dependency', 'version'),
            ecosystem: textAt(byLanguage, 'language') ?? textAt(value, 'library', 'language'),
            fixedVersions: Object.values(objectAt(library, 'safeVersions') ?? {}).flatMap((version) => textAt(version) ?? []),
          },
          location: { path: textAt(library, 'locations', 0) },
          references: links.filter((link) => /^https?:/.test(link)),
          foundAt: textAt(root, 'timestamp'),
          identity: id,
        };
      },
    },
  ],
};
