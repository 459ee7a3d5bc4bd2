import { parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePort } from '../parse-port.ts';
import { textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { TextEntry } from '../reading/read-text-entries.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childText } from '../reading/xml-element.ts';
import { findAddresses } from '../find-addresses.ts';
import { toSite } from '../to-site.ts';
import type { Draft, Format, Reading } from './format.ts';

const members = ['host', 'ip', 'port'].flatMap((name) => [`$.${name}`, `$[].${name}`]);

/**
 * Reports of Nikto as JSON, XML and CSV (https://github.com/sullo/nikto/wiki/Export-Formats). Nikto does not rate what it finds.
 */
export const nikto: Format = {
  id: 'nikto',
  name: 'Nikto',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        ['$', '$[]'].some(
          (host) => outline.has(`${host}.host`, `${host}.port`, `${host}.banner`) && outline.hasList(`${host}.vulnerabilities`),
        ),
      layout: { entries: ['$.vulnerabilities[]', '$[].vulnerabilities[]'], context: members },
      read: readMember,
    },
    {
      form: 'xml',
      recognises: ({ root }) => root === 'niktoscan',
      // Version 2.1.6 wraps each run once more.
      layout: { entries: ['/niktoscan/scandetails/item', '/niktoscan/niktoscan/scandetails/item'] },
      read: readElement,
    },
    {
      form: 'text',
      recognises: (outline) => outline.hasLine(/^"Nikto - v[\d.]+/),
      // The CSV has no names of columns.
      layout: { begins: /^"[^"]*","[^"]*","\d*",/, context: /^"Nikto - v/ },
      read: readLine,
    },
  ],
};

function readMember({ value, parents }: JsonEntry): Reading {
  const host = parents.at(-1);
  return toDraft({
    id: textAt(value, 'id'),
    osvdb: textAt(value, 'OSVDB'),
    text: textAt(value, 'msg'),
    references: findAddresses(textAt(value, 'references'), textAt(value, 'msg')),
    method: textAt(value, 'method'),
    url: textAt(value, 'url'),
    site: undefined,
    host: textAt(host, 'host') ?? textAt(host, 'ip'),
    port: parsePort(textAt(host, 'port')),
  });
}

function readElement({ element, parents }: XmlEntry): Reading {
  const details = parents.at(-1);
  return toDraft({
    id: attributeOf(element, 'id'),
    osvdb: attributeOf(element, 'osvdbid'),
    text: childText(element, 'description'),
    references: findAddresses(childText(element, 'references')),
    method: attributeOf(element, 'method'),
    url: childText(element, 'uri'),
    site: attributeOf(details, 'sitename'),
    host: attributeOf(details, 'targethostname') ?? attributeOf(details, 'targetip'),
    port: parsePort(attributeOf(details, 'targetport')),
    version: attributeOf(parents.at(-2), 'version'),
  });
}

/** `"host","address","port","reference","GET","/path","what it is"`; the line about the server has no method. */
function readLine({ lines: [line = ''], context: [first = ''] }: TextEntry): Reading {
  const cells = [...line.matchAll(/"((?:[^"]|"")*)"(?:,|$)/gy)];
  // A text whose quotes are not doubled is none; it is the last one.
  const rest = line.slice(cells.reduce((length, [cell]) => length + cell.length, 0)).replaceAll(/^"|"$|\\(?=")/g, '');
  const [host, ip, port, reference, method, url, ...text] = [...cells.map((cell) => cell[1]!.replaceAll('""', '"')), rest].map(
    (value) => value.trim() || undefined,
  );
  if (method === undefined) return { skipped: 'line about the server' };
  return toDraft({
    id: reference?.startsWith('OSVDB-') === true ? reference : undefined,
    osvdb: undefined,
    text: text.find((part) => part !== undefined),
    references: findAddresses(reference),
    method,
    url,
    site: undefined,
    host: host ?? ip,
    port: parsePort(port),
    version: /(?<=- v)\d[\d.]*/.exec(first)?.[0],
  });
}

interface Item {
  readonly id: string | undefined;
  readonly osvdb: string | undefined;
  readonly text: string | undefined;
  readonly references: readonly string[];
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly site: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly version?: string | undefined;
}

function toDraft({ id, osvdb, text, references, method, url, site, host, port, version }: Item): Draft {
  // `/admin/: This might be interesting`: the place is told apart from the problem.
  const title = url !== undefined && text?.startsWith(`${url}: `) ? text.slice(url.length + 2) : text;
  return {
    kind: 'weakness',
    rule: { id },
    title,
    description: osvdb === undefined || osvdb === '0' ? text : `${text ?? ''}\n\nOSVDB-${osvdb}`,
    aliases: parseVulnerabilityIds(text, ...references),
    location: { url: site === undefined ? url : `${site.replace(/\/$/, '')}${url ?? ''}`, method, host, port },
    asset: toSite(site) ?? (host === undefined ? undefined : { type: 'web', name: port === undefined ? host : `${host}:${port}` }),
    references,
    tool: { version },
  };
}
