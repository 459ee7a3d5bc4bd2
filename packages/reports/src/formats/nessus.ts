import type { Severity } from '@deployguard/findings';
import { findAddresses } from '../find-addresses.ts';
import { joinTexts } from '../join-texts.ts';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePort } from '../parse-port.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { listAt, textAt, textsAt } from '../reading/read-field.ts';
import { attributeOf, childText, childTexts } from '../reading/xml-element.ts';
import type { XmlElement } from '../reading/xml-element.ts';
import { stripMarkup } from '../strip-markup.ts';
import { toSite } from '../to-site.ts';
import type { CsvVariant, Draft, Format, Loose, Reading } from './format.ts';

const nessusColumns: Columns = {
  id: 'Plugin ID',
  name: 'Name',
  severity: 'Risk',
  host: 'Host',
  port: 'Port',
  protocol: 'Protocol',
  synopsis: 'Synopsis',
  description: 'Description',
  solution: 'Solution',
  seeAlso: 'See Also',
  cve: 'CVE',
  cvss2: 'CVSS v2.0 Base Score',
  cvss3: 'CVSS v3.0 Base Score',
  cvss4: 'CVSS v4.0 Base Score',
  epss: 'EPSS Score',
  xref: 'XREF',
  // Of what was Tenable.io.
  otherHost: 'IP Address',
  dnsName: 'FQDN',
  vector2: 'CVSS Vector',
  vector3: 'CVSS3 Vector',
  state: 'Vulnerability State',
};

/** Of Tenable Security Center. */
const centerColumns: Columns = {
  ...nessusColumns,
  id: 'Plugin',
  name: 'Plugin Name',
  severity: 'Severity',
  host: 'IP Address',
  otherHost: 'DNS Name',
  dnsName: 'DNS Name',
  cvss2: 'CVSS V2 Base Score',
  cvss3: 'CVSS V3 Base Score',
  vector2: 'CVSS V2 Vector',
  vector3: 'CVSS V3 Vector',
  xref: 'Cross References',
  firstSeen: 'First Discovered',
};

/** Of Tenable Vulnerability Management; its users choose the columns. */
const exportColumns: Columns = {
  id: 'definition.id',
  name: 'definition.name',
  severity: 'severity',
  host: 'asset.display_ipv4_address',
  otherHost: 'asset.host_name',
  dnsName: 'asset.host_name',
  port: 'port',
  otherPort: 'asset.port',
  protocol: 'protocol',
  synopsis: 'definition.synopsis',
  description: 'definition.description',
  solution: 'definition.solution',
  seeAlso: 'definition.see_also',
  cve: 'definition.cve',
  cvss2: 'definition.cvss2.base_score',
  cvss3: 'definition.cvss3.base_score',
  cvss4: 'definition.cvss4.base_score',
  epss: 'definition.epss.score',
  firstSeen: 'first_observed',
  state: 'state',
};

/**
 * Reports of Tenable: `.nessus` of Nessus and of Web App Scanning (https://static.tenable.com/documentation/nessus_v2_file_format.pdf), CSV of
 * Nessus, Security Center and Vulnerability Management, and what the last exports as JSON
 * (https://developer.tenable.com/reference/exports-vulns-download-chunk).
 */
export const nessus: Format = {
  id: 'nessus',
  name: 'Nessus',
  variants: [
    {
      form: 'xml',
      // A policy is exported with the same root; in a report it may be long, and stands first.
      recognises: ({ root, has, isWhole }) => root === 'NessusClientData_v2' && (has('/NessusClientData_v2/Report') || !isWhole),
      layout: {
        entries: ['/NessusClientData_v2/Report/ReportHost/ReportItem'],
        context: ['/NessusClientData_v2/Report/ReportHost/HostProperties'],
      },
      read: readItem,
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].plugin.id', '$[].plugin.family', '$[].asset.uuid', '$[].severity_id'),
      layout: { entries: ['$[]'] },
      read: readExported,
    },
    ...[nessusColumns, centerColumns, exportColumns].map((columns): CsvVariant => {
      const wanted =
        columns === exportColumns ? [columns.severity, columns.synopsis] : [columns.id, columns.severity, columns.name, columns.synopsis];
      return {
        form: 'csv',
        recognises: (outline) => outline.hasColumns(...wanted),
        layout: { columns: wanted },
        read: (entry) => readRow(entry, columns),
      };
    }),
  ],
};

