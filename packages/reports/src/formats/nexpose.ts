import type { Severity } from '@deployguard/findings';
import { findAddresses } from '../find-addresses.ts';
import { hidePasswords } from '../hide-passwords.ts';
import { joinTexts } from '../join-texts.ts';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePort } from '../parse-port.ts';
import { findInTable } from '../reading/find-in-table.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childAt, childrenAt, childTexts, deepText } from '../reading/xml-element.ts';
import { stripMarkup } from '../strip-markup.ts';
import type { Draft, Format, Reading, Skipped } from './format.ts';

const definitions = '/NexposeReport/VulnerabilityDefinitions/vulnerability';

const columns = ['Asset IP Address', 'Vulnerability ID', 'Vulnerability Test Result Code'];
const devices = '/NeXposeSimpleXML/devices/device';

/**
 * Reports of Rapid7 Nexpose and InsightVM: "XML Export 2.0", "Simple XML Export" and "Basic Vulnerability Check Results (CSV)", to which users
 * add columns (https://docs.rapid7.com/insightvm/understanding-report-content/).
 */
export const nexpose: Format = {
  id: 'nexpose',
  name: 'Nexpose',
  variants: [
    {
      form: 'xml',
      recognises: ({ root }) => root === 'NexposeReport',
      layout: {
        entries: ['/NexposeReport/nodes/node/tests/test', '/NexposeReport/nodes/node/endpoints/endpoint/services/service/tests/test'],
        context: ['/NexposeReport/nodes/node/names'],
        tables: [definitions],
      },
      read: readTest,
    },
    {
      form: 'xml',
      recognises: ({ root }) => root === 'NeXposeSimpleXML',
      layout: { entries: [`${devices}/vulnerabilities/vulnerability`, `${devices}/services/service/vulnerabilities/vulnerability`] },
      read: readSimple,
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns(...columns),
      layout: { columns },
      read: readRow,
    },
  ],
};

function readTest({ element, parents, tables }: XmlEntry): Reading {
  const status = attributeOf(element, 'status') ?? '';
  if (!/^(?:exception-|overridden-)?(?:vulnerable|potential)/.test(status)) return { skipped: 'test without finding' };
  const [, , node, , endpoint] = parents;
  const id = attributeOf(element, 'id')?.toLowerCase();
  const definition = findInTable(tables.get(definitions), id, (candidate) => attributeOf(candidate, 'id')?.toLowerCase());
  const severity = attributeOf(definition, 'severity');
  const references = childrenAt(definition, 'references', 'reference');
  const address = attributeOf(node, 'address');
  const [name] = childTexts(node, 'names', 'name');
  const port = endpoint?.name === 'endpoint' ? endpoint : undefined;
  return {
    kind: 'vulnerability',
    rule: { id },
    title: attributeOf(definition, 'title') ?? id,
    description: joinTexts(deepText(childAt(definition, 'description')), hidePasswords(deepText(element))),
    remedy: deepText(childAt(definition, 'solution')),
    severity,
    severityLabel: rate(Number(severity ?? Number.NaN)),
    cvss: [
      {
        version: '2.0',
        score: Number(attributeOf(definition, 'cvssScore') ?? Number.NaN),
        vector: attributeOf(definition, 'cvssVector')?.replaceAll(/[()]/g, ''),
      },
      { score: Number(attributeOf(definition, 'cvssV3Score') ?? Number.NaN), vector: attributeOf(definition, 'cvssV3Vector') },
    ],
    cwes: parseCwes(
      ...references
        .filter((reference) => attributeOf(reference, 'source') === 'CWE')
        .map(({ text }) => `CWE-${text.trim().replace(/^CWE-/i, '')}`),
    ),
    aliases: parseVulnerabilityIds(...references.map(({ text }) => text)),
    ...describePlace(address, name, attributeOf(port, 'port'), attributeOf(port, 'protocol')),
    references: [
      ...references.flatMap(({ text }) => findAddresses(text)),
      ...childrenAt(definition, 'exploits', 'exploit').flatMap((exploit) => findAddresses(attributeOf(exploit, 'link'))),
    ],
    suppression: status.startsWith('exception-') ? { kind: 'accepted', reason: status } : undefined,
    foundAt: parseTime(attributeOf(element, 'vulnerable-since')),
    publishedAt: parseTime(attributeOf(definition, 'published')),
    identity: [id, attributeOf(element, 'key')].join(' '),
  };
}

