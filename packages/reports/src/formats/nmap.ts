import { joinTexts } from '../join-texts.ts';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePort } from '../parse-port.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childAt, childrenAt, deepText } from '../reading/xml-element.ts';
import type { XmlElement } from '../reading/xml-element.ts';
import type { Draft, Format, Reading } from './format.ts';

/**
 * Reports of Nmap: `-oX` (https://nmap.org/book/nmap-dtd.html). An open port is a finding for information; what scripts say of
 * vulnerabilities are findings of their own: those of the library "vulns" and of the script "vulners".
 */
export const nmap: Format = {
  id: 'nmap',
  name: 'Nmap',
  variants: [
    {
      form: 'xml',
      recognises: ({ root }) => root === 'nmaprun',
      layout: {
        entries: ['/nmaprun/host/ports/port', '/nmaprun/host/hostscript/script'],
        context: ['/nmaprun/host/address', '/nmaprun/host/hostnames'],
      },
      read: ({ element, parents, path }) =>
        path === '/nmaprun/host/ports/port' ? readPort(element, parents) : readScript(element, toPlace(parents, undefined)),
    },
  ],
};

/** What all findings of a host or a port have in common. */
type Place = Pick<Draft, 'location' | 'asset' | 'foundAt' | 'tool'>;

function toPlace([root, host]: XmlEntry['parents'], port: XmlElement | undefined): Place {
  const addresses = childrenAt(host, 'address');
  const address = addresses.find((candidate) => attributeOf(candidate, 'addrtype') !== 'mac') ?? addresses[0];
  const ip = attributeOf(address, 'addr');
  const name = attributeOf(childAt(host, 'hostnames', 'hostname'), 'name') ?? ip;
  const seconds = Number(attributeOf(host, 'starttime') ?? Number.NaN);
  return {
    location: { host: ip ?? name, port: parsePort(attributeOf(port, 'portid')), protocol: attributeOf(port, 'protocol') },
    asset: name === undefined ? undefined : { type: 'host', name },
    foundAt: Math.abs(seconds) < 1e11 ? new Date(seconds * 1000).toISOString() : undefined,
    tool: { version: attributeOf(root, 'version') },
  };
}

function readPort(port: XmlElement, parents: XmlEntry['parents']): readonly Reading[] {
  const state = attributeOf(childAt(port, 'state'), 'state');
  if (state !== 'open') return [{ skipped: 'port that is not open' }];
  const place = toPlace(parents, port);
  const service = childAt(port, 'service');
  const describe = (...names: readonly string[]): string | undefined =>
    names
      .map((name) => attributeOf(service, name) ?? '')
      .join(' ')
      .trim() || undefined;
  const number = [place.location?.port ?? attributeOf(port, 'portid'), place.location?.protocol]
    .filter((part) => part !== undefined)
    .join('/');
  const scripts = childrenAt(port, 'script');
  const open: Draft = {
    kind: 'misconfiguration',
    rule: { id: 'open-port' },
    title: [`Open port ${number}`, attributeOf(service, 'name')].filter((part) => part !== undefined).join(': '),
    description: joinTexts(describe('product', 'version', 'extrainfo'), ...childrenAt(service, 'cpe').map(({ text }) => text.trim())),
    severityLabel: 'info',
    identity: '',
    ...place,
  };
  return [open, ...scripts.flatMap((script) => findVulnerabilities(script, place))];
}

function readScript(script: XmlElement, place: Place): Reading | readonly Reading[] {
  const found = findVulnerabilities(script, place);
  return found.length > 0 ? found : { skipped: 'script that found no vulnerability' };
}

function findVulnerabilities(script: XmlElement, place: Place): readonly Draft[] {
  const id = attributeOf(script, 'id');
  const tables = childrenAt(script, 'table');
  const output = attributeOf(script, 'output');
  if (tables.length === 0 && output !== undefined) return id === 'vulners' ? readLines(output, place) : readOutput(output, id, place);
  if (id === 'vulners') return readVulners(script, place);
  return tables.flatMap((table) => {
    const state = elementText(table, 'state');
    return state?.includes('VULNERABLE') && !state.startsWith('NOT ') ? [readVulnerability(table, id, state, place)] : [];
  });
}

