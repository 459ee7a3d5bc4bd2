import { parseVulnerabilityIds } from '../parse-ids.ts';
import { textAt } from '../reading/read-field.ts';
import type { Draft, Format } from './format.ts';

/** Vulnerabilities of a project in Scantist, exported as JSON. */
export const scantist: Format = {
  id: 'scantist',
  name: 'Scantist',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].Public ID', '$[].Library', '$[].Library Version'),
      layout: { entries: ['$[]'] },
      read({ value }): Draft {
        const [id, name] = [textAt(value, 'Public ID'), textAt(value, 'Library')];
        const fixed = textAt(value, 'Patched Version');
        return {
          kind: 'vulnerability',
          rule: { id },
          title: [id, name].filter(Boolean).join(' in '),
          description: textAt(value, 'Description'),
          severity: textAt(value, 'Score'),
          aliases: parseVulnerabilityIds(id),
          package: { name, version: textAt(value, 'Library Version'), fixedVersions: fixed === undefined ? [] : [fixed] },
          location: { path: textAt(value, 'File Path') },
        };
      },
    },
  ],
};
