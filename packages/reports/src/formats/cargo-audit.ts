import { parseVulnerabilityIds } from '../parse-ids.ts';
import { objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format } from './format.ts';

/** Reports of `cargo audit --json`: vulnerabilities, and what it only warns of, such as packages that nobody maintains. */
export const cargoAudit: Format = {
  id: 'cargo-audit',
  name: 'cargo-audit',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.lockfile.dependency-count', '$.vulnerabilities.list') ||
        (outline.has('$.database.advisory-count') && outline.hasObject('$.vulnerabilities')),
      layout: { entries: ['$.vulnerabilities.list[]', '$.warnings{}[]', '$.warnings[]'] },
      read: readEntry,
    },
  ],
};

function readEntry({ path, value }: JsonEntry): Draft {
  const advisory = objectAt(value, 'advisory');
  const warning = path.startsWith('$.warnings') ? (textAt(value, 'kind') ?? 'warning') : undefined;
  const name = textAt(value, 'package', 'name') ?? textAt(advisory, 'package');
  const id = textAt(advisory, 'id');
  const vector = textAt(advisory, 'cvss');
  return {
    kind: warning === undefined || warning === 'unsound' ? 'vulnerability' : 'quality',
    // A version that its author took back has no advisory.
    rule: { id: id ?? warning, helpUri: id && `https://rustsec.org/advisories/${id}.html` },
    title: textAt(advisory, 'title') ?? [warning, name].filter(Boolean).join(' '),
    description: textAt(advisory, 'description'),
    severityLabel: warning === undefined || warning === 'unsound' ? undefined : 'info',
    cvss: [{ vector }],
    aliases: parseVulnerabilityIds(id, ...textsAt(advisory, 'aliases')),
    package: {
      name,
      version: textAt(value, 'package', 'version'),
      ecosystem: 'cargo',
      fixedVersions: textsAt(value, 'versions', 'patched'),
    },
    references: [...textsAt(advisory, 'url'), ...textsAt(advisory, 'references')],
    publishedAt: textAt(advisory, 'date'),
  };
}
