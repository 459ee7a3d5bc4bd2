import type { Severity } from '@deployguard/findings';
import { parseCwes } from '../parse-ids.ts';
import { numberAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childAt, childrenAt } from '../reading/xml-element.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Vulnerabilities that Contrast Assess exports as CSV and XML, and those of its API. Queries and bodies of requests are left out: they hold what users typed. */
export const contrast: Format = {
  id: 'contrast',
  name: 'Contrast',
  variants: [
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('Vulnerability Name', 'Vulnerability ID', 'Rule Name', 'Severity', 'Application Name'),
      layout: { columns: ['Vulnerability Name', 'Vulnerability ID', 'Rule Name', 'Severity'] },
      read({ field }) {
        const severity = field('Severity');
        const application = field('Application Name');
        return {
          kind: 'weakness',
          rule: { id: field('Rule Name'), name: field('Category') },
          title: field('Vulnerability Name'),
          severity,
          severityLabel: labels.get(severity?.toLowerCase() ?? ''),
          // An address such as https://cwe.mitre.org/data/definitions/89.html.
          cwes: parseCwes(/(?<!\d)(\d+)(?:\.html)?$/.exec(field('CWE ID') ?? '')?.[1]),
          location: { url: field('Request URI'), method: field('Request Method'), protocol: field('Request Protocol') },
          asset: application === undefined ? undefined : { type: 'web', name: application },
          suppression: readStatus(field('Status')),
          foundAt: toTime(numberAt(field('First Seen'))),
          ownFingerprint: field('Vulnerability ID'),
        };
      },
    },
    {
      form: 'xml',
      recognises: (outline) =>
        outline.root === 'findings' &&
        outline.attribute('/findings/finding', 'ruleId') !== undefined &&
        outline.attribute('/findings/finding', 'agent-version') !== undefined,
      layout: { entries: ['/findings/finding'] },
      read: readTrace,
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.traces[].uuid', '$.traces[].rule_name', '$.traces[].severity'),
      isToldByEntries: true,
      layout: { entries: ['$.traces[]'] },
      read: readAnswer,
    },
  ],
};

/** Of the API (`/ng/{organization}/traces/{application}/filter`), which tells the request and the application where it is asked for them. */
function readAnswer({ value }: JsonEntry): Reading {
  const severity = textAt(value, 'severity');
  const application = textAt(value, 'application', 'name');
  return {
    kind: 'weakness',
    rule: { id: textAt(value, 'rule_name'), name: textAt(value, 'rule_title') },
    title: textAt(value, 'title') ?? textAt(value, 'rule_title'),
    description: textAt(value, 'evidence'),
    severity,
    severityLabel: labels.get(severity?.toLowerCase() ?? ''),
    location: {
      url: textAt(value, 'request', 'uri'),
      method: textAt(value, 'request', 'method'),
      protocol: textAt(value, 'request', 'protocol'),
    },
    asset: application === undefined ? undefined : { type: 'web', name: application },
    suppression: readStatus(textAt(value, 'status')),
    foundAt: toTime(numberAt(value, 'first_time_seen')),
    ownFingerprint: textAt(value, 'uuid'),
  };
}

const labels: ReadonlyMap<string, Severity> = new Map([['note', 'info']]);

function readStatus(status: string | undefined): Draft['suppression'] {
  if (status === 'Not a Problem' || status === 'NotAProblem') return { kind: 'false-positive' };
  return status === 'Fixed' || status === 'Remediated' ? { kind: 'fixed' } : undefined;
}

/** Of milliseconds. */
function toTime(milliseconds: number | undefined): string | undefined {
  return milliseconds !== undefined && milliseconds > 0 && milliseconds < 1e14 ? new Date(milliseconds).toISOString() : undefined;
}

/** A trace, as the export of an application holds it: it names its rule and its request, and rates nothing. */
function readTrace({ element }: XmlEntry): Reading {
  const rule = attributeOf(element, 'ruleId');
  const request = childAt(element, 'request');
  const properties = childrenAt(element, 'props', 'properties');
  const property = (name: string): string | undefined => properties.find((item) => attributeOf(item, 'name') === name)?.text.trim();
  const application = attributeOf(element, 'application-name');
  return {
    kind: 'weakness',
    rule: { id: rule },
    title: rule?.replaceAll('-', ' '),
    location: {
      url: attributeOf(request, 'uri'),
      method: attributeOf(request, 'method'),
      protocol: attributeOf(request, 'protocol'),
      // What is wrong in the configuration has a file and no request.
      path: request === undefined ? (property('path') ?? property('aspx'))?.replaceAll('\\', '/').replace(/^\//, '') : undefined,
      resource: property('route-signature') ?? property('locationPath'),
    },
    asset: application === undefined ? undefined : { type: 'web', name: application },
    references: [attributeOf(element, 'link')].filter((link) => link !== undefined),
    ownFingerprint: attributeOf(element, 'uuid'),
  };
}
