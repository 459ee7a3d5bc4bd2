import { findAddresses } from '../find-addresses.ts';
import { joinTexts } from '../join-texts.ts';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePort } from '../parse-port.ts';
import type { XmlOutline } from '../reading/outline-xml.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childAt, childrenAt, childText } from '../reading/xml-element.ts';
import type { Draft, Format, Reading } from './format.ts';

/**
 * Reports of OpenVAS and Greenbone (https://docs.greenbone.net/API/GMP/gmp-22.4.html#element_report): as XML, alone or in the answer of the
 * management protocol, and as CSV.
 */
export const openvas: Format = {
  id: 'openvas',
  name: 'OpenVAS',
  variants: [
    {
      form: 'xml',
      recognises: (outline) =>
        (outline.root === 'report' &&
          (outline.attribute('/report', 'format_id') !== undefined ||
            outline.has('/report/report/results') ||
            outline.has('/report/results/result/nvt'))) ||
        isAnswered(outline, 'get_results_response') ||
        (isAnswered(outline, 'get_reports_response') && outline.has('/get_reports_response/report/report/results')),
      layout: {
        entries: [
          '/report/report/results/result',
          '/report/results/result',
          '/get_results_response/result',
          '/get_reports_response/report/report/results/result',
        ],
      },
      read: readResult,
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('IP', 'NVT Name', 'NVT OID', 'Severity'),
      layout: { columns: ['IP', 'NVT Name', 'NVT OID', 'Severity'] },
      read: readRow,
    },
  ],
};

/** A refusal has the same root, and says so: `<get_results_response status="404" …/>`. */
function isAnswered({ root, attribute }: XmlOutline, name: string): boolean {
  return root === name && attribute(`/${name}`, 'status')?.startsWith('2') !== false;
}

function readResult({ element }: XmlEntry): Reading {
  const nvt = childAt(element, 'nvt');
  const tags = readTags(childText(nvt, 'tags'));
  const refs = childrenAt(nvt, 'refs', 'ref').map((ref) => ({ type: attributeOf(ref, 'type'), id: attributeOf(ref, 'id') }));
  const named = refs.flatMap(({ type, id }) => (type === 'url' || id === undefined ? [] : [id]));
  const address = childAt(element, 'host')?.text.trim() || undefined;
  const port = childText(element, 'port');
  const threat = childText(element, 'threat');
  const score = Number(childText(element, 'severity') ?? childText(nvt, 'cvss_base') ?? Number.NaN);
  const severities = childrenAt(nvt, 'severities', 'severity').map((severity) => ({
    vector: childText(severity, 'value'),
    version: attributeOf(severity, 'type') === 'cvss_base_v2' ? ('2.0' as const) : undefined,
  }));
  const vector = tags.get('cvss_base_vector');
  const name = childText(element, 'host', 'hostname') ?? address;
  return {
    kind: 'vulnerability',
    rule: { id: attributeOf(nvt, 'oid'), name: childText(nvt, 'name') },
    title: childText(nvt, 'name') ?? childText(element, 'name'),
    description: joinTexts(tags.get('summary'), tags.get('insight'), tags.get('impact'), childText(element, 'description')),
    remedy: childText(nvt, 'solution') ?? tags.get('solution'),
    severity: threat,
    severityLabel: threat === 'Log' || threat === 'Debug' || threat === 'False Positive' ? 'info' : undefined,
    cvss: [
      ...severities.map((severity, index) => (index === 0 ? { ...severity, score } : severity)),
      ...(severities.length > 0 ? [] : [{ score, vector, ...(vector && !vector.startsWith('CVSS:') && { version: '2.0' as const }) }]),
    ],
    cwes: parseCwes(...named),
    aliases: parseVulnerabilityIds(...named, childText(nvt, 'cve'), childText(nvt, 'cert')),
    location: { host: address, ...parsePlace(port) },
    asset: name === undefined ? undefined : { type: 'host', name },
    references: [
      ...refs.flatMap(({ type, id }) => (type === 'url' && id !== undefined ? [id] : [])),
      ...findAddresses(childText(nvt, 'xref')),
    ],
    suppression: threat === 'False Positive' ? { kind: 'false-positive' } : undefined,
    foundAt: childText(element, 'creation_time'),
    identity: [port, childText(nvt, 'name')].join(' '),
  };
}

/** `443/tcp`, `general/tcp`; before version 7 with the name of the service: `https (443/tcp)`. */
function parsePlace(text: string | undefined): Draft['location'] {
  const [number, protocol] = text?.split('(').at(-1)!.split('/') ?? [];
  return { port: parsePort(number), protocol: protocol?.replace(/\)$/, '') };
}

/** `summary=…|insight=…|cvss_base_vector=…` */
function readTags(text: string | undefined): ReadonlyMap<string, string> {
  return new Map(
    (text ?? '').split(/\|(?=\w+=)/).flatMap((tag) => {
      const at = tag.indexOf('=');
      return at > 0 && at < tag.length - 1 ? [[tag.slice(0, at), tag.slice(at + 1).replaceAll(/(?<!\s)\s*\n\s*/g, ' ')] as const] : [];
    }),
  );
}

function readRow(entry: CsvEntry): Reading {
  const severity = entry.field('Severity');
  const host = entry.field('IP') ?? entry.field('Hostname');
  const name = entry.field('Hostname') ?? host;
  return {
    kind: 'vulnerability',
    rule: { id: entry.field('NVT OID'), name: entry.field('NVT Name') },
    title: entry.field('NVT Name'),
    description: joinTexts(
      ...['Summary', 'Vulnerability Insight', 'Impact', 'Affected Software/OS', 'Specific Result'].map((column) => entry.field(column)),
    ),
    remedy: entry.field('Solution'),
    severity,
    severityLabel: severity === 'Log' || severity === 'Debug' ? 'info' : undefined,
    cvss: [{ score: Number(entry.field('CVSS') ?? Number.NaN) }],
    aliases: parseVulnerabilityIds(entry.field('CVEs'), entry.field('CERTs')),
    location: { host, port: parsePort(entry.field('Port')), protocol: entry.field('Port Protocol') },
    asset: name === undefined ? undefined : { type: 'host', name },
    references: findAddresses(entry.field('Other References')),
    foundAt: entry.field('Timestamp'),
    identity: [entry.field('Port'), entry.field('Port Protocol'), entry.field('NVT Name')].join(' '),
  } satisfies Draft;
}