/** Early scripts write no tables: `MS08-067: VULNERABLE`, `VULNERABLE:` and what it is. */
function readOutput(output: string, script: string | undefined, place: Place): readonly Draft[] {
  if (!/^[ \t]*(?:[A-Z][\w.-]*: )?(?:LIKELY )?VULNERABLE\b/m.test(output)) return [];
  const aliases = parseVulnerabilityIds(output, script);
  return [{ kind: 'vulnerability', rule: { id: script }, title: script, description: output, aliases, identity: '', ...place }];
}

/** `CVE-2018-15473	5.0	https://vulners.com/cve/CVE-2018-15473`, below the name of the service. */
function readLines(output: string, place: Place): readonly Draft[] {
  let service: string | undefined;
  return output.split('\n').flatMap((line) => {
    const [id, score, address] = line.trim().split(/\s+/);
    if (address?.startsWith('https://vulners.com/') !== true) {
      if (id?.startsWith('cpe:') === true) service = id.replace(/:$/, '');
      return [];
    }
    return [
      {
        kind: 'vulnerability',
        rule: { id, helpUri: address },
        title: id,
        description: joinTexts(service, line.includes('*EXPLOIT*') ? 'There is an exploit.' : undefined),
        cvss: [{ score: Number(score) || undefined }],
        aliases: parseVulnerabilityIds(id),
        identity: service,
        ...place,
      } satisfies Draft,
    ];
  });
}

/** https://nmap.org/nsedoc/lib/vulns.html */
function readVulnerability(table: XmlElement, script: string | undefined, state: string, place: Place): Draft {
  const listed = (key: string): string[] =>
    childrenAt(table, 'table')
      .filter((inner) => attributeOf(inner, 'key') === key)
      .flatMap((inner) => deepText(inner)?.split('\n') ?? []);
  const key = attributeOf(table, 'key');
  return {
    kind: 'vulnerability',
    rule: { id: key ?? script, name: script },
    title: elementText(table, 'title') ?? key,
    description: joinTexts(state, listed('description').join('\n'), listed('check_results').join('\n')),
    severity: elementText(table, 'risk_factor'),
    cvss: listed('scores').map((text) => readScore(text)),
    aliases: parseVulnerabilityIds(key, ...listed('ids')),
    references: listed('refs'),
    publishedAt: elementText(table, 'disclosure'),
    identity: script,
    ...place,
  };
}

/** `CVSSv2: 9.3 (HIGH) (AV:N/AC:M/Au:N/C:C/I:C/A:C)` */
function readScore(text: string): NonNullable<Draft['cvss']>[number] {
  const match = /^CVSSv?([234]\.?\d?)?:?\s*(\d+(?:\.\d+)?)/i.exec(text);
  return {
    version: match?.[1]?.startsWith('2') ? '2.0' : undefined,
    score: match ? Number(match[2]) : undefined,
    vector: /\((AV:[^()]+)\)/.exec(text)?.[1],
  };
}

/** A table for each CPE of the service, with one for each vulnerability; exploits and advisories stand beside CVEs. */
function readVulners(script: XmlElement, place: Place): readonly Draft[] {
  return childrenAt(script, 'table').flatMap((service) =>
    childrenAt(service, 'table').map((table): Draft => {
      const id = elementText(table, 'id');
      const type = elementText(table, 'type');
      return {
        kind: 'vulnerability',
        rule: { id, ...(type && id && { helpUri: `https://vulners.com/${type}/${id}` }) },
        title: id,
        description: joinTexts(
          attributeOf(service, 'key'),
          elementText(table, 'is_exploit') === 'true' ? 'There is an exploit.' : undefined,
        ),
        cvss: [{ score: Number(elementText(table, 'cvss') ?? Number.NaN) || undefined }],
        aliases: parseVulnerabilityIds(id),
        identity: attributeOf(service, 'key'),
        ...place,
      };
    }),
  );
}

function elementText(table: XmlElement, key: string): string | undefined {
  const found = table.children.find((child) => child.name === 'elem' && attributeOf(child, 'key') === key);
  return found?.text.trim() || undefined;
}
