import { joinTexts } from '../join-texts.ts';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePort } from '../parse-port.ts';
import { numberAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import { toSite } from '../to-site.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Vulnerabilities that AppCheck found, with whatever engine, as JSON. */
export const appcheck: Format = {
  id: 'appcheck',
  name: 'AppCheck',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.items[]._id', '$.items[].title', '$.items[].first_detected_at', '$.items[].solution'),
      layout: { entries: ['$.items[]'] },
      read: readItem,
    },
  ],
};

const settled: ReadonlyMap<string, NonNullable<Draft['suppression']>['kind']> = new Map([
  ['fixed', 'fixed'],
  ['false_positive', 'false-positive'],
  ['acceptable_risk', 'accepted'],
]);

function readItem({ value }: JsonEntry): Reading {
  const title = clean(textAt(value, 'title'));
  const url = textAt(value, 'url');
  const host = textAt(value, 'host') ?? textAt(value, 'ipv4_address');
  const status = textAt(value, 'status')?.toLowerCase();
  const kind = settled.get(status ?? '');
  const epss = numberAt(value, 'epss_base_score');
  const aliases = parseVulnerabilityIds(...textsAt(value, 'cves'));
  return {
    kind: aliases.length > 0 ? 'vulnerability' : 'weakness',
    rule: { id: textAt(value, 'plugin', 'key') ?? title },
    title,
    description: joinTexts(clean(textAt(value, 'description')), clean(textAt(value, 'notes'))),
    remedy: clean(textAt(value, 'solution')),
    severity: textAt(value, 'severity'),
    cvss: [
      { version: '4.0', score: numberAt(value, 'cvss_v4_base_score'), vector: textAt(value, 'cvss_v4_vector') },
      { score: numberAt(value, 'cvss_v3_base_score'), vector: textAt(value, 'cvss_v3_vector') },
      { version: '2.0', score: numberAt(value, 'cvss_base_score'), vector: textAt(value, 'cvss_vector') },
    ],
    cwes: parseCwes(...textsAt(value, 'cwes')),
    aliases,
    location: { url, host, port: parsePort(textAt(value, 'port')), protocol: textAt(value, 'protocol') },
    asset: toSite(url) ?? (host === undefined ? undefined : { type: 'host', name: host }),
    epss: epss !== undefined && epss >= 0 && epss <= 1 ? { score: epss } : undefined,
    suppression: kind && { kind },
    foundAt: textAt(value, 'first_detected_at'),
    ownFingerprint: textAt(value, '_id'),
  };
}

/** Words stand in `[[…]]` where they are a link or code. */
function clean(text: string | undefined): string | undefined {
  return text?.replaceAll(/\[\[markup\]\]|\[\[|\]\]/g, '');
}
