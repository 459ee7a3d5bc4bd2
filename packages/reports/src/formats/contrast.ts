import { parseCwes } from '../parse-ids.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childAt, childrenAt } from '../reading/xml-element.ts';
import type { Format, Reading } from './format.ts';

/** Vulnerabilities that Contrast Assess exports as CSV and XML. Queries and bodies of requests are left out: they hold what users typed. */
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
        const status = field('Status');
        const seen = Number(field('First Seen') ?? Number.NaN);
        const application = field('Application Name');
        return {
          kind: 'weakness',
          rule: { id: field('Rule Name'), name: field('Category') },
          title: field('Vulnerability Name'),
          severity,
          severityLabel: severity === 'Note' ? 'info' : undefined,
          // An address such as https://cwe.mitre.org/data/definitions/89.html.
          cwes: parseCwes(/(?<!\d)(\d+)(?:\.html)?$/.exec(field('CWE ID') ?? '')?.[1]),
          location: { url: field('Request URI'), method: field('Request Method'), protocol: field('Request Protocol') },
          asset: application === undefined ? undefined : { type: 'web', name: application },
          suppression:
            status === 'Not a Problem'
              ? { kind: 'false-positive' }
              : status === 'Fixed' || status === 'Remediated'
                ? { kind: 'fixed' }
                : undefined,
          foundAt: seen > 0 && seen < 1e14 ? new Date(seen).toISOString() : undefined,
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
  ],
};

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
