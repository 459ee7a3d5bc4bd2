import type { ReportedFinding } from '@deployguard/findings';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, numberAt, objectAt, textAt } from '../reading/read-field.ts';
import type { Draft, Format, JsonVariant } from './format.ts';

/**
 * Findings of Google Cloud Security Command Center: `gcloud scc findings list --format json`, answers of its API and notifications
 * (https://cloud.google.com/security-command-center/docs/reference/rest/v2/organizations.sources.findings).
 */
export const gcpSecurityCommandCenter: Format = {
  id: 'gcp-security-command-center',
  name: 'Google Security Command Center',
  variants: [variant('$[]'), variant('$.listFindingsResults[]'), variant('$')],
};

function variant(entry: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) =>
      outline.has(`${entry}.finding.category`, `${entry}.finding.name`) &&
      outline.matches(`${entry}.finding.name`, /^(?:organizations|folders|projects)\/[^/]+\/sources\//),
    layout: { entries: [entry] },
    read: ({ value }) => readResult(value),
  };
}

const kinds: ReadonlyMap<string, ReportedFinding['kind']> = new Map([
  ['VULNERABILITY', 'vulnerability'],
  ['THREAT', 'weakness'],
]);

function readResult(value: unknown): Draft {
  const finding = objectAt(value, 'finding');
  const category = textAt(finding, 'category');
  const cve = objectAt(finding, 'vulnerability', 'cve');
  const pkg = objectAt(finding, 'vulnerability', 'offendingPackage');
  const resource = textAt(finding, 'resourceName') ?? textAt(value, 'resource', 'name');
  const project = textAt(value, 'resource', 'projectDisplayName') ?? textAt(value, 'resource', 'gcpMetadata', 'projectDisplayName');
  const account = project ?? /\/projects\/([^/]+)/.exec(resource ?? '')?.[1];
  return {
    kind: kinds.get(textAt(finding, 'findingClass') ?? '') ?? 'misconfiguration',
    rule: { id: category, helpUri: textAt(finding, 'externalUri') },
    title: textAt(cve, 'id') === undefined ? category : `${textAt(cve, 'id')} (${category})`,
    description: textAt(finding, 'description') ?? textAt(finding, 'sourceProperties', 'Explanation'),
    remedy: textAt(finding, 'nextSteps') ?? textAt(finding, 'sourceProperties', 'Recommendation'),
    severity: textAt(finding, 'severity'),
    cvss: [{ version: '3.0', score: numberAt(cve, 'cvssv3', 'baseScore') }],
    aliases: parseVulnerabilityIds(textAt(cve, 'id')),
    package: {
      name: textAt(pkg, 'packageName'),
      version: textAt(pkg, 'packageVersion'),
      ecosystem: textAt(pkg, 'packageType'),
      fixedVersions: [textAt(finding, 'vulnerability', 'fixedPackage', 'packageVersion')].filter((text) => text !== undefined),
    },
    location: { resource, account, region: textAt(value, 'resource', 'location') },
    asset: account === undefined ? undefined : { type: 'cloud', name: account },
    references: listAt(cve, 'references').flatMap((reference) => textAt(reference, 'uri') ?? []),
    suppression: readSuppression(finding),
    foundAt: textAt(finding, 'createTime') ?? textAt(finding, 'eventTime'),
    ownFingerprint: textAt(finding, 'canonicalName') ?? textAt(finding, 'name'),
  };
}

function readSuppression(finding: unknown): Draft['suppression'] {
  if (textAt(finding, 'state') === 'INACTIVE') return { kind: 'fixed' };
  return textAt(finding, 'mute') === 'MUTED' ? { kind: 'suppressed' } : undefined;
}
