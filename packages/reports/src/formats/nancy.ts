import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePurl } from '../parse-purl.ts';
import { isTrueAt, numberAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of Sonatype Nancy: `nancy sleuth --output json`. */
export const nancy: Format = {
  id: 'nancy',
  name: 'Nancy',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.num_audited', '$.num_vulnerable', '$.vulnerable'),
      layout: { entries: ['$.vulnerable[].Vulnerabilities[]'], context: ['$.version', '$.vulnerable[].Coordinates'] },
      read({ value, parents: [root, pkg] }) {
        const [id, cve, title] = [textAt(value, 'ID') ?? textAt(value, 'Id'), textAt(value, 'Cve'), textAt(value, 'Title')];
        const reference = textAt(value, 'Reference');
        return {
          kind: 'vulnerability',
          rule: { id: cve ?? id, helpUri: reference },
          title,
          description: textAt(value, 'Description'),
          cvss: [{ score: numberAt(value, 'CvssScore'), vector: textAt(value, 'CvssVector') }],
          cwes: parseCwes(title),
          aliases: parseVulnerabilityIds(cve, id, title),
          package: parsePurl(textAt(pkg, 'Coordinates')),
          references: reference === undefined ? [] : [reference],
          suppression: isTrueAt(value, 'Excluded') ? { kind: 'accepted', reason: 'excluded' } : undefined,
          tool: { version: textAt(root, 'version') },
        };
      },
    },
  ],
};
