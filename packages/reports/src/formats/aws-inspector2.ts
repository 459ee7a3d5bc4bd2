import type { CvssScore, Severity } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { lineAt, listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Draft, Format, JsonVariant, Loose } from './format.ts';

/** Findings of Amazon Inspector: `aws inspector2 list-findings` and exports (https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html). */
export const awsInspector2: Format = {
  id: 'aws-inspector2',
  name: 'Amazon Inspector',
  variants: [variant('$.findings[]'), variant('$[]'), variant('$')],
};

function variant(entry: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => outline.matches(`${entry}.findingArn`, /^arn:[\w-]+:inspector2:/),
    layout: { entries: [entry] },
    read: ({ value }) => readInspectorFinding(value),
  };
}

const labels: ReadonlyMap<string, Severity> = new Map([['INFORMATIONAL', 'info']]);

export function readInspectorFinding(value: unknown): Draft {
  const details = objectAt(value, 'packageVulnerabilityDetails');
  const code = objectAt(value, 'codeVulnerabilityDetails');
  const network = objectAt(value, 'networkReachabilityDetails');
  const resource = objectAt(value, 'resources', 0);
  const packages = listAt(details, 'vulnerablePackages');
  const [pkg] = packages;
  const id = textAt(details, 'vulnerabilityId') ?? textAt(code, 'ruleId') ?? textAt(code, 'detectorId');
  const severity = textAt(value, 'severity');
  const port = numberAt(network, 'openPortRange', 'begin');
  const epss = numberAt(value, 'epss', 'score');
  return {
    kind: details ? 'vulnerability' : code ? 'weakness' : 'misconfiguration',
    rule: { id: id ?? textAt(value, 'type'), name: textAt(code, 'detectorName'), helpUri: textAt(details, 'sourceUrl') },
    title: textAt(value, 'title'),
    description: describe(textAt(value, 'description'), packages),
    remedy: readRemedy(value, pkg),
    severity,
    severityLabel: labels.get(severity ?? ''),
    cvss: readScores(value, details),
    cwes: parseCwes(...textsAt(details, 'cwes'), ...textsAt(code, 'cwes')),
    aliases: parseVulnerabilityIds(id, ...textsAt(details, 'relatedVulnerabilities')),
    package: {
      name: textAt(pkg, 'name'),
      version: textAt(pkg, 'version'),
      ecosystem: textAt(pkg, 'packageManager'),
      fixedVersions: [textAt(pkg, 'fixedInVersion')].filter((text) => text !== undefined && text !== 'NotAvailable') as string[],
    },
    location: {
      path: textAt(pkg, 'filePath') ?? textAt(code, 'filePath', 'filePath') ?? textAt(code, 'filePath', 'fileName'),
      line: lineAt(code, 'filePath', 'startLine'),
      endLine: lineAt(code, 'filePath', 'endLine'),
      resource: textAt(resource, 'id'),
      account: textAt(value, 'awsAccountId'),
      region: textAt(resource, 'region'),
      layer: textAt(pkg, 'sourceLayerHash'),
      port: port !== undefined && port > 0 ? port : undefined,
      protocol: textAt(network, 'protocol')?.toLowerCase(),
    },
    asset: readAsset(resource, textAt(value, 'awsAccountId')),
    references: [...textsAt(details, 'referenceUrls'), ...textsAt(code, 'referenceUrls')],
    epss: epss === undefined ? undefined : { score: epss },
    // Inspector says "closed" of what is remedied, and "suppressed" of what a rule hides.
    suppression: suppressions.get(textAt(value, 'status') ?? ''),
    foundAt: textAt(value, 'firstObservedAt'),
    publishedAt: textAt(details, 'vendorCreatedAt'),
    ownFingerprint: textAt(value, 'findingArn'),
  };
}

const suppressions: ReadonlyMap<string, Draft['suppression']> = new Map([
  ['CLOSED', { kind: 'fixed' }],
  ['SUPPRESSED', { kind: 'suppressed' }],
]);

/** All packages stand in the description when there are several. */
function describe(text: string | undefined, packages: readonly unknown[]): string | undefined {
  if (packages.length < 2) return text;
  const lines = packages.map((pkg) => [textAt(pkg, 'name'), textAt(pkg, 'version')].filter((part) => part !== undefined).join(' '));
  return [text, `Packages:\n${lines.join('\n')}`].filter((part) => part !== undefined).join('\n\n');
}

function readRemedy(value: unknown, pkg: unknown): string | undefined {
  const text = textAt(value, 'remediation', 'recommendation', 'text');
  return text === undefined || text === 'None Provided' ? textAt(pkg, 'remediation') : text;
}

function readScores(value: unknown, details: unknown): Loose<CvssScore>[] {
  const adjusted = objectAt(value, 'inspectorScoreDetails', 'adjustedCvss');
  const own = adjusted && [toScore(adjusted, 'score', 'Amazon Inspector')];
  return [...listAt(details, 'cvss').map((cvss) => toScore(cvss, 'baseScore', textAt(cvss, 'source'))), ...(own ?? [])];
}

function toScore(cvss: unknown, member: string, source: string | undefined): Loose<CvssScore> {
  const version = textAt(cvss, 'version');
  return {
    version: (['2.0', '3.0', '3.1', '4.0'] as const).find((known) => known === version),
    score: numberAt(cvss, member),
    vector: textAt(cvss, 'scoringVector'),
    source,
  };
}

function readAsset(resource: unknown, account: string | undefined): Draft['asset'] {
  const image = objectAt(resource, 'details', 'awsEcrContainerImage');
  const repository = textAt(image, 'repositoryName');
  if (repository !== undefined) {
    const tag = textAt(image, 'imageTags', 0);
    return { type: 'image', name: tag === undefined ? repository : `${repository}:${tag}` };
  }
  if (textAt(resource, 'type') === 'AWS_EC2_INSTANCE') return { type: 'host', name: textAt(resource, 'id') ?? 'unknown' };
  return account === undefined ? undefined : { type: 'cloud', name: account };
}
