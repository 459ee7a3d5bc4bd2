import type { CvssScore, Severity } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childText, childTexts } from '../reading/xml-element.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Reports of Tenable Nessus and its Web Application Scanning: `.nessus` (https://static.tenable.com/documentation/nessus_v2_file_format.pdf) and CSV. */
export const nessus: Format = {
  id: 'nessus',
  name: 'Nessus',
  variants: [
    {
      form: 'xml',
      recognises: ({ root }) => root === 'NessusClientData_v2',
      layout: {
        entries: ['/NessusClientData_v2/Report/ReportHost/ReportItem'],
        context: ['/NessusClientData_v2/Report/ReportHost/HostProperties'],
      },
      read: readItem,
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('Plugin ID', 'CVE', 'Risk', 'Host', 'Synopsis'),
      layout: { columns: ['Plugin ID', 'CVE', 'Risk', 'Host'] },
      read: readRow,
    },
  ],
};

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
  const port = Number(attributeOf(element, 'port'));
  return {
    kind: 'vulnerability',
    rule: { id: attributeOf(element, 'pluginID'), name: attributeOf(element, 'pluginName') },
    title: attributeOf(element, 'pluginName') ?? childText(element, 'plugin_name'),
    description: joinTexts(childText(element, 'synopsis'), childText(element, 'description')),
    remedy: childText(element, 'solution'),
    severity,
    severityLabel: labels.get(severity ?? ''),
    cvss: [
      readScore('2.0', childText(element, 'cvss_base_score'), childText(element, 'cvss_vector')?.replace(/^CVSS2#/, '')),
      readScore(undefined, childText(element, 'cvss3_base_score'), childText(element, 'cvss3_vector')),
      readScore(
        '4.0',
        childText(element, 'cvss4_base_score') ?? childText(element, 'cvssV4_base_score'),
        childText(element, 'cvss4_vector'),
      ),
    ],
    cwes: parseCwes(...childTexts(element, 'cwe')),
    aliases: parseVulnerabilityIds(...childTexts(element, 'cve')),
    location: {
      host: attributeOf(host, 'name'),
      port: port > 0 ? port : undefined,
      protocol: attributeOf(element, 'protocol')?.toLowerCase(),
    },
    asset: readAsset(attributeOf(host, 'name')),
    references: childText(element, 'see_also')?.split(/\s+/) ?? [],
    epss: readEpss(childText(element, 'epss_score')),
    isKnownExploited: childTexts(element, 'xref').some((text) => text.startsWith('CISA-KNOWN-EXPLOITED')),
    publishedAt: childText(element, 'vuln_publication_date'),
  };
}

function readRow(entry: CsvEntry): Reading {
  const risk = entry.field('Risk');
  const port = Number(entry.field('Port'));
  return {
    kind: 'vulnerability',
    rule: { id: entry.field('Plugin ID'), name: entry.field('Name') },
    title: entry.field('Name'),
    description: joinTexts(entry.field('Synopsis'), entry.field('Description')),
    remedy: entry.field('Solution'),
    severity: risk,
    cvss: [
      readScore('2.0', entry.field('CVSS v2.0 Base Score') ?? entry.field('CVSS'), undefined),
      readScore('3.0', entry.field('CVSS v3.0 Base Score'), undefined),
      readScore('4.0', entry.field('CVSS v4.0 Base Score'), undefined),
    ],
    aliases: parseVulnerabilityIds(entry.field('CVE')),
    location: { host: entry.field('Host'), port: port > 0 ? port : undefined, protocol: entry.field('Protocol')?.toLowerCase() },
    asset: readAsset(entry.field('Host')),
    references: entry.field('See Also')?.split(/\s+/) ?? [],
    epss: readEpss(entry.field('EPSS Score')),
    // One row for each CVE of a plugin.
    identity: entry.field('CVE') ?? entry.field('Name'),
  };
}

function readScore(version: CvssScore['version'], score: string | undefined, vector: string | undefined): CvssScore {
  const number = Number(score);
  const isScore = score !== undefined && number >= 0 && number <= 10;
  return { ...(version && { version }), ...(isScore && { score: number }), ...(vector !== undefined && { vector }) };
}

function readEpss(text: string | undefined): Draft['epss'] {
  const score = Number(text);
  return text !== undefined && score >= 0 && score <= 1 ? { score } : undefined;
}

function readAsset(name: string | undefined): Draft['asset'] {
  return name === undefined ? undefined : { type: 'host', name };
}

function joinTexts(...texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined).join('\n\n');
}
