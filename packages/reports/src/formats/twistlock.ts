import { parseVulnerabilityIds } from '../parse-ids.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import { numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry, JsonObject } from '../reading/json-entry.ts';
import { splitList } from '../split-list.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Reports of Prisma Cloud Compute, once Twistlock: `twistcli images scan --output-file`, and the console's CSV of images. */
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
      form: 'csv',
      recognises: (outline) => outline.hasColumns('CVE ID', 'Compliance ID', 'Packages', 'Severity'),
      layout: { columns: ['CVE ID', 'Compliance ID', 'Packages'] },
      read: readRow,
    },
  ],
};

function readEntry({ path, value, parents }: JsonEntry): Draft {
  const image = parents.at(-1);
  return path.endsWith('.compliances[]') ? readCompliance(value, image) : readVulnerability(value, image);
}

function readVulnerability(value: unknown, image: JsonObject | undefined): Draft {
  const [id, name, link] = [textAt(value, 'id'), textAt(value, 'packageName'), textAt(value, 'link')];
  const status = textAt(value, 'status');
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: link },
    title: [id, name].filter(Boolean).join(' in '),
    description: textAt(value, 'description'),
    remedy: status,
    severity: textAt(value, 'severity'),
    cvss: [{ score: numberAt(value, 'cvss'), vector: textAt(value, 'vector') }],
    aliases: parseVulnerabilityIds(id),
    package: { name, version: textAt(value, 'packageVersion'), fixedVersions: readFixedVersions(status) },
    location: { path: textAt(value, 'packagePath') },
    asset: readAsset(textAt(image, 'name') ?? textAt(image, 'id')),
    references: link === undefined ? [] : [link],
    isKnownExploited: listRisks(value).includes('Exploit exists - in the wild'),
    foundAt: textAt(value, 'discoveredDate'),
    publishedAt: textAt(value, 'publishedDate'),
  };
}

/** A list of names, or an object with a member for each. */
function listRisks(value: unknown): readonly string[] {
  return Object.keys(objectAt(value, 'riskFactors') ?? {}).concat(textsAt(value, 'riskFactors'));
}

function readCompliance(value: unknown, image: JsonObject | undefined): Draft {
  const title = textAt(value, 'title');
  return {
    kind: 'misconfiguration',
    rule: { id: textAt(value, 'id') ?? title },
    title,
    description: textAt(value, 'description'),
    severity: textAt(value, 'severity'),
    asset: readAsset(textAt(image, 'name') ?? textAt(image, 'id')),
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
  const isVulnerability = id !== undefined || compliance === undefined;
  return {
    kind: isVulnerability ? 'vulnerability' : 'misconfiguration',
    rule: { id: id ?? compliance },
    title: isVulnerability ? [id, name].filter(Boolean).join(' in ') : (entry.field('Description') ?? entry.field('Type')),
    description: entry.field('Description'),
    remedy: status,
    severity: entry.field('Severity'),
    cvss: [{ score: score > 0 ? score : undefined }],
    aliases: parseVulnerabilityIds(id),
    package: { name, version: entry.field('Package Version'), fixedVersions: readFixedVersions(status) },
    asset: readAsset((image && tag ? `${image}:${tag}` : image) || entry.field('Id')),
    foundAt: entry.field('Discovered'),
    publishedAt: entry.field('Published'),
    identity: image,
  };
}

/** `fixed in 4.1.3, 4.0.9` */
function readFixedVersions(status: string | undefined): string[] {
  return splitList(/^fixed in (.+)$/i.exec(status ?? '')?.[1]);
}

function readAsset(name: string | undefined): Draft['asset'] {
  return name === undefined ? undefined : { type: 'image', name };
}
