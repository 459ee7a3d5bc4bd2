import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { lineAt } from '../reading/read-field.ts';
import { attributeOf, childAt, childText } from '../reading/xml-element.ts';
import type { Format } from './format.ts';

/** Lists of findings that Xanitizer (RIGS IT) exports as XML. */
export const xanitizer: Format = {
  id: 'xanitizer',
  name: 'Xanitizer',
  variants: [
    {
      form: 'xml',
      recognises: ({ root }) => root === 'XanitizerFindingsList',
      layout: { entries: ['/XanitizerFindingsList/finding'] },
      read({ element, parents: [root] }) {
        const type = childText(element, 'problemType');
        const node = childAt(element, 'endNode') ?? childAt(element, 'node');
        const file = childText(element, 'file');
        const folder = childText(element, 'package')?.replaceAll('.', '/');
        const rating = Number(childText(element, 'rating') ?? Number.NaN);
        const description = childText(element, 'description');
        return {
          kind: 'weakness',
          rule: { id: childText(element, 'problemTypeId') ?? type, name: type },
          title: type,
          description,
          severity: childText(element, 'rating'),
          // Its rating is from 0 to 10, in the bounds of CVSS.
          cvss: Number.isNaN(rating) ? [] : [{ score: rating, source: 'Xanitizer' }],
          cwes: parseCwes(childText(element, 'cweNumber')),
          aliases: parseVulnerabilityIds(description),
          location: {
            path: attributeOf(node, 'relativePath') ?? (folder !== undefined && file !== undefined ? `${folder}/${file}` : file),
            line: lineAt(childText(element, 'line')),
            resource: childText(element, 'class'),
          },
          suppression: childText(element, 'classification') === 'False Positive' ? { kind: 'false-positive' } : undefined,
          foundAt: childText(element, 'date') ?? attributeOf(root, 'timeStamp'),
          tool: { version: attributeOf(root, 'xanitizerVersionShort') },
        };
      },
    },
  ],
};
