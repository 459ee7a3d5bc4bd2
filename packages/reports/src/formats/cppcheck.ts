import type { Severity } from '@deployguard/findings';
import { parseCwes } from '../parse-ids.ts';
import { lineAt } from '../reading/read-field.ts';
import { attributeOf, childAt } from '../reading/xml-element.ts';
import type { Format } from './format.ts';

/** Reports of Cppcheck: `cppcheck --xml`, of version 2 of its format and of version 1 (https://cppcheck.sourceforge.io/manual.html#xml-output). */
export const cppcheck: Format = {
  id: 'cppcheck',
  name: 'Cppcheck',
  variants: [
    {
      form: 'xml',
      recognises: (outline) =>
        outline.root === 'results' && (outline.has('/results/cppcheck') || outline.attribute('/results/error', 'msg') !== undefined),
      layout: { entries: ['/results/errors/error', '/results/error'], context: ['/results/cppcheck'] },
      read({ element, parents: [root] }) {
        const severity = attributeOf(element, 'severity');
        // The first place is where it is, further ones lead to it.
        const place = childAt(element, 'location') ?? element;
        const message = attributeOf(element, 'msg');
        return {
          kind: severity === 'error' || severity === 'warning' ? 'weakness' : 'quality',
          rule: { id: attributeOf(element, 'id') },
          title: message,
          description: attributeOf(element, 'verbose'),
          severity,
          severityLabel: labels.get(severity ?? ''),
          cwes: parseCwes(attributeOf(element, 'cwe')),
          location: {
            path: attributeOf(place, 'file'),
            line: lineAt(attributeOf(place, 'line')),
            column: lineAt(attributeOf(place, 'column')),
          },
          tool: { version: attributeOf(childAt(root, 'cppcheck'), 'version') },
        };
      },
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['style', 'low'],
  ['performance', 'low'],
  ['portability', 'low'],
  ['debug', 'info'],
]);
