import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { numberAt, textAt, textsAt } from '../reading/read-field.ts';
import { splitList } from '../split-list.ts';
import type { Format, JsonVariant } from './format.ts';

/** Vulnerabilities that Harbor's API gives of an artifact, also below the media type of the report (https://github.com/goharbor/pluggable-scanner-spec). */
export const harbor: Format = {
  id: 'harbor',
  name: 'Harbor',
  variants: [variant('$'), variant('${}')],
};

function variant(root: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) =>
      outline.has(`${root}.vulnerabilities`, `${root}.generated_at`, `${root}.scanner.name`) ||
      (outline.has(`${root}.vulnerabilities[].package`, `${root}.vulnerabilities[].fix_version`) &&
        outline.hasList(`${root}.vulnerabilities[].links`)),
    layout: {
      entries: [`${root}.vulnerabilities[]`],
      context: [`${root}.scanner`, `${root}.generated_at`, `${root}.artifact`],
    },
    read({ value, parents }) {
      const report = parents.at(-1);
      const [id, name, fixed] = [textAt(value, 'id'), textAt(value, 'package'), textAt(value, 'fix_version')];
      const links = textsAt(value, 'links');
      const image = textAt(report, 'artifact', 'repository') ?? textAt(value, 'artifact_digests', 0);
      return {
        kind: 'vulnerability',
        rule: { id, helpUri: links[0] },
        title: [id, name].filter(Boolean).join(' in '),
        description: textAt(value, 'description'),
        severity: textAt(value, 'severity'),
        cvss: [
          { score: numberAt(value, 'preferred_cvss', 'score_v3'), vector: textAt(value, 'preferred_cvss', 'vector_v3') },
          { version: '2.0', score: numberAt(value, 'preferred_cvss', 'score_v2'), vector: textAt(value, 'preferred_cvss', 'vector_v2') },
        ],
        cwes: parseCwes(...textsAt(value, 'cwe_ids')),
        aliases: parseVulnerabilityIds(id),
        package: { name, version: textAt(value, 'version'), fixedVersions: splitList(fixed) },
        location: { layer: textAt(value, 'layer', 'digest') },
        asset: image === undefined ? undefined : { type: 'image', name: image },
        references: links,
        foundAt: textAt(report, 'generated_at'),
        tool: { name: textAt(report, 'scanner', 'name'), version: textAt(report, 'scanner', 'version') },
      };
    },
  };
}
