import type { Severity } from '@deployguard/findings';
import { findAddresses } from '../find-addresses.ts';
import { joinTexts } from '../join-texts.ts';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePort } from '../parse-port.ts';
import { findInTable } from '../reading/find-in-table.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childText, childTexts } from '../reading/xml-element.ts';
import { stripMarkup } from '../strip-markup.ts';
import type { CsvVariant, Draft, Format, Reading } from './format.ts';

const glossary = '/ASSET_DATA_REPORT/GLOSSARY/VULN_DETAILS_LIST/VULN_DETAILS';
const assets = '/ASSET_DATA_REPORT/HOST_LIST/HOST';
const detections = '/HOST_LIST_VM_DETECTION_OUTPUT/RESPONSE/HOST_LIST/HOST';

/**
 * Reports of Qualys Vulnerability Management: scan reports as XML and CSV, results of one scan as XML, the detections of its API
 * (https://docs.qualys.com/en/vm/api/), and lists of VMDR as CSV.
 */
export const qualys: Format = {
  id: 'qualys',
  name: 'Qualys',
  variants: [
    {
      form: 'xml',
      recognises: ({ root }) => root === 'ASSET_DATA_REPORT',
      layout: {
        entries: [`${assets}/VULN_INFO_LIST/VULN_INFO`],
        context: ['IP', 'DNS', 'NETBIOS'].map((name) => `${assets}/${name}`),
        tables: [glossary],
      },
      read: readAssetEntry,
    },
    {
      form: 'xml',
      recognises: (outline) =>
        outline.root === 'SCAN' && (outline.has('/SCAN/IP') || outline.attribute('/SCAN', 'value')?.startsWith('scan/') === true),
      layout: {
        entries: ['VULNS/CAT/VULN', 'PRACTICES/CAT/PRACTICE', 'INFOS/CAT/INFO', 'SERVICES/CAT/SERVICE'].map((path) => `/SCAN/IP/${path}`),
      },
      read: readScanEntry,
    },
    {
      form: 'xml',
      recognises: ({ root }) => root === 'HOST_LIST_VM_DETECTION_OUTPUT',
      layout: {
        entries: [`${detections}/DETECTION_LIST/DETECTION`],
        context: ['IP', 'IPV6', 'DNS'].map((name) => `${detections}/${name}`),
      },
      read: readDetection,
    },
    ...[['IP'], ['Asset Name', 'Asset IPV4']].map((names): CsvVariant => {
      const columns = [...names, 'QID', 'Title', 'Severity'];
      return { form: 'csv', recognises: (outline) => outline.hasColumns(...columns), layout: { columns }, read: readRow };
    }),
  ],
};

/** Minimal, medium, serious, critical, urgent; what was only gathered is for information. */
const labels: ReadonlyMap<string, Severity> = new Map([
  ['1', 'low'],
  ['2', 'low'],
  ['3', 'medium'],
  ['4', 'high'],
  ['5', 'critical'],
]);

function rate(severity: string | undefined, type: string | undefined): Severity | undefined {
  return /^(?:ig|info)/i.test(type ?? '') ? 'info' : labels.get(severity ?? '');
}

function readAssetEntry({ element, parents, tables }: XmlEntry): Reading {
  const host = parents[2];
  const qid = parseQid(childText(element, 'QID'));
  const details = findInTable(tables.get(glossary), qid, (candidate) =>
    parseQid(childText(candidate, 'QID') ?? attributeOf(candidate, 'id')),
  );
  const severity = childText(details, 'SEVERITY');
  return {
    ...describeIssue(qid, childText(details, 'TITLE')),
    description: joinTexts(...['THREAT', 'IMPACT'].map((name) => stripMarkup(childText(details, name)))),
    remedy: stripMarkup(childText(details, 'SOLUTION')),
    severity,
    severityLabel: rate(severity, childText(element, 'TYPE')),
    cvss: [
      parseCvss('2.0', childText(details, 'CVSS_SCORE', 'CVSS_BASE') ?? childText(element, 'CVSS_FINAL')),
      parseCvss(undefined, childText(details, 'CVSS3_SCORE', 'CVSS3_BASE') ?? childText(element, 'CVSS3_FINAL')),
    ],
    aliases: parseVulnerabilityIds(...childTexts(details, 'CVE_ID_LIST', 'CVE_ID', 'ID')),
    ...describePlace(
      childText(host, 'IP'),
      childText(element, 'FQDN') ?? childText(host, 'DNS'),
      childText(element, 'PORT'),
      childText(element, 'PROTOCOL'),
    ),
    references: [
      ...childTexts(details, 'CVE_ID_LIST', 'CVE_ID', 'URL'),
      ...childTexts(details, 'VENDOR_REFERENCE_LIST', 'VENDOR_REFERENCE', 'URL'),
    ],
    suppression: readStatus(childText(element, 'VULN_STATUS')),
    foundAt: childText(element, 'FIRST_FOUND'),
    identity: [qid, childText(element, 'SERVICE'), childText(element, 'INSTANCE')].join(' '),
  };
}

