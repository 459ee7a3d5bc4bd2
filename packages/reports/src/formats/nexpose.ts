import type { Severity } from '@deployguard/findings';
import { findAddresses } from '../find-addresses.ts';
import { joinTexts } from '../join-texts.ts';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePort } from '../parse-port.ts';
import { findInTable } from '../reading/find-in-table.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childAt, childrenAt, childTexts, deepText } from '../reading/xml-element.ts';
import type { Format, Reading } from './format.ts';

const definitions = '/NexposeReport/VulnerabilityDefinitions/vulnerability';

/** Reports of Rapid7 Nexpose and InsightVM: "XML Export 2.0" (https://docs.rapid7.com/insightvm/understanding-report-content/). */
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
  const name = childTexts(node, 'names', 'name')[0] ?? address;
  const port = endpoint?.name === 'endpoint' ? endpoint : undefined;
  return {
    kind: 'vulnerability',
    rule: { id },
    title: attributeOf(definition, 'title') ?? id,
    description: joinTexts(deepText(childAt(definition, 'description')), deepText(element)),
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
    location: { host: address, port: parsePort(attributeOf(port, 'port')), protocol: attributeOf(port, 'protocol') },
    asset: name === undefined ? undefined : { type: 'host', name },
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
