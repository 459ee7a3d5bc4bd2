import { findAddresses } from '../find-addresses.ts';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { isTrueAt, listAt, numberAt, objectAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format } from './format.ts';

/**
 * Findings of a project in OWASP Dependency-Track: its Finding Packaging Format (https://docs.dependencytrack.org/file-formats/), and the list
 * that its API answers (`/api/v1/finding/project/…`).
 */
export const dependencyTrack: Format = {
  id: 'dependency-track',
  name: 'Dependency-Track',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.matches('$.meta.application', /^Dependency-Track$/i) && outline.has('$.project'),
      layout: { entries: ['$.findings[]'], context: ['$.project', '$.meta'] },
      read: readFinding,
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].component', '$[].vulnerability.vulnId', '$[].matrix'),
      layout: { entries: ['$[]'] },
      read: readFinding,
    },
  ],
};

function readFinding({ value, parents: [root] }: JsonEntry): Draft {
  const vulnerability = objectAt(value, 'vulnerability');
  const id = textAt(vulnerability, 'vulnId');
  const name = [textAt(value, 'component', 'group'), textAt(value, 'component', 'name')].filter(Boolean).join('/');
  const project = [
    textAt(root, 'project', 'name') ?? textAt(value, 'component', 'projectName'),
    textAt(root, 'project', 'version') ?? textAt(value, 'component', 'projectVersion'),
  ]
    .filter(Boolean)
    .join(' ');
  const epss = numberAt(vulnerability, 'epssScore');
  const percentile = numberAt(vulnerability, 'epssPercentile');
  const cwes = listAt(vulnerability, 'cwes').map((cwe) => textAt(cwe, 'cweId'));
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: textAt(value, 'attribution', 'referenceUrl') },
    title: textAt(vulnerability, 'title') ?? [id, name].filter(Boolean).join(' in '),
    description: textAt(vulnerability, 'description'),
    remedy: textAt(vulnerability, 'recommendation'),
    severity: textAt(vulnerability, 'severity'),
    cvss: [
      { version: '2.0', score: numberAt(vulnerability, 'cvssV2BaseScore'), vector: textAt(vulnerability, 'cvssV2Vector') },
      { version: '3.0', score: numberAt(vulnerability, 'cvssV3BaseScore'), vector: textAt(vulnerability, 'cvssV3Vector') },
      { version: '4.0', score: numberAt(vulnerability, 'cvssV4Score'), vector: textAt(vulnerability, 'cvssV4Vector') },
    ],
    cwes: parseCwes(...cwes, textAt(vulnerability, 'cweId')),
    aliases: parseVulnerabilityIds(
      id,
      ...listAt(vulnerability, 'aliases').flatMap((alias) => Object.values(objectAt(alias) ?? {}).map((text) => textAt(text))),
    ),
    package: {
      name: name || undefined,
      version: textAt(value, 'component', 'version'),
      purl: textAt(value, 'component', 'purl'),
    },
    asset: project === '' ? undefined : { type: 'repository', name: project },
    references: findAddresses(textAt(vulnerability, 'references')?.replaceAll('](', ' ')),
    epss: epss === undefined ? undefined : { score: epss, ...(percentile !== undefined && { percentile }) },
    suppression: readAnalysis(value),
    foundAt: textAt(value, 'attribution', 'attributedOn'),
    publishedAt: textAt(vulnerability, 'published'),
    tool: { version: textAt(root, 'meta', 'version') },
  };
}

function readAnalysis(value: unknown): Draft['suppression'] {
  switch (textAt(value, 'analysis', 'state')) {
    case 'FALSE_POSITIVE':
      return { kind: 'false-positive' };
    case 'NOT_AFFECTED':
      return { kind: 'not-affected' };
    case 'RESOLVED':
      return { kind: 'fixed' };
    default:
      return isTrueAt(value, 'analysis', 'isSuppressed') ? { kind: 'suppressed' } : undefined;
  }
}
