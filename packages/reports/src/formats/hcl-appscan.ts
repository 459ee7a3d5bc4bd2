import type { Severity } from '@deployguard/findings';
import { joinTexts } from '../join-texts.ts';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePort } from '../parse-port.ts';
import { findInTable } from '../reading/find-in-table.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childText } from '../reading/xml-element.ts';
import type { XmlElement } from '../reading/xml-element.ts';
import { toSite } from '../to-site.ts';
import type { Format, Reading } from './format.ts';

const types = '/xml-report/issue-type-group/item';
const entities = '/xml-report/entity-group/item';
const addresses = '/xml-report/url-group/item';
const remedies = '/xml-report/remediation-group/item';

/** Reports of HCL AppScan on running applications, as XML; those on source code are another format. Recorded traffic is left out. */
export const hclAppscan: Format = {
  id: 'hcl-appscan',
  name: 'HCL AppScan',
  variants: [
    {
      form: 'xml',
      recognises: (outline) => outline.root === 'xml-report' && !/^SAST$/i.test(outline.attribute('/xml-report', 'technology') ?? ''),
      layout: { entries: ['/xml-report/issue-group/item'], tables: [types, entities, addresses, remedies] },
      read: readIssue,
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['0', 'info'],
  ['1', 'low'],
  ['2', 'medium'],
  ['3', 'high'],
  ['4', 'critical'],
]);

/** What an issue says of itself, or what it refers to. */
function readIssue({ element, tables }: XmlEntry): Reading {
  const find = (path: string, name: string): XmlElement | undefined =>
    findInTable(tables.get(path), childText(element, name, 'ref'), (item) => attributeOf(item, 'id'));
  const type = find(types, 'issue-type');
  const entity = find(entities, 'entity');
  const id = childText(element, 'issue-type', 'ref') ?? childText(element, 'issue-type');
  const name = childText(type, 'name') ?? childText(element, 'issue-type-name') ?? id;
  const severity = childText(element, 'severity') ?? childText(element, 'severity-id');
  const url =
    childText(entity, 'url-name') ??
    childText(find(addresses, 'url'), 'name') ??
    childText(element, 'url-name') ??
    childText(element, 'location');
  const score = Number(childText(element, 'cvss-score') ?? Number.NaN);
  const vector = childText(element, 'cvss-vector', 'base-vector');
  return {
    kind: 'weakness',
    rule: { id, name },
    title: name,
    description: joinTexts(
      childText(element, 'variant-group', 'item', 'reasoning'),
      childText(element, 'security-risks'),
      childText(element, 'threat-class', 'ref') ? undefined : childText(element, 'threat-class'),
    ),
    remedy:
      childText(find(remedies, 'remediation'), 'name') ??
      (childText(element, 'remediation', 'ref') ? undefined : childText(element, 'remediation')),
    severity,
    severityLabel: labels.get(severity ?? ''),
    cvss: [{ score, vector, version: vector?.includes('Au:') === true ? '2.0' : undefined }],
    cwes: parseCwes(childText(element, 'cwe', 'ref') ?? childText(element, 'cwe') ?? childText(type, 'cwe')),
    aliases: parseVulnerabilityIds(childText(type, 'cve'), attributeOf(element, 'cve')),
    location: {
      url,
      parameter: childText(entity, 'name') ?? childText(element, 'entity'),
      host: childText(element, 'host'),
      port: parsePort(childText(element, 'port')),
    },
    asset: toSite(url),
    identity: [id, childText(element, 'cause-id')].join(' '),
  };
}