function readScanEntry({ element, parents, path }: XmlEntry): Reading {
  const host = parents[1];
  const category = parents[3];
  const severity = attributeOf(element, 'severity');
  return {
    ...describeIssue(attributeOf(element, 'number'), childText(element, 'TITLE')),
    description: joinTexts(...['DIAGNOSIS', 'CONSEQUENCE'].map((name) => stripMarkup(childText(element, name)))),
    remedy: stripMarkup(childText(element, 'SOLUTION')),
    severity,
    severityLabel: rate(severity, /INFO|SERVICE$/.test(path) ? 'info' : undefined),
    cvss: [parseCvss('2.0', childText(element, 'CVSS_BASE')), parseCvss(undefined, childText(element, 'CVSS3_BASE'))],
    aliases: parseVulnerabilityIds(attributeOf(element, 'cveid'), ...childTexts(element, 'CVE_ID_LIST', 'CVE_ID', 'ID')),
    ...describePlace(
      attributeOf(host, 'value'),
      attributeOf(host, 'name'),
      attributeOf(category, 'port'),
      attributeOf(category, 'protocol'),
    ),
    references: [
      ...childTexts(element, 'CVE_ID_LIST', 'CVE_ID', 'URL'),
      ...childTexts(element, 'VENDOR_REFERENCE_LIST', 'VENDOR_REFERENCE', 'URL'),
    ],
    identity: [attributeOf(element, 'number'), attributeOf(category, 'value')].join(' '),
  };
}

/** The API tells numbers only; what they mean is in another answer. */
function readDetection({ element, parents }: XmlEntry): Reading {
  const host = parents[3];
  const severity = childText(element, 'SEVERITY');
  const qid = childText(element, 'QID');
  const isIgnored = childText(element, 'IS_IGNORED') === '1' || childText(element, 'IS_DISABLED') === '1';
  return {
    ...describeIssue(qid, childText(element, 'TITLE')),
    severity,
    severityLabel: rate(severity, childText(element, 'TYPE')),
    ...describePlace(
      childText(host, 'IP') ?? childText(host, 'IPV6'),
      childText(element, 'FQDN') ?? childText(host, 'DNS'),
      childText(element, 'PORT'),
      childText(element, 'PROTOCOL'),
    ),
    suppression: isIgnored ? { kind: 'suppressed' } : readStatus(childText(element, 'STATUS')),
    foundAt: childText(element, 'FIRST_FOUND_DATETIME'),
    identity: [qid, childText(element, 'SERVICE'), childText(element, 'INSTANCE')].join(' '),
  };
}

function readRow(entry: CsvEntry): Reading {
  const qid = entry.field('QID');
  const get = (...names: readonly string[]): string | undefined =>
    names.map((name) => entry.field(name)).find((text) => text !== undefined);
  if (qid === undefined && get('Title') === undefined) return { skipped: 'line about a host' };
  const severity = get('Severity');
  const first = get('First Detected');
  const isIgnored = [get('Ignored'), get('Disabled')].some((text) => /^(?:true|yes|1)$/i.test(text ?? ''));
  return {
    ...describeIssue(qid, get('Title')),
    description: joinTexts(stripMarkup(get('Threat')), stripMarkup(get('Impact'))),
    remedy: stripMarkup(get('Solution')),
    severity,
    severityLabel: rate(severity, get('Type', 'Type Detected')),
    cvss: [
      parseCvss('2.0', get('CVSS Base', 'CVSSv2 Base (nvd)', 'CVSSv2 Base')),
      parseCvss('3.1', get('CVSS3.1 Base', 'CVSSv3.1 Base (nvd)', 'CVSSv3.1 Base')),
      parseCvss(undefined, get('CVSS3 Base')),
    ],
    aliases: parseVulnerabilityIds(get('CVE ID', 'CVE')),
    ...describePlace(get('IP', 'Asset IPV4', 'Asset IPV6'), get('FQDN', 'DNS', 'Asset Name'), get('Port'), get('Protocol')),
    references: findAddresses(get('Threat'), get('Solution')),
    suppression: isIgnored ? { kind: 'suppressed' } : readStatus(get('Vuln Status', 'Status')),
    // `03/15/2021 10:00:00`
    foundAt: first === undefined ? undefined : `${first} GMT`,
    identity: [qid, get('Instance')].join(' '),
  };
}

function describeIssue(qid: string | undefined, title: string | undefined): Pick<Draft, 'kind' | 'rule' | 'title'> {
  return { kind: 'vulnerability', rule: { id: qid && `QID-${qid}`, name: title }, title: title ?? (qid && `QID ${qid}`) };
}

/** What stands in the place of a name: `No registered hostname`. */
const noName = /^no registered hostname$/i;

function describePlace(
  ip: string | undefined,
  dns: string | undefined,
  port: string | undefined,
  protocol: string | undefined,
): Pick<Draft, 'location' | 'asset'> {
  const registered = dns !== undefined && noName.test(dns) ? undefined : dns;
  const name = registered ?? ip;
  return {
    location: { host: ip ?? registered, port: parsePort(port), protocol: protocol?.toLowerCase() },
    asset: name === undefined ? undefined : { type: 'host', name },
  };
}

/** `qid_105489`, `105489`. */
function parseQid(text: string | undefined): string | undefined {
  return /(?<!\d)\d+$/.exec(text ?? '')?.[0];
}

/** `6.7 (AV:L/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H)`, `5.0`, `-`. */
function parseCvss(version: '2.0' | '3.1' | undefined, text: string | undefined): NonNullable<Draft['cvss']>[number] {
  const match = /^(\d+(?:\.\d+)?)(?:\s*\((.+)\))?/.exec(text ?? '');
  return { version, score: match ? Number(match[1]) : undefined, vector: match?.[2] };
}

function readStatus(status: string | undefined): Draft['suppression'] {
  return status?.toLowerCase() === 'fixed' ? { kind: 'fixed' } : undefined;
}
