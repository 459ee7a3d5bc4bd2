import { findAddresses } from '../find-addresses.ts';
import { joinTexts } from '../join-texts.ts';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePort } from '../parse-port.ts';
import { findInList } from '../reading/find-in-list.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { childAt, childText, childTexts } from '../reading/xml-element.ts';
import { toSite } from '../to-site.ts';
import type { Format, Reading } from './format.ts';

const roots = ['MetasploitV4', 'MetasploitV5'];

/** What Metasploit exports: `db_export -f xml` (https://docs.metasploit.com/). Credentials and loot are left out. */
export const metasploit: Format = {
  id: 'metasploit',
  name: 'Metasploit',
  variants: [
    {
      form: 'xml',
      recognises: ({ root }) => roots.includes(root),
      layout: {
        entries: roots.flatMap((root) => [`/${root}/hosts/host/vulns/vuln`, `/${root}/web_vulns/web_vuln`]),
        context: roots.flatMap((root) => ['address', 'name', 'services'].map((name) => `/${root}/hosts/host/${name}`)),
      },
      read: (entry) => (entry.element.name === 'vuln' ? readVulnerability(entry) : readWebVulnerability(entry)),
    },
  ],
};

function readVulnerability({ element, parents: [, , host] }: XmlEntry): Reading {
  const title = childText(element, 'name');
  const address = childText(host, 'address');
  const name = childText(host, 'name') ?? address;
  const serviceId = childText(element, 'service-id');
  const service = findInList(childAt(host, 'services')?.children ?? [], serviceId, (candidate) => childText(candidate, 'id'));
  const references = childTexts(element, 'refs', 'ref');
  const exploitedAt = childText(element, 'exploited-at');
  return {
    kind: 'vulnerability',
    rule: { id: title },
    title,
    description: joinTexts(childText(element, 'info'), exploitedAt === undefined ? undefined : `Exploited at ${exploitedAt}.`),
    aliases: parseVulnerabilityIds(title, ...references),
    location: {
      host: address ?? name,
      port: parsePort(childText(service, 'port')),
      protocol: childText(service, 'proto'),
    },
    asset: name === undefined ? undefined : { type: 'host', name },
    references: findAddresses(...references),
    foundAt: childText(element, 'created-at'),
    identity: title,
  };
}

function readWebVulnerability({ element }: XmlEntry): Reading {
  const host = childText(element, 'vhost') ?? childText(element, 'host');
  const port = childText(element, 'port');
  const scheme = childText(element, 'ssl') === 'true' ? 'https' : 'http';
  const url = host && URL.parse(childText(element, 'path') ?? '/', `${scheme}://${host}${port === undefined ? '' : `:${port}`}`)?.href;
  const title = childText(element, 'name');
  return {
    kind: 'weakness',
    rule: { id: title },
    title,
    // The proof is left out: it is what the site answered.
    description: childText(element, 'description'),
    location: { url, method: childText(element, 'method'), parameter: childText(element, 'pname') },
    asset: toSite(url),
    foundAt: childText(element, 'created-at'),
  };
}
