import { findAddresses } from '../find-addresses.ts';
import { joinTexts } from '../join-texts.ts';
import { parseCwes } from '../parse-ids.ts';
import { attributeOf, childAt, childrenAt, childText } from '../reading/xml-element.ts';
import { toSite } from '../to-site.ts';
import type { Format } from './format.ts';

const roots = ['w3af-run', 'w3afrun'];

/** Reports of w3af: the output plugin `xml_file` (http://docs.w3af.org/en/latest/). Recorded requests and responses are left out. */
export const w3af: Format = {
  id: 'w3af',
  name: 'w3af',
  variants: [
    {
      form: 'xml',
      recognises: ({ root }) => roots.includes(root),
      layout: {
        entries: roots.flatMap((root) => [`/${root}/vulnerability`, `/${root}/information`]),
        context: roots.flatMap((root) => [`/${root}/scan-info`, `/${root}/scaninfo`]),
      },
      read({ element, parents: [root] }) {
        const get = (name: string): string | undefined => {
          const text = attributeOf(element, name);
          return text === 'None' ? undefined : text;
        };
        const target = attributeOf(childAt(root, 'scan-info') ?? childAt(root, 'scaninfo'), 'target');
        return {
          kind: 'weakness',
          rule: { id: get('plugin'), name: get('name') },
          title: get('name'),
          description: joinTexts(childText(element, 'description') ?? element.text.trim(), childText(element, 'long-description')),
          remedy: childText(element, 'fix-guidance'),
          severity: get('severity'),
          severityLabel: element.name === 'information' ? 'info' : undefined,
          cwes: parseCwes(...childrenAt(element, 'references', 'reference').map((reference) => attributeOf(reference, 'title'))),
          location: { url: get('url') ?? target, method: get('method'), parameter: get('var') },
          asset: toSite(get('url')) ?? toSite(target),
          references: findAddresses(...childrenAt(element, 'references', 'reference').map((reference) => attributeOf(reference, 'url'))),
          tool: { version: attributeOf(root, 'version') },
        };
      },
    },
  ],
};
