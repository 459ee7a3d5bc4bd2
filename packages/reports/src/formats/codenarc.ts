import type { Severity } from '@deployguard/findings';
import { findInTable } from '../reading/find-in-table.ts';
import { lineAt } from '../reading/read-field.ts';
import { attributeOf, childText } from '../reading/xml-element.ts';
import { stripMarkup } from '../strip-markup.ts';
import type { Format } from './format.ts';

/** Reports of CodeNarc in XML (https://codenarc.org/codenarc-XmlReportWriter.html). */
export const codenarc: Format = {
  id: 'codenarc',
  name: 'CodeNarc',
  variants: [
    {
      form: 'xml',
      recognises: ({ root }) => root === 'CodeNarc',
      layout: { entries: ['/CodeNarc/Package/File/Violation'], tables: ['/CodeNarc/Rules/Rule'] },
      read({ element, parents: [root, folder, file], tables }) {
        const id = attributeOf(element, 'ruleName');
        const rule = findInTable(tables.get('/CodeNarc/Rules/Rule'), id, (item) => attributeOf(item, 'name'));
        const priority = attributeOf(element, 'priority');
        return {
          kind: 'quality',
          rule: { id },
          title: childText(element, 'Message') ?? id,
          description: stripMarkup(childText(rule, 'Description')),
          severity: priority,
          severityLabel: labels.get(priority ?? ''),
          location: {
            path: [attributeOf(folder, 'path'), attributeOf(file, 'name')].filter((part) => part !== undefined).join('/') || undefined,
            line: lineAt(attributeOf(element, 'lineNumber')),
          },
          identity: childText(element, 'SourceLine'),
          tool: { version: attributeOf(root, 'version') },
        };
      },
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['1', 'high'],
  ['2', 'medium'],
  ['3', 'low'],
]);
