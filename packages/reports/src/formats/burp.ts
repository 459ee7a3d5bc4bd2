import { parseCwes } from '../parse-ids.ts';
import { attributeOf, childAt, childText } from '../reading/xml-element.ts';
import { stripMarkup } from '../strip-markup.ts';
import type { Format } from './format.ts';

/** Issues that Burp Suite exports as XML. Requests and responses are left out: they hold cookies and passwords. */
export const burp: Format = {
  id: 'burp',
  name: 'Burp Suite',
  variants: [
    {
      form: 'xml',
      recognises: (outline) => outline.root === 'issues' && outline.attribute('/issues', 'burpVersion') !== undefined,
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
            parameter: /\[(.+)\]$/.exec(childText(element, 'location') ?? '')?.[1],
          },
          asset: host === undefined ? undefined : { type: 'web', name: host },
          suppression: childText(element, 'severity') === 'False Positive' ? { kind: 'false-positive' } : undefined,
          tool: { version: attributeOf(root, 'burpVersion') },
        };
      },
    },
  ],
};
