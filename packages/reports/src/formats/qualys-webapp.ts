import type { Severity } from '@deployguard/findings';
import { joinTexts } from '../join-texts.ts';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { findInTable } from '../reading/find-in-table.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { childText } from '../reading/xml-element.ts';
import { stripMarkup } from '../strip-markup.ts';
import { toSite } from '../to-site.ts';
import type { Draft, Format, Reading } from './format.ts';

const lists = ['VULNERABILITY', 'SENSITIVE_CONTENT', 'INFORMATION_GATHERED'].map((name) => `${name}_LIST/${name}`);
const answeredLists = ['vulns/list/WasScanVuln', 'sensitiveContents/list/WasScanSensitiveContent', 'igs/list/WasScanIg'];

/**
 * Reports of Qualys Web Application Scanning on scans and on web applications, as XML, and what its API answers
 * (https://docs.qualys.com/en/was/api/). Recorded requests and responses are left out.
 */
export const qualysWebapp: Format = {
  id: 'qualys-webapp',
  name: 'Qualys Web Application Scanning',
  variants: [
    buildVariant('WAS_SCAN_REPORT', 'RESULTS'),
    buildVariant('WAS_WEBAPP_REPORT', 'RESULTS/WEB_APPLICATION'),
    buildAnswerVariant('WasScan', '/WasScan'),
    buildAnswerVariant('ServiceResponse', '/ServiceResponse/data/WasScan'),
  ],
};

function buildVariant(name: string, results: string): Format['variants'][number] {
  const glossary = `/${name}/GLOSSARY/QID_LIST/QID`;
  const webapp = `/${name}/APPENDIX/WEBAPP`;
  return {
    form: 'xml',
    recognises: ({ root }) => root === name,
    layout: {
      entries: lists.map((list) => `/${name}/${results}/${list}`),
      context: [`/${name}/${results}/URL`, `/${name}/${results}/NAME`],
      tables: [glossary, webapp],
    },
    read: (entry) => readEntry(entry, glossary, webapp),
  };
}

/** A scan with its results as the API answers it, which tells numbers and titles only. */
function buildAnswerVariant(name: string, scan: string): Format['variants'][number] {
  return {
    form: 'xml',
    recognises: ({ root, has }) => root === name && has(`${scan}/target/webApp`, `${scan}/vulns`),
    layout: {
      entries: answeredLists.map((list) => `${scan}/${list}`),
      context: [`${scan}/target`, `${scan}/launchedDate`],
    },
    read: readAnswered,
  };
}

function readAnswered({ element, parents }: XmlEntry): Reading {
  const scan = parents.find(({ name }) => name === 'WasScan');
  const qid = childText(element, 'qid');
  const title = childText(element, 'title');
  const site = childText(scan, 'target', 'webApp', 'url');
  const url = childText(element, 'uri');
  return {
    kind: 'weakness',
    rule: { id: qid && `QID-${qid}`, name: title },
    title: title ?? (qid && `QID ${qid}`),
    severityLabel: element.name === 'WasScanIg' ? 'info' : undefined,
    aliases: parseVulnerabilityIds(title),
    location: { url: url ?? site, parameter: childText(element, 'param') },
    asset: toSite(site) ?? toSite(url),
    foundAt: childText(scan, 'launchedDate'),
    identity: qid,
  };
}

/** As for hosts; there is no such thing as information of severity 1 among vulnerabilities. */
const labels: ReadonlyMap<string, Severity> = new Map([
  ['1', 'low'],
  ['2', 'low'],
  ['3', 'medium'],
  ['4', 'high'],
  ['5', 'critical'],
]);

function readEntry({ element, parents, tables }: XmlEntry, glossary: string, webapp: string): Reading {
  const qid = childText(element, 'QID');
  const details = findInTable(tables.get(glossary), qid, (candidate) => childText(candidate, 'QID'));
  const webapps = tables.get(webapp);
  const site = childText(parents[2], 'URL') ?? (webapps?.length === 1 ? childText(webapps.at(0), 'URL') : undefined);
  const severity = childText(details, 'SEVERITY') ?? childText(element, 'SEVERITY');
  const title = childText(details, 'TITLE') ?? childText(element, 'TITLE');
  const url = childText(element, 'URL');
  const score = Number(childText(details, 'CVSS_V3', 'BASE') ?? Number.NaN);
  return {
    kind: 'weakness',
    rule: { id: qid && `QID-${qid}`, name: title },
    title: title ?? (qid && `QID ${qid}`),
    description: joinTexts(...['DESCRIPTION', 'IMPACT'].map((name) => stripMarkup(childText(details, name)))),
    remedy: stripMarkup(childText(details, 'SOLUTION')),
    severity,
    severityLabel: element.name === 'INFORMATION_GATHERED' ? 'info' : labels.get(severity ?? ''),
    cvss: [{ score }, { version: '2.0', score: Number(childText(details, 'CVSS_BASE') ?? Number.NaN) }],
    cwes: parseCwes(childText(details, 'CWE')),
    aliases: parseVulnerabilityIds(title),
    location: {
      url: url ?? site,
      method: childText(element, 'PAYLOADS', 'PAYLOAD', 'REQUEST', 'METHOD'),
      parameter: childText(element, 'PARAM'),
    },
    asset: toSite(site) ?? toSite(url),
    suppression: readSuppression(element),
    foundAt: parseTime(
      childText(element, 'FIRST_TIME_DETECTED') ?? childText(element, 'DETECTION_DATE') ?? childText(element, 'LAST_TIME_DETECTED'),
    ),
    ownFingerprint: childText(element, 'UNIQUE_ID'),
  };
}

function readSuppression(element: XmlEntry['element']): Draft['suppression'] {
  if (childText(element, 'STATUS')?.toUpperCase() === 'FIXED') return { kind: 'fixed' };
  if (childText(element, 'IGNORED') !== 'true') return undefined;
  const reason = childText(element, 'IGNORE_REASON');
  return { kind: /false/i.test(reason ?? '') ? 'false-positive' : 'accepted', reason };
}

/** `11 Mar 2020 01:07PM GMT-0400`, `11 Mar 2020 01:07PM GMT` */
function parseTime(text: string | undefined): string | undefined {
  const match = /^(\d+ \w+ \d{4}) (\d\d):(\d\d)([AP])M GMT([+-]\d{4})?$/.exec(text ?? '');
  if (!match) return undefined;
  const [, day, hour, minute, half, zone = '+0000'] = match;
  return `${day} ${(Number(hour) % 12) + (half === 'P' ? 12 : 0)}:${minute} ${zone}`;
}
