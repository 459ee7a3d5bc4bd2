import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { isTrueAt, numberAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import type { Draft, Format, Loose } from './format.ts';

/**
 * Black Duck's report "Security" of a version of a project, in CSV; its sheet of components, of which those against a policy count; and the
 * answer of its API, `GET /api/projects/{project}/versions/{version}/vulnerable-bom-components`.
 */
export const blackduck: Format = {
  id: 'blackduck',
  name: 'Black Duck',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.items[].vulnerabilityWithRemediation', '$.items[].componentName'),
      isToldByEntries: true,
      layout: { entries: ['$.items[]'] },
      read: readItem,
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('Vulnerability id', 'Security Risk', 'Remediation status', 'Base score'),
      layout: { columns: ['Vulnerability id', 'Security Risk', 'Remediation status'] },
      read: readVulnerability,
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('Component name', 'Component version name', 'Component policy status', 'License names'),
      layout: { columns: ['Component name', 'Component policy status', 'License names'] },
      read(entry) {
        const violates = entry.field('Component policy status') === 'In Violation';
        const risk = entry.field('License Risk');
        if (!violates && (risk === undefined || risk === 'OK')) return { skipped: 'component without risk' };
        const license = entry.field('License names');
        const pkg = readPackage(entry);
        return {
          // Some versions do not say what a license risks; a policy may be about other things.
          kind: risk === undefined ? 'quality' : 'license',
          rule: { id: risk === undefined ? 'policy-violation' : license },
          title: [violates ? 'Policy violation' : `License risk ${risk}`, license, pkg.name].filter(Boolean).join(': '),
          severity: risk,
          severityLabel: risk === 'OK' ? 'info' : undefined,
          package: pkg,
        };
      },
    },
  ],
};

function readVulnerability(entry: CsvEntry): Draft {
  const id = entry.field('Vulnerability id');
  const pkg = readPackage(entry);
  const url = entry.field('URL');
  const score = entry.field('Overall score') ?? entry.field('Base score');
  const vector = entry.field('CVSS Vector');
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: url },
    title: [id, pkg.name].filter(Boolean).join(' in '),
    description: entry.field('Description'),
    severity: entry.field('Security Risk'),
    // Which version of CVSS the score is of, the report does not say.
    cvss: [{ score: score === undefined ? undefined : Number(score), vector, source: entry.field('Vulnerability source') }],
    aliases: parseVulnerabilityIds(id, url),
    package: pkg,
    location: { path: entry.field('Path') },
    asset: readAsset(entry.field('Project path')),
    references: url === undefined ? [] : [url],
    publishedAt: entry.field('Published on'),
    suppression: readStatus(entry.field('Remediation status'), entry.field('Remediation comment')),
  };
}

function readItem({ value }: JsonEntry): Draft {
  const id = textAt(value, 'vulnerabilityWithRemediation', 'vulnerabilityName');
  const name = textAt(value, 'componentName');
  const related = textAt(value, 'vulnerabilityWithRemediation', 'relatedVulnerability')?.split('/').at(-1);
  return {
    kind: 'vulnerability',
    rule: { id },
    title: [id, name].filter(Boolean).join(' in '),
    description: textAt(value, 'vulnerabilityWithRemediation', 'description'),
    severity: textAt(value, 'vulnerabilityWithRemediation', 'severity'),
    cvss: [
      {
        score: numberAt(value, 'vulnerabilityWithRemediation', 'overallScore'),
        source: textAt(value, 'vulnerabilityWithRemediation', 'source'),
      },
    ],
    cwes: parseCwes(textAt(value, 'vulnerabilityWithRemediation', 'cweId')),
    aliases: parseVulnerabilityIds(id, related),
    package: {
      name,
      version: textAt(value, 'componentVersionName'),
      purl: textAt(value, 'packageUrl'),
      ecosystem: textAt(value, 'componentVersionOriginName'),
    },
    publishedAt: textAt(value, 'vulnerabilityWithRemediation', 'vulnerabilityPublishedDate'),
    suppression: isTrueAt(value, 'ignored')
      ? { kind: 'suppressed' }
      : readStatus(
          textAt(value, 'vulnerabilityWithRemediation', 'remediationStatus'),
          textAt(value, 'vulnerabilityWithRemediation', 'remediationComment'),
        ),
  };
}

function readPackage(entry: CsvEntry): Loose<NonNullable<Draft['package']>> {
  return {
    name: entry.field('Component name') ?? entry.field('Project name'),
    version: entry.field('Component version name') ?? entry.field('Version'),
    ecosystem: entry.field('Component origin name') ?? entry.field('Channel version origin') ?? entry.field('Origin name'),
  };
}

function readAsset(name: string | undefined): Draft['asset'] {
  return name === undefined ? undefined : { type: 'repository', name };
}

function readStatus(status: string | undefined, reason: string | undefined): Draft['suppression'] {
  switch (status) {
    case 'IGNORED':
      return { kind: 'accepted', reason };
    case 'NOT_AFFECTED':
      return { kind: 'not-affected', reason };
    case 'PATCHED':
    case 'MITIGATED':
    case 'REMEDIATION_COMPLETE':
      return { kind: 'fixed', reason };
    case 'DUPLICATE':
      return { kind: 'suppressed', reason };
    default:
      return undefined;
  }
}
