import type { CvssScore, ReportedFinding } from '@deployguard/findings';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import { splitList } from '../split-list.ts';
import type { Draft, Format, JsonVariant, Loose, Reading } from './format.ts';

/**
 * Findings in the AWS Security Finding Format, of Security Hub and of whoever writes it:
 * `aws securityhub get-findings`, events, lists of findings (https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html).
 */
export const awsSecurityHub: Format = {
  id: 'aws-security-hub',
  name: 'AWS Security Hub',
  variants: [variant('$.Findings[]'), variant('$.findings[]'), variant('$.detail.findings[]'), variant('$[]'), variant('$')],
};

function variant(entry: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => outline.has(`${entry}.ProductArn`, `${entry}.GeneratorId`),
    layout: { entries: [entry] },
    read: ({ value }) => readFinding(value),
  };
}

function readFinding(value: unknown): Reading {
  const compliance = textAt(value, 'Compliance', 'Status');
  if (compliance === 'PASSED') return { skipped: 'passed check' };
  if (compliance === 'NOT_AVAILABLE') return { skipped: 'check without result' };
  const resource = objectAt(value, 'Resources', 0);
  const vulnerability = objectAt(value, 'Vulnerabilities', 0);
  const pkg = objectAt(vulnerability, 'VulnerablePackages', 0);
  // Trivy's template has the vulnerability among the details of what it is in.
  const details = objectAt(resource, 'Details', 'Other');
  const id = textAt(vulnerability, 'Id') ?? textAt(details, 'CVE ID');
  const title = textAt(value, 'Title');
  const account = textAt(value, 'AwsAccountId');
  const port = numberAt(value, 'Network', 'DestinationPort');
  const fixed = textAt(pkg, 'FixedInVersion');
  const epss = numberAt(vulnerability, 'EpssScore');
  return {
    kind: chooseKind(value),
    rule: {
      id: textAt(value, 'Compliance', 'SecurityControlId') ?? id ?? textAt(value, 'GeneratorId'),
      helpUri: textAt(value, 'Remediation', 'Recommendation', 'Url'),
    },
    title,
    description: describe(textAt(value, 'Description'), listAt(value, 'Resources')),
    remedy: textAt(value, 'Remediation', 'Recommendation', 'Text'),
    severity: textAt(value, 'Severity', 'Label') ?? textAt(value, 'FindingProviderFields', 'Severity', 'Label'),
    cvss: [
      ...listAt(vulnerability, 'Cvss').map(readCvss),
      { source: 'NVD', score: numberAt(details, 'NvdCvssScoreV3'), vector: textAt(details, 'NvdCvssVectorV3') },
      { source: 'NVD', version: '2.0', score: numberAt(details, 'NvdCvssScoreV2'), vector: textAt(details, 'NvdCvssVectorV2') },
    ],
    aliases: parseVulnerabilityIds(id, title, ...textsAt(vulnerability, 'RelatedVulnerabilities')),
    package: {
      name: textAt(pkg, 'Name') ?? textAt(details, 'PkgName'),
      version: textAt(pkg, 'Version') ?? textAt(details, 'Installed Package'),
      ecosystem: textAt(pkg, 'PackageManager'),
      fixedVersions: fixed === undefined || fixed === 'NotAvailable' ? splitList(textAt(details, 'Patched Package')) : [fixed],
    },
    location: {
      path: textAt(pkg, 'FilePath'),
      resource: textAt(resource, 'Id'),
      account,
      region: textAt(resource, 'Region') ?? textAt(value, 'Region'),
      port: port !== undefined && port > 0 ? port : undefined,
    },
    asset: account === undefined ? undefined : { type: 'cloud', name: account },
    references: [textAt(value, 'SourceUrl'), ...textsAt(vulnerability, 'ReferenceUrls')].filter((text) => text !== undefined),
    epss: epss === undefined ? undefined : { score: epss },
    suppression: readSuppression(value),
    foundAt: textAt(value, 'FirstObservedAt') ?? textAt(value, 'CreatedAt'),
    // Unique and lasting within a product, says the format.
    ownFingerprint: textAt(value, 'Id') === undefined ? undefined : `${textAt(value, 'ProductArn')} ${textAt(value, 'Id')}`,
    tool: { name: textAt(value, 'ProductName') ?? textAt(value, 'ProductFields', 'aws/securityhub/ProductName') },
  };
}

/** By the namespace of its type: `Software and Configuration Checks/Vulnerabilities/CVE`. */
function chooseKind(value: unknown): ReportedFinding['kind'] {
  const types = [...textsAt(value, 'Types'), ...textsAt(value, 'FindingProviderFields', 'Types')];
  if (objectAt(value, 'Vulnerabilities', 0) || types.some((type) => type.includes('/Vulnerabilities'))) return 'vulnerability';
  if (types.some((type) => /^(?:TTPs|Effects|Unusual Behaviors)\b/.test(type))) return 'weakness';
  return 'misconfiguration';
}

/** Further resources stand in the description. */
function describe(text: string | undefined, resources: readonly unknown[]): string | undefined {
  const names = resources.map((resource) => textAt(resource, 'Id')).filter((name) => name !== undefined);
  return [text, names.length > 1 ? `Resources:\n${names.join('\n')}` : undefined].filter((part) => part !== undefined).join('\n\n');
}

function readCvss(cvss: unknown): Loose<CvssScore> {
  const version = textAt(cvss, 'Version');
  return {
    version: (['2.0', '3.0', '3.1', '4.0'] as const).find((known) => known === version),
    score: numberAt(cvss, 'BaseScore'),
    vector: textAt(cvss, 'BaseVector'),
    source: textAt(cvss, 'Source'),
  };
}

function readSuppression(value: unknown): Draft['suppression'] {
  const workflow = textAt(value, 'Workflow', 'Status');
  const reason = textAt(value, 'Note', 'Text');
  if (workflow === 'SUPPRESSED') return { kind: 'suppressed', reason };
  // What is archived was not seen again by its product, or its resource is gone.
  if (workflow === 'RESOLVED' || textAt(value, 'RecordState') === 'ARCHIVED') return { kind: 'fixed', reason };
  return undefined;
}
