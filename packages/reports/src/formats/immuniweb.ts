import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { childText } from '../reading/xml-element.ts';
import { toSite } from '../to-site.ts';
import type { Format } from './format.ts';

/** Reports of ImmuniWeb as XML. */
export const immuniweb: Format = {
  id: 'immuniweb',
  name: 'ImmuniWeb',
  variants: [
    {
      form: 'xml',
      recognises: (outline) =>
        outline.root === 'Vulnerabilities' && outline.has('/Vulnerabilities/Vulnerability/CWE-ID', '/Vulnerabilities/Vulnerability/Risk'),
      layout: { entries: ['/Vulnerabilities/Vulnerability'] },
      read({ element }) {
        const get = (name: string): string | undefined => childText(element, name);
        const risk = get('Risk');
        const [, score, vector] = /^(\d+(?:\.\d+)?)?\s*\[?(CVSS:3[^\]\s]*)?/.exec(get('CVSSv3') ?? '') ?? [];
        return {
          kind: 'weakness',
          rule: { id: get('Type') ?? get('Name') },
          title: get('Name'),
          // The proof of concept is left out: it holds what was sent.
          description: get('Description'),
          severity: risk,
          severityLabel: risk?.toLowerCase() === 'warning' ? 'info' : undefined,
          cvss: [{ score: score === undefined ? undefined : Number(score), vector }],
          cwes: parseCwes(get('CWE-ID')),
          aliases: parseVulnerabilityIds(get('CVE-ID')),
          location: { url: get('URL') },
          asset: toSite(get('URL')),
          suppression: get('Status')?.toLowerCase() === 'fixed' ? { kind: 'fixed' } : undefined,
          foundAt: get('Date'),
          identity: [get('Name'), get('ID')].join(' '),
        };
      },
    },
  ],
};