/** Says of a vulnerability no more than its id and what else it is called. */
function readSimple({ element, parents }: XmlEntry): Reading {
  const code = attributeOf(element, 'resultCode');
  const skipped = judge(code);
  if (skipped) return skipped;
  const [, , device] = parents;
  const service = parents.find(({ name }) => name === 'service');
  const id = attributeOf(element, 'id');
  const address = attributeOf(device, 'address');
  const names = childTexts(element, 'id');
  return {
    kind: 'vulnerability',
    rule: { id: id?.toLowerCase() },
    title: id,
    aliases: parseVulnerabilityIds(...names),
    ...describePlace(address, undefined, attributeOf(service, 'port'), attributeOf(service, 'protocol')),
    references: findAddresses(...names),
    suppression: readException(code),
    identity: attributeOf(service, 'name') ?? '',
  };
}

function readRow(entry: CsvEntry): Reading {
  const code = entry.field('Vulnerability Test Result Code');
  const skipped = judge(code);
  if (skipped) return skipped;
  const id = entry.field('Vulnerability ID')?.toLowerCase();
  const severity = entry.field('Vulnerability Severity Level');
  const [name] = entry.field('Asset Names')?.split(/[,;\s]+/) ?? [];
  const references = entry.field('Vulnerability Reference IDs');
  return {
    kind: 'vulnerability',
    rule: { id },
    title: entry.field('Vulnerability Title') ?? id,
    description: joinTexts(
      stripMarkup(entry.field('Vulnerability Description')),
      hidePasswords(stripMarkup(entry.field('Vulnerability Proof'))),
    ),
    remedy: stripMarkup(entry.field('Vulnerability Solution')),
    severity,
    severityLabel: rate(Number(severity ?? Number.NaN)),
    cvss: [
      {
        version: '2.0',
        score: Number(entry.field('Vulnerability CVSS Score') ?? Number.NaN),
        vector: entry.field('Vulnerability CVSS Vector')?.replaceAll(/[()]/g, ''),
      },
      { score: Number(entry.field('Vulnerability CVSSv3 Score') ?? Number.NaN), vector: entry.field('Vulnerability CVSSv3 Vector') },
    ],
    cwes: parseCwes(references),
    aliases: parseVulnerabilityIds(entry.field('Vulnerability CVE IDs'), references),
    ...describePlace(entry.field('Asset IP Address'), name, entry.field('Service Port'), entry.field('Service Protocol')),
    references: findAddresses(entry.field('Vulnerability Reference URLs'), references),
    suppression: readException(code),
    foundAt: entry.field('Vulnerable Since'),
    publishedAt: entry.field('Vulnerability Published Date'),
    identity: [id, entry.field('Vulnerability Test Key')].join(' '),
  };
}

/** `VE`, `VV` and `VP` are vulnerable: exploited, by the version and potentially; `EE`, `EV` and `EP` the same with an exception. */
function judge(code: string | undefined): Skipped | undefined {
  return /^[VE][EVP]$/i.test(code ?? '') ? undefined : { skipped: 'test without finding' };
}

function readException(code: string | undefined): Draft['suppression'] {
  return code?.toUpperCase().startsWith('E') === true ? { kind: 'accepted', reason: code } : undefined;
}

function describePlace(
  address: string | undefined,
  name: string | undefined,
  port: string | undefined,
  protocol: string | undefined,
): Pick<Draft, 'location' | 'asset'> {
  const known = name ?? address;
  return {
    location: { host: address ?? name, port: parsePort(port), protocol: protocol?.toLowerCase() },
    asset: known === undefined ? undefined : { type: 'host', name: known },
  };
}

/** Moderate, severe and critical in the scanner's own words; 0 is for information. */
function rate(severity: number): Severity | undefined {
  if (!(severity >= 0)) return undefined;
  if (severity >= 8) return 'critical';
  if (severity >= 4) return 'high';
  return severity > 0 ? 'medium' : 'info';
}

/** `20210211T164506081` in UTC. */
function parseTime(text: string | undefined): string | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(text ?? '');
  return match ? `${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}.${match[7]}Z` : undefined;
}
