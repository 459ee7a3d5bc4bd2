import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, numberAt, objectAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Reports on an application by Sonatype Lifecycle (Nexus IQ): `GET /api/v2/applications/{app}/reports/{id}/raw`. */
export const sonatypeIq: Format = {
  id: 'sonatype-iq',
  name: 'Sonatype Lifecycle',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.components', '$.matchSummary') || outline.has('$.components[].componentIdentifier', '$.components[].securityData'),
      layout: { entries: ['$.components[]'] },
      read: readComponent,
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].componentIdentifier', '$[].securityData', '$[].licenseData'),
      layout: { entries: ['$[]'] },
      read: readComponent,
    },
  ],
};

function readComponent({ value }: JsonEntry): Reading | Reading[] {
  const issues = listAt(value, 'securityData', 'securityIssues');
  const coordinates = objectAt(value, 'componentIdentifier', 'coordinates');
  const group = textAt(coordinates, 'groupId');
  const artifact = textAt(coordinates, 'artifactId') ?? textAt(coordinates, 'packageId') ?? textAt(coordinates, 'name');
  const name = [group, artifact].filter(Boolean).join('/') || textAt(value, 'displayName') || textAt(value, 'hash');
  if (issues.length === 0 && name !== undefined) return { skipped: 'component without vulnerabilities' };
  return issues.map((issue): Draft => {
    const id = textAt(issue, 'reference');
    const url = textAt(issue, 'url');
    const severity = textAt(issue, 'threatCategory');
    return {
      kind: 'vulnerability',
      rule: { id, helpUri: url },
      title: [id, name].filter(Boolean).join(' in '),
      severity,
      severityLabel: severity === 'severe' ? 'high' : undefined,
      cvss: [{ score: numberAt(issue, 'severity'), vector: textAt(issue, 'cvssVector'), source: textAt(issue, 'source') }],
      cwes: parseCwes(textAt(issue, 'cwe')),
      aliases: parseVulnerabilityIds(id),
      package: {
        name,
        version: textAt(coordinates, 'version'),
        purl: textAt(value, 'packageUrl'),
        ecosystem: textAt(value, 'componentIdentifier', 'format'),
      },
      location: { path: textAt(value, 'pathnames', 0) },
      references: url === undefined ? [] : [url],
      suppression: readStatus(textAt(issue, 'status')),
    };
  });
}

function readStatus(status: string | undefined): Draft['suppression'] {
  if (status === 'Not Applicable') return { kind: 'not-affected', reason: status };
  return status === 'Acknowledged' ? { kind: 'accepted', reason: status } : undefined;
}
