import { parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePurl } from '../parse-purl.ts';
import { numberAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import { splitList } from '../split-list.ts';
import type { Draft, Format } from './format.ts';

/** Reports of OWASP dep-scan before version 6: one vulnerability a line (https://github.com/owasp-dep-scan/dep-scan). Since then it writes CycloneDX. */
export const depScan: Format = {
  id: 'dep-scan',
  name: 'OWASP dep-scan',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.id', '$.short_description', '$.related_urls', '$.cvss_score') &&
        ['package', 'purl_prefix'].some((name) => outline.has(`$.${name}`)),
      layout: { entries: ['$'] },
      read: readLine,
    },
  ],
};

function readLine({ value }: JsonEntry): Draft {
  const id = textAt(value, 'id');
  const found = parseName(textAt(value, 'purl') ?? textAt(value, 'package') ?? textAt(value, 'purl_prefix'));
  // The first line of its Markdown is a heading.
  const [heading] = textAt(value, 'short_description')?.split('\n') ?? [];
  const references = textsAt(value, 'related_urls');
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: references[0] },
    title: heading?.replace(/^#+ */, '') || [id, found.name].filter((text) => text !== undefined).join(' in '),
    description: textAt(value, 'short_description'),
    severity: textAt(value, 'severity'),
    cvss: [{ score: numberAt(value, 'cvss_score') }],
    aliases: parseVulnerabilityIds(id, ...references),
    package: {
      ...found,
      version: found.version ?? textAt(value, 'version'),
      fixedVersions: splitList(textAt(value, 'fix_version') ?? textAt(value, 'fixed_location')),
    },
    references,
  };
}

/** A package URL; before version 3 `npm:ansi-regex`, or `org.example:library` as Maven has it. */
function parseName(text: string | undefined): NonNullable<Draft['package']> {
  const [, ecosystem, name] = /^(npm|pypi|nuget|rubygems|gem|cargo|crates|composer|go|golang|hex|pub):([^/].*)$/.exec(text ?? '') ?? [];
  return name === undefined ? parsePurl(text) : { ecosystem, name };
}
