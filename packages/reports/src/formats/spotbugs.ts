import type { Severity } from '@deployguard/findings';
import { parseCwes } from '../parse-ids.ts';
import { findInTable } from '../reading/find-in-table.ts';
import { lineAt } from '../reading/read-field.ts';
import { attributeOf, childAt, childrenAt, childText } from '../reading/xml-element.ts';
import type { XmlElement } from '../reading/xml-element.ts';
import { stripMarkup } from '../strip-markup.ts';
import type { Format } from './format.ts';

/** Reports of SpotBugs, Find Security Bugs and FindBugs in XML, with messages or without (https://github.com/spotbugs/spotbugs/blob/master/spotbugs/etc/bugcollection.xsd). */
export const spotbugs: Format = {
  id: 'spotbugs',
  name: 'SpotBugs',
  variants: [
    {
      form: 'xml',
      recognises: ({ root }) => root === 'BugCollection',
      layout: { entries: ['/BugCollection/BugInstance'], tables: ['/BugCollection/BugPattern'] },
      read({ element, parents: [root], tables }) {
        const type = attributeOf(element, 'type');
        const category = attributeOf(element, 'category');
        const priority = attributeOf(element, 'priority');
        const pattern = findInTable(tables.get('/BugCollection/BugPattern'), type, (item) => attributeOf(item, 'type'));
        const place = findPlace(element);
        const start = lineAt(attributeOf(place, 'start'));
        return {
          kind: category === 'SECURITY' || category === 'MALICIOUS_CODE' ? 'weakness' : 'quality',
          rule: { id: type, name: childText(element, 'ShortMessage') ?? childText(pattern, 'ShortDescription') },
          title: childText(element, 'LongMessage') ?? childText(element, 'ShortMessage') ?? type,
          description: stripMarkup(childText(pattern, 'Details')),
          severity: priority,
          severityLabel: labels.get(priority ?? ''),
          cwes: parseCwes(attributeOf(element, 'cweid') ?? attributeOf(pattern, 'cweid')),
          location: {
            path: attributeOf(place, 'sourcepath') ?? attributeOf(place, 'sourcefile'),
            line: start,
            endLine: lineAt(attributeOf(place, 'end')),
            resource: attributeOf(childAt(element, 'Class'), 'classname'),
          },
          // Of class, method and field, and of no line.
          ownFingerprint: attributeOf(element, 'instanceHash'),
          tool: { version: attributeOf(root, 'version') },
        };
      },
    },
  ],
};

/** Of confidence: 1 is high. */
const labels: ReadonlyMap<string, Severity> = new Map([
  ['1', 'high'],
  ['2', 'medium'],
  ['3', 'low'],
]);

/** The line itself, else that of the method, field or class. */
function findPlace(element: XmlElement): XmlElement | undefined {
  const lines = childrenAt(element, 'SourceLine');
  const own = lines.find((line) => attributeOf(line, 'primary') === 'true') ?? lines[0];
  return own ?? ['Method', 'Field', 'Class'].map((name) => childAt(element, name, 'SourceLine')).find((line) => line !== undefined);
}
