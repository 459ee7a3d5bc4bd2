import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { findAddresses } from '../find-addresses.ts';
import { isTrueAt, numberAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format } from './format.ts';

const known = '$.scan_results.projects[].files[].results.dependencies[].specifications[].vulnerabilities.known_vulnerabilities[]';

/** Reports of Safety on Python packages: `safety check --json` of versions 2 and 3, the lists of version 1, and `safety scan --output json`. */
export const safety: Format = {
  id: 'safety',
  name: 'Safety',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.report_meta', '$.scanned_packages', '$.vulnerabilities'),
      layout: { entries: ['$.vulnerabilities[]', '$.ignored_vulnerabilities[]'], context: ['$.report_meta'] },
      read: readVulnerability,
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.scan_results.projects') && outline.has('$.meta'),
      layout: {
        entries: [known],
        context: ['$.scan_results.projects[].files[].location', '$.scan_results.projects[].files[].results.dependencies[].name'].concat(
          '$.scan_results.projects[].files[].results.dependencies[].specifications[].raw',
        ),
      },
      read: readKnown,
    },
    {
      form: 'json',
      // Name, range, version, advisory, id.
      recognises: (outline) => {
        const [, range, version] = outline.texts('$[][]');
        return outline.hasList('$[]') && /^[<>=!~]/.test(range ?? '') && /^\d/.test(version ?? '');
      },
      layout: { entries: ['$[]'] },
      read: ({ value }) => ({
        ...toDraft(textAt(value, 4), textAt(value, 0), textAt(value, 3)),
        package: { name: textAt(value, 0), version: textAt(value, 2), ecosystem: 'PyPI' },
      }),
    },
  ],
};

function readVulnerability({ path, value, parents: [root] }: JsonEntry): Draft {
  const name = textAt(value, 'package_name');
  const isIgnored = path.startsWith('$.ignored') || isTrueAt(value, 'ignored');
  return {
    ...toDraft(textAt(value, 'vulnerability_id'), name, textAt(value, 'advisory')),
    cvss: [
      {
        version: '2.0',
        score: numberAt(value, 'severity', 'cvssv2', 'base_score'),
        vector: textAt(value, 'severity', 'cvssv2', 'vector_string'),
      },
      {
        version: '3.0',
        score: numberAt(value, 'severity', 'cvssv3', 'base_score'),
        vector: textAt(value, 'severity', 'cvssv3', 'vector_string'),
      },
    ],
    cwes: parseCwes(...textsAt(value, 'CWE')),
    aliases: parseVulnerabilityIds(textAt(value, 'CVE'), ...textsAt(value, 'cve'), textAt(value, 'advisory')),
    package: { name, version: textAt(value, 'analyzed_version'), ecosystem: 'PyPI', fixedVersions: textsAt(value, 'fixed_versions') },
    references: [...textsAt(value, 'more_info_url'), ...textsAt(value, 'resources')],
    publishedAt: textAt(value, 'published_date'),
    suppression: isIgnored ? { kind: 'accepted', reason: textAt(value, 'ignored_reason') } : undefined,
    tool: { version: textAt(root, 'report_meta', 'safety_version') },
  };
}

function readKnown({ value, parents }: JsonEntry): Draft {
  const dependency = parents.find((parent) => textAt(parent, 'name') !== undefined);
  const specification = parents.find((parent) => textAt(parent, 'raw') !== undefined);
  const name = textAt(dependency, 'name');
  return {
    ...toDraft(textAt(value, 'id'), name, undefined),
    // `django==1.7`
    package: { name, version: /==\s*([^\s;,]+)/.exec(textAt(specification, 'raw') ?? '')?.[1], ecosystem: 'PyPI' },
    location: { path: parents.map((parent) => textAt(parent, 'location')).find((path) => path !== undefined) },
    suppression: isTrueAt(value, 'ignored', 'is_ignored') ? { kind: 'accepted', reason: textAt(value, 'ignored', 'reason') } : undefined,
  };
}

function toDraft(id: string | undefined, name: string | undefined, advisory: string | undefined): Draft {
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: id && `https://data.safetycli.com/v/${id}` },
    title: [id, name].filter(Boolean).join(' in '),
    description: advisory,
    aliases: parseVulnerabilityIds(advisory),
    references: findAddresses(advisory),
    identity: id,
  };
}
