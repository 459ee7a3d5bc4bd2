import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Draft, Format, JsonVariant } from './format.ts';

/** Reports of Retire.js: `retire --outputformat json`; version 1 wrote the list of files alone. */
export const retire: Format = {
  id: 'retire',
  name: 'Retire.js',
  variants: [
    variant(
      '$.data[]',
      (outline) => outline.has('$.data[].results[].component') || outline.has('$.version', '$.data', '$.messages', '$.errors'),
    ),
    variant('$[]', (outline) => outline.has('$[].results[].component', '$[].results[].version')),
  ],
};

function variant(file: string, recognises: JsonVariant['recognises']): JsonVariant {
  return {
    form: 'json',
    recognises,
    layout: {
      entries: [`${file}.results[].vulnerabilities[]`],
      context: ['$.version', `${file}.file`, ...['component', 'version', 'npmname'].map((name) => `${file}.results[].${name}`)],
    },
    read({ value, parents }): Draft {
      const [holder, component] = parents.slice(-2);
      const identifiers = objectAt(value, 'identifiers');
      const named = ['CVE', 'githubID', 'issue', 'retid', 'bug', 'osvdb'].flatMap((name) => textsAt(identifiers, name));
      const info = textsAt(value, 'info');
      const name = textAt(component, 'npmname') ?? textAt(component, 'component');
      const aliases = parseVulnerabilityIds(...named, ...info);
      const below = textAt(value, 'below');
      return {
        kind: 'vulnerability',
        rule: { id: aliases[0] ?? named[0] ?? info[0], helpUri: info[0] },
        title: textAt(identifiers, 'summary') ?? [aliases[0] ?? named[0], name].filter(Boolean).join(' in '),
        severity: textAt(value, 'severity'),
        cwes: parseCwes(...textsAt(value, 'cwe')),
        aliases,
        package: { name, version: textAt(component, 'version'), ecosystem: 'npm', fixedVersions: below === undefined ? [] : [below] },
        location: { path: textAt(holder, 'file') },
        references: info.filter((text) => /^https?:/.test(text)),
      };
    },
  };
}
