import { joinTexts } from '../join-texts.ts';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePort } from '../parse-port.ts';
import { listAt, numberAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import { toSite } from '../to-site.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Vulnerabilities of Synack, as its API gives them: `/v1/vulnerabilities`. Recorded requests and steps of validation are left out. */
export const synack: Format = {
  id: 'synack',
  name: 'Synack',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].cvss_final', '$[].exploitable_locations', '$[].vulnerability_status', '$[].listing'),
      layout: { entries: ['$[]'] },
      read: readVulnerability,
    },
  ],
};

function readVulnerability({ value }: JsonEntry): Reading {
  const places = listAt(value, 'exploitable_locations');
  const status = textAt(value, 'vulnerability_status', 'text');
  const cves = textsAt(value, 'cve_ids');
  const others = places.slice(1).flatMap((place) => textAt(place, 'value') ?? textAt(place, 'address') ?? []);
  return {
    kind: cves.length > 0 ? 'vulnerability' : 'weakness',
    rule: { id: textAt(value, 'category', 'display') ?? textAt(value, 'title'), name: textAt(value, 'category', 'parent') },
    title: textAt(value, 'title'),
    description: joinTexts(textAt(value, 'description'), textAt(value, 'impact'), others.join('\n')),
    remedy: textAt(value, 'recommended_fix'),
    cvss: [{ score: numberAt(value, 'cvss_final'), vector: textAt(value, 'cvss_vector') }],
    cwes: parseCwes(...textsAt(value, 'cwe_ids')),
    aliases: parseVulnerabilityIds(...cves),
    ...describePlace(places[0], textAt(value, 'listing', 'codename')),
    references: textsAt(value, 'link'),
    suppression: status === 'Fixed' ? { kind: 'fixed' } : undefined,
    ownFingerprint: textAt(value, 'id'),
  };
}

/** An address on the web, a host with a port, or words. */
function describePlace(place: unknown, listing: string | undefined): Pick<Draft, 'location' | 'asset'> {
  const address = textAt(place, 'address');
  const text = textAt(place, 'value');
  const site = toSite(text);
  return {
    location: {
      ...(site ? { url: text } : { resource: text }),
      host: address,
      port: parsePort(textAt(place, 'port')),
      protocol: textAt(place, 'protocol'),
    },
    asset: site ?? (address ? { type: 'host', name: address } : listing === undefined ? undefined : { type: 'web', name: listing }),
  };
}
