import { parseVulnerabilityIds } from '../parse-ids.ts';
import { isTrueAt, lineAt, numberAt, objectAt, textAt } from '../reading/read-field.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format } from './format.ts';

/** Reports of Wiz: issues and vulnerabilities as CSV, and the JSON of `wizcli … --format json` (https://docs.wiz.io). */
export const wiz: Format = {
  id: 'wiz',
  name: 'Wiz',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.result', '$.status.verdict') &&
        (outline.has('$.result.osPackages') ||
          outline.has('$.result.libraries') ||
          outline.has('$.result.ruleMatches') ||
          outline.has('$.result.secrets')),
      layout: {
        entries: [
          '$.result.osPackages[].vulnerabilities[]',
          '$.result.libraries[].vulnerabilities[]',
          '$.result.ruleMatches[].matches[]',
          '$.result.secrets[]',
        ],
        context: [
          ...['osPackages', 'libraries'].flatMap((list) =>
            ['name', 'version', 'path', 'startLine'].map((name) => `$.result.${list}[].${name}`),
          ),
          ...['rule', 'severity'].map((name) => `$.result.ruleMatches[].${name}`),
        ],
      },
      read: readCommandLine,
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('Issue ID', 'Control ID', 'Title', 'Severity', 'Resource Type'),
      layout: { columns: ['Issue ID', 'Control ID', 'Title', 'Severity'] },
      read: readIssue,
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('WizURL', 'Name', 'DetailedName', 'FindingStatus'),
      layout: { columns: ['WizURL', 'Name', 'DetailedName', 'FindingStatus'] },
      read: readVulnerabilityRow,
    },
  ],
};

function readCommandLine({ path, value, parents }: JsonEntry): Draft {
  const holder = parents.at(-1);
  if (path.endsWith('.vulnerabilities[]')) return readVulnerability(value, holder);
  return path.endsWith('.secrets[]') ? readSecret(value) : readMatch(value, holder);
}

function readVulnerability(value: unknown, pkg: unknown): Draft {
  const id = textAt(value, 'name');
  const fixed = textAt(value, 'fixedVersion');
  const isIgnored = objectAt(value, 'ignoredPolicyMatches') !== undefined || isTrueAt(value, 'isIgnored');
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: textAt(value, 'source') },
    title: [id, textAt(pkg, 'name')].filter((text) => text !== undefined).join(' in '),
    description: textAt(value, 'description'),
    severity: textAt(value, 'severity'),
    cvss: [{ score: numberAt(value, 'score') }],
    aliases: parseVulnerabilityIds(id),
    package: { name: textAt(pkg, 'name'), version: textAt(pkg, 'version'), fixedVersions: fixed === undefined ? [] : [fixed] },
    location: { path: textAt(pkg, 'path'), line: lineAt(pkg, 'startLine') },
    isKnownExploited: isTrueAt(value, 'hasCisaKevExploit'),
    suppression: isIgnored ? { kind: 'suppressed' } : undefined,
  };
}

function readSecret(value: unknown): Draft {
  const type = textAt(value, 'type');
  return {
    kind: 'secret',
    rule: { id: type },
    title: textAt(value, 'description') ?? type,
    severity: textAt(value, 'severity'),
    location: { path: textAt(value, 'path'), line: lineAt(value, 'lineNumber') },
  };
}

function readMatch(value: unknown, match: unknown): Draft {
  return {
    kind: 'misconfiguration',
    rule: { id: textAt(match, 'rule', 'shortId') ?? textAt(match, 'rule', 'id') ?? textAt(match, 'rule', 'name') },
    title: textAt(match, 'rule', 'name'),
    description: textAt(value, 'found'),
    remedy: textAt(value, 'expected'),
    severity: textAt(match, 'severity'),
    location: { path: textAt(value, 'fileName'), line: lineAt(value, 'lineNumber'), resource: textAt(value, 'resourceName') },
  };
}

function readIssue(entry: CsvEntry): Draft {
  const account = entry.field('Subscription ID');
  return {
    kind: 'misconfiguration',
    rule: { id: entry.field('Control ID') },
    title: entry.field('Title'),
    description: entry.field('Description'),
    remedy: entry.field('Remediation Recommendation'),
    severity: entry.field('Severity'),
    location: {
      resource: entry.field('Resource external ID') ?? entry.field('Resource Name'),
      account,
      region: entry.field('Resource Region'),
    },
    asset: account === undefined ? undefined : { type: 'cloud', name: account },
    references: [entry.field('Wiz URL')].filter((text) => text !== undefined),
    suppression: readStatus(entry.field('Status'), entry.field('Resolution') ?? entry.field('Note')),
    foundAt: entry.field('Created At'),
    ownFingerprint: entry.field('Issue ID'),
  };
}

function readVulnerabilityRow(entry: CsvEntry): Draft {
  const id = entry.field('Name');
  const name = entry.field('DetailedName');
  const account = entry.field('SubscriptionExternalId') ?? entry.field('SubscriptionId');
  const asset = entry.field('AssetName');
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: entry.field('Link') },
    title: [id, name].filter((text) => text !== undefined).join(' in '),
    remedy: entry.field('Remediation'),
    severity: entry.field('VendorSeverity') ?? entry.field('CVSSSeverity'),
    aliases: parseVulnerabilityIds(id),
    package: {
      name,
      version: entry.field('Version'),
      fixedVersions: [entry.field('FixedVersion')].filter((text) => text !== undefined),
    },
    location: {
      path: entry.field('LocationPath'),
      resource: entry.field('ProviderUniqueId') ?? entry.field('AssetID'),
      account,
      region: entry.field('AssetRegion'),
    },
    asset: asset === undefined ? undefined : { type: 'host', name: asset },
    references: [entry.field('WizURL')].filter((text) => text !== undefined),
    isKnownExploited: entry.field('HasCisaKevExploit')?.toLowerCase() === 'true',
    suppression: readStatus(entry.field('FindingStatus'), entry.field('ResolutionReason')),
    foundAt: entry.field('FirstDetected'),
    ownFingerprint: entry.field('ID'),
  };
}

function readStatus(status: string | undefined, reason: string | undefined): Draft['suppression'] {
  const word = status?.toUpperCase();
  if (word === 'RESOLVED') return { kind: 'fixed', reason };
  return word === 'REJECTED' || word === 'IGNORED' ? { kind: 'suppressed', reason } : undefined;
}
