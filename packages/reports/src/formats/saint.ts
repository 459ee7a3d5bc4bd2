import type { Severity } from '@deployguard/findings';
import { findAddresses } from '../find-addresses.ts';
import { joinTexts } from '../join-texts.ts';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePort } from '../parse-port.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { childText } from '../reading/xml-element.ts';
import { stripMarkup } from '../strip-markup.ts';
import type { Draft, Format, Reading } from './format.ts';

const columns = ['IP Address', 'Severity Level', 'Vulnerability Check ID', 'Tutorial'];

/** Reports of Carson & SAINT's scanner: the details of "Full Scan" as XML, and the table as CSV. */
export const saint: Format = {
  id: 'saint',
  name: 'SAINT',
  variants: [
    {
      form: 'xml',
      recognises: ({ root, has }) =>
        root === 'report' &&
        has('/report/overview/hosts/host/hosttype', '/report/details') &&
        (has('/report/scan_information/scanner_version') || has('/report/details/vulnerability/vuln_details')),
      layout: { entries: ['/report/details/vulnerability'], context: ['/report/scan_information'] },
      read: readVulnerability,
    },
    { form: 'csv', recognises: (outline) => outline.hasColumns(...columns), layout: { columns }, read: readRow },
  ],
};

/** Where there is no score: red, yellow, brown and green in the scanner's own words. */
const labels: ReadonlyMap<string, Severity> = new Map([
  ['critical problem', 'critical'],
  ['area of concern', 'medium'],
  ['potential problem', 'low'],
  ['service', 'info'],
]);

function rate(level: string | undefined, score: number): Severity | undefined {
  const label = labels.get(level?.toLowerCase() ?? '');
  return score >= 0 && label !== 'info' ? undefined : label;
}

function readVulnerability({ element, parents: [report] }: XmlEntry): Reading {
  const title = childText(element, 'description');
  const level = childText(element, 'severity');
  const service = /^Service: (\S+)/.exec(childText(element, 'vuln_details') ?? '')?.[1];
  const score = Number(childText(element, 'cvss_base_score') ?? Number.NaN);
  return {
    kind: 'vulnerability',
    rule: { id: title },
    title,
    description: joinTexts(childText(element, 'impact'), childText(element, 'background'), childText(element, 'problem')),
    remedy: childText(element, 'resolution'),
    severity: level,
    severityLabel: rate(level, score),
    cvss: [{ version: '2.0', score }],
    aliases: parseVulnerabilityIds(childText(element, 'cve')),
    ...describePlace(childText(element, 'ipaddr'), childText(element, 'hostname'), service ?? title),
    references: findAddresses(childText(element, 'reference')),
    identity: [service, title].join(' '),
    tool: { version: childText(report, 'scan_information', 'scanner_version') },
  };
}

function readRow(entry: CsvEntry): Reading {
  const title = entry.field('Description');
  const level = entry.field('Severity Level');
  const version3 = Number(entry.field('CVSSv3 Score') ?? Number.NaN);
  const version2 = Number(entry.field('CVSS Score') ?? Number.NaN);
  const epss = Number(entry.field('EPSS') ?? Number.NaN);
  const isExcluded = entry.field('Exclusion')?.toLowerCase() === 'yes';
  return {
    kind: 'vulnerability',
    rule: { id: entry.field('Vulnerability Check ID') ?? title, name: entry.field('Tutorial') },
    title,
    description: entry.field('Severity'),
    severity: level,
    severityLabel: rate(level, version3 >= 0 ? version3 : version2),
    cvss: [
      { version: '3.0', score: version3 },
      { version: '2.0', score: version2 },
    ],
    aliases: parseVulnerabilityIds(entry.field('Plain CVEs'), stripMarkup(entry.field('CVEs'))),
    ...describePlace(entry.field('IP Address'), entry.field('Hostname'), entry.field('Service')),
    references: findAddresses(entry.field('CVEs')),
    epss: epss >= 0 && epss <= 1 ? { score: epss } : undefined,
    isKnownExploited: entry.field('CISA Known Exploited')?.toLowerCase() === 'yes',
    suppression: isExcluded ? { kind: 'accepted', reason: entry.field('Exclusion Comment') } : undefined,
    foundAt: entry.field('First Detected'),
    identity: [entry.field('Service'), title].join(' '),
  };
}

/** A service is `587:TCP`, `465/tcp`, `urd (465/TCP)` or a name: `https`. */
function describePlace(
  address: string | undefined,
  hostname: string | undefined,
  service: string | undefined,
): Pick<Draft, 'location' | 'asset'> {
  const [, port, protocol] = /(?<![\w.])(\d{1,5})[:/](tcp|udp)\b/i.exec(service ?? '') ?? [];
  const name = hostname ?? address;
  return {
    location: { host: address ?? hostname, port: parsePort(port), protocol: protocol?.toLowerCase() },
    asset: name === undefined ? undefined : { type: 'host', name },
  };
}
