import { parseVulnerabilityIds } from '../parse-ids.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import { findInList } from '../reading/find-in-list.ts';
import { listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry, JsonObject } from '../reading/json-entry.ts';
import { splitList } from '../split-list.ts';
import type { Draft, Format, JsonVariant, Reading } from './format.ts';

/**
 * Reports of Prisma Cloud Compute, once Twistlock: `twistcli images scan --output-file`, `twistcli coderepo scan`, what its API says of scans,
 * and the console's CSV of images and hosts.
 */
export const twistlock: Format = {
  id: 'twistlock',
  name: 'Prisma Cloud',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.results[].vulnerabilityDistribution') || outline.has('$.results[].complianceDistribution', '$.results[].id'),
      layout: {
        entries: ['$.results[].vulnerabilities[]', '$.results[].compliances[]'],
        context: ['id', 'name', 'scanTime'].map((name) => `$.results[].${name}`),
      },
      read: readEntry,
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.repository', '$.vulnerabilityDistribution', '$.complianceDistribution'),
      layout: { entries: ['$.vulnerabilities[]', '$.complianceIssues[]'], context: ['$.repository', '$.packages', '$.scanTime'] },
      read: readEntry,
    },
    scans(['results[].vulnerabilities', 'results[].compliances'], ['entityInfo']),
    scans(['entityInfo.vulnerabilities', 'entityInfo.complianceIssues'], ['entityInfo.name', 'entityInfo.id']),
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('CVE ID', 'Compliance ID', 'Packages', 'Severity'),
      layout: { columns: ['CVE ID', 'Compliance ID', 'Packages'] },
      read: readRow,
    },
  ],
};

/** A list of scans, each of which says what was scanned in its `entityInfo`. */
function scans(lists: readonly string[], context: readonly string[]): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => outline.has('$[].entityInfo') && lists.some((list) => outline.hasList(`$[].${list}`)),
    layout: { entries: lists.map((list) => `$[].${list}[]`), context: context.map((name) => `$[].${name}`) },
    read: readEntry,
  };
}

function readEntry({ path, value, parents }: JsonEntry): Draft {
  const scan = objectAt(parents[0], 'entityInfo') ?? parents.findLast((parent) => Object.keys(parent).length > 0);
  return /\.compliance[^.]*$/.test(path) ? readCompliance(value, scan) : readVulnerability(value, scan);
}

function readVulnerability(value: unknown, scan: JsonObject | undefined): Draft {
  const [name, version, link] = [textAt(value, 'packageName'), textAt(value, 'packageVersion'), textAt(value, 'link')];
  // The API has a number for the kind of check in its place.
  const id = textAt(value, 'cve') ?? textAt(value, 'id');
  const holder = findInList(listAt(scan, 'packages'), toPackageKey(name, version), (item) =>
    toPackageKey(textAt(item, 'name'), textAt(item, 'version')),
  );
  const status = textAt(value, 'status');
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: link },
    title: [id, name].filter(Boolean).join(' in '),
    description: textAt(value, 'description'),
    remedy: describeFix(status),
    severity: textAt(value, 'severity'),
    cvss: [{ score: numberAt(value, 'cvss'), vector: textAt(value, 'vector') ?? textAt(value, 'vecStr') }],
    aliases: parseVulnerabilityIds(id),
    package: { name, version, ecosystem: textAt(holder, 'type'), fixedVersions: readFixedVersions(status) },
    location: { path: textAt(value, 'packagePath') ?? textAt(holder, 'path') },
    asset: readScanned(scan),
    references: link === undefined ? [] : [link],
    isKnownExploited: listRisks(value).includes('Exploit exists - in the wild'),
    foundAt: textAt(value, 'discoveredDate'),
    publishedAt: textAt(value, 'publishedDate'),
  };
}

/** A list of names, or an object with a member for each. */
function toPackageKey(name: string | undefined, version: string | undefined): string {
  return JSON.stringify([name, version]);
}

function listRisks(value: unknown): readonly string[] {
  return Object.keys(objectAt(value, 'riskFactors') ?? {}).concat(textsAt(value, 'riskFactors'));
}

function readCompliance(value: unknown, scan: JsonObject | undefined): Draft {
  const title = textAt(value, 'title');
  return {
    kind: 'misconfiguration',
    rule: { id: textAt(value, 'id') ?? title },
    title,
    description: textAt(value, 'description'),
    severity: textAt(value, 'severity'),
    asset: readScanned(scan),
    // Its cause may name what is secret, so it is no part of what is shown.
    identity: textAt(value, 'cause'),
  };
}

function readRow(entry: CsvEntry): Reading {
  const id = entry.field('CVE ID');
  const compliance = entry.field('Compliance ID');
  const name = entry.field('Packages') ?? entry.field('Source Package');
  const score = Number(entry.field('CVSS') ?? Number.NaN);
  const status = entry.field('Fix Status');
  const image = [entry.field('Registry'), entry.field('Repository')].filter(Boolean).join('/');
  const tag = entry.field('Tag');
  const host = entry.field('Hostname');
  const link = entry.field('Vulnerability Link');
  const isVulnerability = id !== undefined || compliance === undefined;
  return {
    kind: isVulnerability ? 'vulnerability' : 'misconfiguration',
    rule: { id: id ?? compliance, helpUri: link },
    title: isVulnerability ? [id, name].filter(Boolean).join(' in ') : (entry.field('Description') ?? entry.field('Type')),
    description: entry.field('Description'),
    remedy: describeFix(status),
    severity: entry.field('Severity'),
    cvss: [{ score: score > 0 ? score : undefined }],
    aliases: parseVulnerabilityIds(id),
    package: { name, version: entry.field('Package Version'), fixedVersions: readFixedVersions(status) },
    location: { host },
    asset: readAsset((image && tag ? `${image}:${tag}` : image) || entry.field('Id')) ?? readAsset(host, 'host'),
    references: link === undefined ? [] : [link],
    foundAt: entry.field('Discovered'),
    publishedAt: entry.field('Published'),
    identity: image,
  };
}

/** `fixed in 4.1.3, 4.0.9` */
function readFixedVersions(status: string | undefined): string[] {
  return splitList(/^fixed in (.+)$/i.exec(status ?? '')?.[1]);
}

/** Most states of a fix say only that there is none yet. */
function describeFix(status: string | undefined): string | undefined {
  return /^(?:affected|needed|open|vulnerable)$/i.test(status ?? '') ? undefined : status;
}

function readScanned(scan: JsonObject | undefined): Draft['asset'] {
  return readAsset(textAt(scan, 'repository'), 'repository') ?? readAsset(textAt(scan, 'name') ?? textAt(scan, 'id'));
}

function readAsset(name: string | undefined, type: NonNullable<Draft['asset']>['type'] = 'image'): Draft['asset'] {
  return name === undefined ? undefined : { type, name };
}
