import { joinTexts } from '../join-texts.ts';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import { toSite } from '../to-site.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Members that hold a part of the site by its name, and what such a part is called. */
const parts: ReadonlyMap<string, string> = new Map([
  ['plugins', 'plugin'],
  ['themes', 'theme'],
]);

/** Members whose names are addresses of files that should not be there, and what they are. */
const exposures: ReadonlyMap<string, string> = new Map([
  ['config_backups', 'Backup of the configuration'],
  ['db_exports', 'Export of the database'],
  ['timthumbs', 'TimThumb'],
]);

/** Reports of WPScan: `wpscan --format json` (https://github.com/wpscanteam/CMSScanner/wiki/Output). */
export const wpscan: Format = {
  id: 'wpscan',
  name: 'WPScan',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.matches('$.banner.description', /WordPress Security Scanner/) || outline.has('$.target_url', '$.interesting_findings'),
      layout: {
        entries: [
          '$.scan_aborted',
          '$.interesting_findings[]',
          '$.version.vulnerabilities[]',
          '$.main_theme.vulnerabilities[]',
          ...[...parts.keys()].map((name) => `$.${name}{}.vulnerabilities[]`),
          ...[...exposures.keys()].map((name) => `$.${name}{}`),
          '$.users{}',
        ],
        context: [
          '$.banner.version',
          '$.target_url',
          '$.start_time',
          '$.version.number',
          '$.main_theme.slug',
          '$.main_theme.version',
          ...[...parts.keys()].map((name) => `$.${name}{}.version`),
        ],
      },
      read: readEntry,
    },
  ],
};

function readEntry(entry: JsonEntry): Reading {
  const { path, value, parents, key } = entry;
  const [root] = parents;
  const site = textAt(root, 'target_url');
  const seconds = numberAt(root, 'start_time');
  const common = {
    asset: toSite(site),
    foundAt: seconds === undefined || Math.abs(seconds) > 1e11 ? undefined : new Date(seconds * 1000).toISOString(),
  };
  if (path === '$.scan_aborted') return { missing: 'scan that was aborted' };
  if (path.endsWith('.vulnerabilities[]')) return { ...common, ...readVulnerability(entry, site) };
  if (path === '$.interesting_findings[]') {
    return {
      kind: 'weakness',
      rule: { id: textAt(value, 'type') },
      title: textAt(value, 'to_s') ?? textAt(value, 'type'),
      description: joinTexts(...textsAt(value, 'interesting_entries'), textAt(value, 'found_by')),
      severityLabel: 'info',
      location: { url: textAt(value, 'url') },
      references: readReferences(value),
      ...common,
    };
  }
  if (path === '$.users{}') {
    return {
      kind: 'weakness',
      rule: { id: 'user' },
      title: `Name of a user: ${key ?? ''}`,
      description: textAt(value, 'found_by'),
      severityLabel: 'info',
      location: { url: site, parameter: key },
      ...common,
    };
  }
  const id = path.slice('$.'.length, -'{}'.length);
  return {
    kind: 'weakness',
    rule: { id },
    title: exposures.get(id),
    description: textAt(value, 'found_by'),
    location: { url: key },
    ...common,
  };
}

function readVulnerability({ path, value, parents: [, ...inner], keys }: JsonEntry, site: string | undefined): Draft {
  const [member = ''] = /(?<=^\$\.)\w+/.exec(path) ?? [];
  const owner = inner.at(-1);
  const name = member === 'version' ? 'wordpress' : member === 'main_theme' ? textAt(owner, 'slug') : keys[0];
  const fixed = textAt(value, 'fixed_in');
  const cves = textsAt(value, 'references', 'cve').map((cve) => `CVE-${cve}`);
  return {
    kind: 'vulnerability',
    rule: { id: textsAt(value, 'references', 'wpvulndb')[0] ?? textAt(value, 'title') },
    title: textAt(value, 'title'),
    description: textAt(value, 'description'),
    cvss: [{ score: numberAt(value, 'cvss', 'score'), vector: textAt(value, 'cvss', 'vector') }],
    cwes: parseCwes(...textsAt(value, 'references', 'cwe')),
    aliases: parseVulnerabilityIds(...cves),
    package: {
      name: [parts.get(member) ?? (member === 'main_theme' ? 'theme' : undefined), name].filter((part) => part !== undefined).join('/'),
      version: member === 'version' ? textAt(owner, 'number') : textAt(owner, 'version', 'number'),
      fixedVersions: fixed === undefined ? [] : [fixed],
      ecosystem: 'wordpress',
    },
    location: { url: site },
    references: readReferences(value),
    identity: textAt(value, 'title'),
  };
}

/** `{"cve": ["2017-8295"], "url": ["https://…"], "wpvulndb": ["…"]}` */
function readReferences(value: unknown): string[] {
  const references = objectAt(value, 'references');
  return [
    ...listAt(references, 'url').flatMap((url) => textsAt(url)),
    ...textsAt(references, 'wpvulndb').map((id) => `https://wpscan.com/vulnerability/${id}`),
  ];
}
