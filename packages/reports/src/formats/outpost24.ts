import { joinTexts } from '../join-texts.ts';
import { findAddresses } from '../find-addresses.ts';
import { findSeverity } from '../normalize-severity.ts';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePort } from '../parse-port.ts';
import { childrenAt, childText, childTexts } from '../reading/xml-element.ts';
import type { Format } from './format.ts';

const roots = ['main', 'report', 'outpost24'];

/** Reports of Outpost24 Outscan and HIAB as XML. */
export const outpost24: Format = {
  id: 'outpost24',
  name: 'Outpost24',
  variants: [
    {
      form: 'xml',
      recognises: (outline) => roots.some((root) => outline.has(`/${root}/detaillist`, `/${root}/hostlist`)),
      layout: { entries: roots.map((root) => `/${root}/detaillist/detail`) },
      read({ element }) {
        const get = (...path: readonly string[]): string | undefined => childText(element, ...path);
        const host = get('ip') ?? get('hostname');
        const name = get('hostname') ?? host;
        const risk = get('risk') ?? get('severity');
        const version3 = Number(get('cvss_v3_score') ?? Number.NaN);
        const version2 = Number(get('cvss_score') ?? Number.NaN);
        return {
          kind: 'vulnerability',
          rule: { id: get('scriptid') ?? get('id'), name: get('name') },
          title: get('name'),
          description: joinTexts(get('description'), get('information')),
          remedy: get('solution'),
          severity: risk,
          severityLabel: findSeverity(risk?.replace(/ risk$/i, '')),
          cvss: [
            { score: version3, vector: get('cvss_v3_vector') },
            { version: '2.0', score: version2, vector: get('cvss_vector') },
          ],
          cwes: parseCwes(get('cwe')),
          aliases: parseVulnerabilityIds(...childTexts(element, 'cve', 'id')),
          location: {
            host,
            port: parsePort(get('portinfo', 'portnumber') ?? get('port')),
            protocol: get('portinfo', 'protocol') ?? get('protocol'),
          },
          asset: name === undefined ? undefined : { type: 'host', name },
          references: childrenAt(element, 'referencelist', 'reference').flatMap((reference) => findAddresses(childText(reference, 'url'))),
          foundAt: get('date'),
          identity: get('name'),
        };
      },
    },
  ],
};
