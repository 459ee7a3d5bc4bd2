import { findAddresses } from '../find-addresses.ts';
import { hidePasswords } from '../hide-passwords.ts';
import { joinTexts } from '../join-texts.ts';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePort } from '../parse-port.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import { toSite } from '../to-site.ts';
import type { Draft, Format, Reading } from './format.ts';

const columns = ['name', 'severity', 'target', 'desc', 'easeofresolution', 'web_vulnerability'];

/** Vulnerabilities that Faraday exports as CSV (https://docs.faradaysec.com/). Recorded requests and responses are left out. */
export const faraday: Format = {
  id: 'faraday',
  name: 'Faraday',
  variants: [{ form: 'csv', recognises: (outline) => outline.hasColumns(...columns), layout: { columns }, read: readRow }],
};

const suppressions: ReadonlyMap<string, 'fixed' | 'accepted'> = new Map([
  ['closed', 'fixed'],
  ['risk-accepted', 'accepted'],
]);

function readRow(entry: CsvEntry): Reading {
  const name = entry.field('name');
  const severity = entry.field('severity');
  const status = entry.field('status');
  const target = entry.field('target');
  const settledAs = suppressions.get(status ?? '');
  const cves = parseVulnerabilityIds(entry.field('cve'), entry.field('refs'));
  return {
    kind: cves.length > 0 ? 'vulnerability' : 'weakness',
    rule: { id: entry.field('external_id') ?? name },
    title: name,
    // Plugins for Hydra and its like write the passwords that were guessed.
    description: hidePasswords(joinTexts(entry.field('desc'), entry.field('data'))),
    remedy: entry.field('resolution'),
    severity,
    severityLabel: severity === 'med' ? 'medium' : undefined,
    cvss: [
      { version: '2.0', score: Number(entry.field('cvss2_base_score') ?? Number.NaN), vector: entry.field('cvss2_vector_string') },
      { score: Number(entry.field('cvss3_base_score') ?? Number.NaN), vector: entry.field('cvss3_vector_string') },
    ],
    cwes: parseCwes(entry.field('cwe')),
    aliases: cves,
    ...describePlace(entry, target),
    references: findAddresses(entry.field('refs')),
    suppression: settledAs && { kind: settledAs, reason: status },
    foundAt: entry.field('date'),
    identity: [name, entry.field('service')].join(' '),
  };
}

function describePlace(entry: CsvEntry, target: string | undefined): Pick<Draft, 'location' | 'asset'> {
  const place = { host: target, port: parsePort(entry.field('port')), protocol: entry.field('protocol') };
  const website = entry.field('website');
  if (website === undefined || entry.field('web_vulnerability')?.toLowerCase() !== 'true')
    return { location: place, asset: target === undefined ? undefined : { type: 'host', name: target } };
  const site = website.includes('://') ? website : `http://${website}`;
  const url = URL.parse(entry.field('path') ?? '', site)?.href ?? site;
  return {
    location: { ...place, url, method: entry.field('method'), parameter: entry.field('pname') },
    asset: toSite(site) ?? { type: 'web', name: website },
  };
}
