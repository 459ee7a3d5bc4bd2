import { findAddresses } from '../find-addresses.ts';
import { joinTexts } from '../join-texts.ts';
import { parseCwes } from '../parse-ids.ts';
import { objectAt, textAt } from '../reading/read-field.ts';
import { attributeOf, childAt, childText } from '../reading/xml-element.ts';
import { stripMarkup } from '../strip-markup.ts';
import type { Format } from './format.ts';

const graphqlPaths = ['$.Issues[]', '$.issues[]', '$.data.scan.issues[]'];

/**
 * Issues that Burp Suite exports as XML, and those that its REST and GraphQL APIs give
 * (https://portswigger.net/burp/documentation/enterprise/api-documentation). Requests and responses are left out: they hold cookies and
 * passwords.
 */
export const burp: Format = {
  id: 'burp',
  name: 'Burp Suite',
  variants: [
    {
      form: 'xml',
      recognises: (outline) =>
        outline.root === 'issues' &&
        (outline.attribute('/issues', 'burpVersion') !== undefined ||
          outline.has(...['serialNumber', 'host', 'confidence'].map((name) => `/issues/issue/${name}`))),
      layout: { entries: ['/issues/issue'] },
      read({ element, parents: [root] }) {
        const host = childText(element, 'host');
        return {
          kind: 'weakness',
          rule: { id: childText(element, 'type'), name: childText(element, 'name') },
          title: childText(element, 'name'),
          description: [childText(element, 'issueDetail'), childText(element, 'issueBackground')]
            .map(stripMarkup)
            .filter((text) => text !== undefined)
            .join('\n\n'),
          remedy: stripMarkup(childText(element, 'remediationDetail') ?? childText(element, 'remediationBackground')),
          severity: childText(element, 'severity'),
          severityLabel: childText(element, 'severity') === 'Information' ? 'info' : undefined,
          cwes: parseCwes(childText(element, 'vulnerabilityClassifications')),
          location: {
            url: `${host ?? ''}${childText(element, 'path') ?? ''}`,
            method: attributeOf(childAt(element, 'requestresponse', 'request'), 'method'),
            parameter: /^[^[]*\[(.+)\]$/.exec(childText(element, 'location') ?? '')?.[1],
          },
          asset: host === undefined ? undefined : { type: 'web', name: host },
          suppression: childText(element, 'severity') === 'False Positive' ? { kind: 'false-positive' } : undefined,
          tool: { version: attributeOf(root, 'burpVersion') },
        };
      },
    },
    {
      form: 'json',
      recognises: (outline) => outline.hasList('$.issue_events') && (outline.has('$.scan_status') || outline.has('$.issue_events[].issue')),
      layout: { entries: ['$.issue_events[]'] },
      read({ value }) {
        const issue = objectAt(value, 'issue');
        if (issue === undefined && textAt(value, 'type') !== undefined) return { skipped: 'event without issue' };
        const origin = textAt(issue, 'origin');
        const severity = textAt(issue, 'severity');
        return {
          kind: 'weakness',
          rule: { id: textAt(issue, 'type_index') ?? textAt(issue, 'name'), name: textAt(issue, 'name') },
          title: textAt(issue, 'name'),
          description: joinTexts(stripMarkup(textAt(issue, 'description')), stripMarkup(textAt(issue, 'issue_background'))),
          remedy: stripMarkup(textAt(issue, 'remediation') ?? textAt(issue, 'remediation_background')),
          severity,
          cwes: parseCwes(textAt(issue, 'vulnerability_classifications')),
          location: {
            url: `${origin ?? ''}${textAt(issue, 'path') ?? ''}`,
            parameter: /^[^[]*\[(.+)\]$/.exec(textAt(issue, 'caption') ?? '')?.[1],
          },
          asset: origin === undefined ? undefined : { type: 'web', name: origin },
          suppression: severity === 'false_positive' ? { kind: 'false-positive' } : undefined,
        };
      },
    },
    {
      form: 'json',
      recognises: (outline) => graphqlPaths.some((path) => outline.has(`${path}.issue_type.name`, `${path}.origin`)),
      layout: { entries: graphqlPaths },
      read({ value }) {
        const about = (name: string): string | undefined => textAt(value, 'issue_type', name);
        const origin = textAt(value, 'origin');
        const severity = textAt(value, 'severity');
        return {
          kind: 'weakness',
          rule: { id: textAt(value, 'issue_type', 'type_index') ?? about('name') },
          title: about('name'),
          description: joinTexts(stripMarkup(textAt(value, 'description_html')), stripMarkup(about('description_html'))),
          remedy: joinTexts(stripMarkup(textAt(value, 'remediation_html')), stripMarkup(about('remediation_html'))),
          severity,
          cwes: parseCwes(about('vulnerability_classifications_html')),
          location: { url: `${origin ?? ''}${textAt(value, 'path') ?? ''}` },
          asset: origin === undefined ? undefined : { type: 'web', name: origin },
          references: findAddresses(about('references_html')),
          suppression: severity === 'false_positive' ? { kind: 'false-positive' } : undefined,
        };
      },
    },
  ],
};
