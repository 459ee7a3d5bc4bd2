import type { CvssScore } from '@deployguard/findings';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonOutline } from '../reading/outline-json.ts';
import type { TextEntry } from '../reading/read-text-entries.ts';
import { splitList } from '../split-list.ts';
import type { Draft, Format, Loose, Reading } from './format.ts';

/** Reports of bundler-audit: the text of `bundle-audit check`, and `--format json`. */
export const bundlerAudit: Format = {
  id: 'bundler-audit',
  name: 'bundler-audit',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.created_at', '$.version') &&
        (outline.matches('$.results[].type', /^(?:unpatched_gem|insecure_source)$/) || hasNoResults(outline)),
      layout: { entries: ['$.results[]'], context: ['$.version', '$.created_at'] },
      read: ({ value, parents: [root] }) => ({
        ...readResult(value),
        foundAt: textAt(root, 'created_at'),
        tool: { version: textAt(root, 'version') },
      }),
    },
    {
      form: 'text',
      recognises: (outline) =>
        (outline.hasLine(/^Name: /) && outline.hasLine(/^Criticality: /) && outline.hasLine(/^Solution: /)) ||
        outline.hasLine(/^Insecure Source URI found: /),
      // A block for each gem, up to an empty line.
      layout: { begins: /^(?:Name|Insecure Source URI found): /, continues: /^[A-Z]\w+: / },
      read: readBlock,
    },
  ],
};

/** A clean report is told by the way in which Ruby writes a time. */
function hasNoResults(outline: JsonOutline): boolean {
  const isEmpty = outline.hasList('$.results') && !outline.has('$.results[]');
  return isEmpty && outline.matches('$.created_at', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}$/);
}

function readResult(value: unknown): Draft {
  if (textAt(value, 'type') === 'insecure_source') return toSource(textAt(value, 'source'));
  const advisory = objectAt(value, 'advisory');
  const name = textAt(value, 'gem', 'name');
  const id = textAt(advisory, 'id');
  const [cve, ghsa] = [textAt(advisory, 'cve'), textAt(advisory, 'ghsa')];
  return {
    ...toDraft(id, name, textAt(advisory, 'title')),
    rule: { id, helpUri: textAt(advisory, 'url') },
    description: textAt(advisory, 'description'),
    severity: textAt(advisory, 'criticality'),
    cvss: [toScore('2.0', advisory, 'cvss_v2'), toScore('3.0', advisory, 'cvss_v3')],
    // Both stand there without the word before them.
    aliases: parseVulnerabilityIds(id, cve && `CVE-${cve}`, ghsa && `GHSA-${ghsa}`),
    package: {
      name,
      version: textAt(value, 'gem', 'version'),
      ecosystem: 'RubyGems',
      fixedVersions: textsAt(advisory, 'patched_versions'),
    },
    references: textsAt(advisory, 'url'),
    publishedAt: textAt(advisory, 'date'),
  };
}

function toScore(version: CvssScore['version'], advisory: unknown, key: string): Loose<CvssScore> {
  return { version, score: numberAt(advisory, key) };
}

/** `Name: rack` and further lines; version 0.8 and later have one for each kind of id. */
function readBlock({ lines }: TextEntry): Reading {
  const fields = new Map(lines.map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2).trim()]));
  const source = fields.get('Insecure Source URI found');
  if (source !== undefined) return toSource(source);
  const [name, url] = [fields.get('Name'), fields.get('URL')];
  const ids = ['Advisory', 'CVE', 'GHSA', 'OSVDB'].flatMap((field) => fields.get(field) ?? []);
  const solution = fields.get('Solution');
  const draft = toDraft(ids[0], name, fields.get('Title'));
  const fixed = /^upgrade to (.+)$/i.exec(solution ?? '')?.[1]?.replaceAll("'", '');
  return {
    ...draft,
    rule: { id: ids[0], helpUri: url },
    remedy: solution,
    severity: fields.get('Criticality'),
    aliases: parseVulnerabilityIds(...ids, url),
    package: { name, version: fields.get('Version'), ecosystem: 'RubyGems', fixedVersions: splitList(fixed, /,(?=\s{0,9}[<>=~!\d])/) },
    references: url === undefined ? [] : [url],
  };
}

function toDraft(id: string | undefined, name: string | undefined, title: string | undefined): Draft {
  return { kind: 'vulnerability', rule: { id }, title: title ?? [id, name].filter(Boolean).join(' in ') };
}

/** Gems that come over a connection that is not protected. */
function toSource(source: string | undefined): Draft {
  return {
    kind: 'weakness',
    rule: { id: 'insecure-source' },
    title: source && `Insecure source ${source}`,
    cwes: [311],
    location: { path: 'Gemfile', url: source },
  };
}
