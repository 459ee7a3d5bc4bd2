import type { CvssScore } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, numberAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/**
 * Reports of OSV-Scanner: `osv-scanner --format json` (https://google.github.io/osv-scanner/output/). Vulnerabilities follow the OSV schema
 * (https://ossf.github.io/osv-schema/).
 */
export const osvScanner: Format = {
  id: 'osv-scanner',
  name: 'OSV-Scanner',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.hasList('$.results') && (outline.has('$.results[].packages', '$.results[].source') || outline.has('$.experimental_config')),
      layout: {
        entries: ['$.results[].packages[].vulnerabilities[]'],
        context: ['$.results[].source', '$.results[].packages[].package', '$.results[].packages[].groups'],
      },
      read({ value, parents }) {
        const [source, holder] = parents.slice(-2);
        const id = textAt(value, 'id');
        const group = listAt(holder, 'groups').find((item) => textsAt(item, 'ids').includes(id ?? ''));
        const score = numberAt(group, 'max_severity');
        const name = textAt(holder, 'package', 'name');
        return {
          kind: 'vulnerability',
          rule: { id, helpUri: id && `https://osv.dev/vulnerability/${id}` },
          title: textAt(value, 'summary') ?? [id, name].filter(Boolean).join(' in '),
          description: textAt(value, 'details'),
          severity: textAt(value, 'database_specific', 'severity'),
          cvss: [...listAt(value, 'severity').map(readCvss), ...(score === undefined ? [] : [{ score, source: 'osv-scanner' }])],
          cwes: parseCwes(...textsAt(value, 'database_specific', 'cwe_ids')),
          aliases: parseVulnerabilityIds(id, ...textsAt(value, 'aliases')),
          package: {
            name,
            version: textAt(holder, 'package', 'version'),
            ecosystem: textAt(holder, 'package', 'ecosystem'),
            fixedVersions: readFixedVersions(value, name),
          },
          location: { path: textAt(source, 'source', 'path') },
          references: listAt(value, 'references').flatMap((reference) => textAt(reference, 'url') ?? []),
          publishedAt: textAt(value, 'published'),
        };
      },
    },
  ],
};

function readCvss(item: unknown): CvssScore {
  const vector = textAt(item, 'score');
  return {
    ...(vector !== undefined && { vector }),
    ...(textAt(item, 'type') === 'CVSS_V2' && { version: '2.0' }),
  };
}

function readFixedVersions(value: unknown, name: string | undefined): string[] {
  return listAt(value, 'affected')
    .filter((affected) => textAt(affected, 'package', 'name') === name)
    .flatMap((affected) => listAt(affected, 'ranges'))
    .flatMap((range) => listAt(range, 'events'))
    .flatMap((event) => textAt(event, 'fixed') ?? []);
}