interface Columns extends Loose<
  Record<'otherHost' | 'otherPort' | 'dnsName' | 'cvss4' | 'vector2' | 'vector3' | 'state' | 'epss' | 'xref' | 'firstSeen', string>
> {
  readonly id: string;
  readonly name: string;
  readonly severity: string;
  readonly host: string;
  readonly port: string;
  readonly protocol: string;
  readonly synopsis: string;
  readonly description: string;
  readonly solution: string;
  readonly seeAlso: string;
  readonly cve: string;
  readonly cvss2: string;
  readonly cvss3: string;
}

/** 0 to 4 in the XML, a word in the CSV. */
const labels: ReadonlyMap<string, Severity> = new Map([
  ['0', 'info'],
  ['1', 'low'],
  ['2', 'medium'],
  ['3', 'high'],
  ['4', 'critical'],
]);

function readItem({ element, parents }: XmlEntry): Reading {
  const host = parents.at(-1);
  const severity = attributeOf(element, 'severity');
  const output = childText(element, 'plugin_output');
  const xrefs = childTexts(element, 'xref');
  const name = attributeOf(host, 'name');
  const url = name?.startsWith('http') === true ? (readAddress(output) ?? name) : undefined;
  return {
    kind: 'vulnerability',
    rule: { id: attributeOf(element, 'pluginID'), name: attributeOf(element, 'pluginName') },
    title: attributeOf(element, 'pluginName') ?? childText(element, 'plugin_name') ?? describePort(element),
    description: joinTexts(childText(element, 'synopsis'), childText(element, 'description')),
    remedy: childText(element, 'solution'),
    severity,
    severityLabel: labels.get(severity ?? ''),
    cvss: [
      {
        version: '2.0',
        score: toNumber(childText(element, 'cvss_base_score') ?? childText(element, 'cvss')),
        vector: childText(element, 'cvss_vector')?.replace(/^CVSS2#/, ''),
      },
      {
        score: toNumber(childText(element, 'cvss3_base_score') ?? childText(element, 'cvssv3')),
        vector: childText(element, 'cvss3_vector'),
      },
      {
        version: '4.0',
        score: toNumber(childText(element, 'cvss4_base_score') ?? childText(element, 'cvssV4_base_score')),
        vector: childText(element, 'cvss4_vector'),
      },
    ],
    cwes: parseCwes(...childTexts(element, 'cwe'), ...xrefs),
    aliases: parseVulnerabilityIds(...childTexts(element, 'cve')),
    location: {
      ...(url === undefined ? { host: name } : { url, parameter: /(?<= element named ')[^']+/.exec(output ?? '')?.[0] }),
      port: parsePort(attributeOf(element, 'port')),
      protocol: attributeOf(element, 'protocol')?.toLowerCase(),
    },
    asset: readAsset(name),
    references: findAddresses(...childTexts(element, 'see_also')),
    epss: readEpss(childText(element, 'epss_score')),
    isKnownExploited: xrefs.some((text) => text.startsWith('CISA-KNOWN-EXPLOITED')),
    publishedAt: childText(element, 'vuln_publication_date'),
  };
}

function readExported({ value }: JsonEntry): Reading {
  const plugin = (...path: readonly (string | number)[]): string | undefined => textAt(value, 'plugin', ...path);
  const host = textAt(value, 'asset', 'ipv4') ?? textAt(value, 'asset', 'ipv6') ?? textAt(value, 'asset', 'hostname');
  const name = textAt(value, 'asset', 'fqdn') ?? textAt(value, 'asset', 'hostname') ?? host;
  const xrefs = listAt(value, 'plugin', 'xrefs').map((xref) => `${textAt(xref, 'type') ?? ''}:${textAt(xref, 'id') ?? ''}`);
  const number = textAt(value, 'severity_id');
  const version3 = plugin('cvss3_vector', 'raw')?.replace(/^(?=AV:)/, 'CVSS:3.0/');
  return {
    kind: 'vulnerability',
    rule: { id: plugin('id'), name: stripMarkup(plugin('name')) },
    title: stripMarkup(plugin('name')),
    description: joinTexts(plugin('synopsis'), plugin('description')),
    remedy: plugin('solution'),
    severity: textAt(value, 'severity') ?? number,
    severityLabel: labels.get(number ?? ''),
    cvss: [
      { version: '2.0', score: toNumber(plugin('cvss_base_score')), vector: plugin('cvss_vector', 'raw') },
      { version: version3 === undefined ? '3.0' : undefined, score: toNumber(plugin('cvss3_base_score')), vector: version3 },
      { version: '4.0', score: toNumber(plugin('cvss4_base_score')), vector: plugin('cvss4_vector', 'raw') },
    ],
    cwes: parseCwes(...xrefs),
    aliases: parseVulnerabilityIds(...textsAt(value, 'plugin', 'cve')),
    location: { host, port: parsePort(textAt(value, 'port', 'port')), protocol: textAt(value, 'port', 'protocol')?.toLowerCase() },
    asset: readAsset(name),
    references: findAddresses(...textsAt(value, 'plugin', 'see_also')),
    epss: readEpss(plugin('epss_score')),
    isKnownExploited: xrefs.some((text) => text.startsWith('CISA-KNOWN-EXPLOITED')),
    suppression:
      textAt(value, 'state') === 'FIXED'
        ? { kind: 'fixed' }
        : textAt(value, 'severity_modification_type') === 'ACCEPTED'
          ? { kind: 'accepted' }
          : undefined,
    foundAt: textAt(value, 'first_found'),
    publishedAt: plugin('vuln_publication_date'),
  };
}

/** Port scanners have number 0 and no name: `Port 80/tcp: www`. */
function describePort(element: XmlElement): string | undefined {
  if (attributeOf(element, 'pluginID') !== '0') return undefined;
  const number = [attributeOf(element, 'port'), attributeOf(element, 'protocol')].filter((part) => part !== undefined).join('/');
  return [`Port ${number}`, attributeOf(element, 'svc_name')].filter((part) => part !== undefined).join(': ');
}

function readRow(entry: CsvEntry, columns: Columns): Reading {
  const get = (name: keyof Columns): string | undefined => (columns[name] === undefined ? undefined : entry.field(columns[name]));
  const risk = get('severity');
  const host = get('host') ?? get('otherHost');
  const name = get('name');
  const vector3 = get('vector3')?.replace(/^(?=AV:)/, 'CVSS:3.0/');
  return {
    kind: 'vulnerability',
    rule: { id: get('id'), name },
    title: name ?? get('synopsis'),
    description: joinTexts(get('synopsis'), get('description')),
    remedy: get('solution'),
    severity: risk,
    severityLabel: labels.get(risk ?? ''),
    cvss: [
      {
        version: '2.0',
        score: toNumber(get('cvss2') ?? entry.field('CVSS Base Score') ?? entry.field('CVSS')),
        vector: get('vector2')?.replace(/^CVSS2#/, ''),
      },
      {
        version: vector3 === undefined ? '3.0' : undefined,
        score: toNumber(get('cvss3') ?? entry.field('CVSS3 Base Score')),
        vector: vector3,
      },
      { version: '4.0', score: toNumber(get('cvss4')) },
    ],
    cwes: parseCwes(get('xref')),
    aliases: parseVulnerabilityIds(get('cve')),
    location: {
      ...(toSite(host) ? { url: host } : { host }),
      port: parsePort(get('port') ?? get('otherPort')),
      protocol: get('protocol')?.toLowerCase(),
    },
    asset: readAsset(get('dnsName') ?? host),
    references: findAddresses(get('seeAlso')),
    epss: readEpss(get('epss')),
    isKnownExploited: get('xref')?.includes('CISA-KNOWN-EXPLOITED') === true,
    suppression: get('state')?.toLowerCase() === 'fixed' ? { kind: 'fixed' } : undefined,
    foundAt: get('firstSeen'),
    // One row for each CVE of a plugin.
    identity: get('cve') ?? name,
  };
}

function toNumber(text: string | undefined): number {
  return Number(text ?? Number.NaN);
}

function readEpss(text: string | undefined): Draft['epss'] {
  const score = Number(text);
  return text !== undefined && score >= 0 && score <= 1 ? { score } : undefined;
}

function readAsset(name: string | undefined): Draft['asset'] {
  return name === undefined ? undefined : (toSite(name) ?? { type: 'host', name });
}

/** Web App Scanning tells the place of what it found in words: `detected on URL 'https://…'`. */
function readAddress(output: string | undefined): string | undefined {
  return /(?<= URL ')https?:[^']+/.exec(output ?? '')?.[0];
}
