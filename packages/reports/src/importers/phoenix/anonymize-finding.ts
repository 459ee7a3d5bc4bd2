import { createHmac } from 'node:crypto';
import type { ReportedFinding } from '@deployguard/findings';

/**
 * Puts pseudonyms in the place of what names machines: addresses of IP wherever they stand, and the names of the hosts that the finding itself is
 * about. Under one key a name always has the same pseudonym, so that a machine stays one asset, and nobody without the key can tell whose it is.
 * What packages, rules and tools are called is left as it is.
 */
export function anonymizeFinding(finding: ReportedFinding, key: string): ReportedFinding {
  const { title, description, remedy, location, asset, references } = finding;
  const hosts = listHosts(finding);
  const hide = (text: string): string => hideAddresses(hideHosts(text, hosts, key), key);
  return {
    ...finding,
    title: hide(title),
    ...(description !== undefined && { description: hide(description) }),
    ...(remedy !== undefined && { remedy: hide(remedy) }),
    ...(location && { location: hideAll(location, hide) }),
    ...(asset && { asset: { ...asset, name: hide(asset.name) } }),
    ...(references && { references: references.map(hide) }),
  };
}

/** Longest first: a name may end another. */
function listHosts({ location = {}, asset }: ReportedFinding): string[] {
  const named = asset?.type === 'host' || asset?.type === 'web' ? asset.name : undefined;
  const hosts = [location.url, location.host, named]
    .map((text) => text && readHost(text))
    .filter((host) => host !== undefined && host !== '');
  return [...new Set(hosts as string[])].sort((a, b) => b.length - a.length);
}

/** The name of a host, also with a port or in an address of the web. Undefined: it is an address, or none. */
function readHost(text: string): string | undefined {
  const host = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/?#@]*@)?([^/?#:@[\]]+)/i.exec(text.trim())?.[1];
  return host === undefined || /^[\d.]+$/.test(host) ? undefined : host;
}

function hideHosts(text: string, hosts: readonly string[], key: string): string {
  return hosts.reduce(
    (hidden, host) => hidden.replaceAll(wholeWord(host), `host-${digest(host.toLowerCase(), key).slice(0, 12)}.example`),
    text,
  );
}

/** Not in a longer name. */
function wholeWord(host: string): RegExp {
  return new RegExp(`(?<![\\w-])(?<!\\w\\.)${host.replaceAll(/\W/g, '\\$&')}(?![\\w-])(?!\\.\\w)`, 'gi');
}

const address4 = /(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?!\w)(?!\.\d)/g;
const address6 = /(?<![\w:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])/gi;

/** Into networks that are private: 10.0.0.0/8 (RFC 1918) and fd00::/8 (RFC 4193). */
function hideAddresses(text: string, key: string): string {
  return text
    .replaceAll(address4, (address) => {
      const bytes = Buffer.from(digest(address, key).slice(0, 6), 'hex');
      return `10.${bytes.join('.')}`;
    })
    .replaceAll(address6, (address) => {
      if (!URL.canParse(`http://[${address}]`)) return address;
      const digits = digest(new URL(`http://[${address}]`).hostname, key);
      return `fd${digits.slice(0, 2)}:${digits.slice(2, 6)}:${digits.slice(6, 10)}::${digits.slice(10, 14)}`;
    });
}

function hideAll<Fields extends object>(fields: Fields, hide: (text: string) => string): Fields {
  const entries = Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? hide(value) : (value as unknown)]);
  return Object.fromEntries(entries) as Fields;
}

function digest(name: string, key: string): string {
  return createHmac('sha256', key).update(name).digest('hex');
}
