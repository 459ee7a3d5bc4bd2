import type { Severity } from '@deployguard/findings';
import { lineAt } from '../reading/read-field.ts';
import { attributeOf, childAt, childText } from '../reading/xml-element.ts';
import { stripMarkup } from '../strip-markup.ts';
import type { Format } from './format.ts';

/** Inspections of IntelliJ IDEA and of what is built on it, such as Android Studio, in XML: a file for each inspection. */
export const intellij: Format = {
  id: 'intellij',
  name: 'IntelliJ IDEA',
  variants: [
    {
      form: 'xml',
      recognises: (outline) =>
        outline.root === 'problems' &&
        (outline.has('/problems/problem/problem_class') || outline.attribute('/problems', 'is_local_tool') !== undefined),
      layout: { entries: ['/problems/problem'] },
      read({ element }) {
        const inspection = childAt(element, 'problem_class');
        const name = inspection?.text.trim();
        const severity = attributeOf(inspection, 'severity');
        return {
          kind: 'quality',
          rule: { id: attributeOf(inspection, 'id') ?? name, name },
          title: stripMarkup(childText(element, 'description')) ?? name,
          severity,
          severityLabel: labels.get(severity ?? ''),
          location: {
            path: childText(element, 'file')?.replace(/^file:\/\/(?:\$PROJECT_DIR\$\/)?/, ''),
            line: lineAt(childText(element, 'line')),
            resource: attributeOf(childAt(element, 'entry_point'), 'FQNAME'),
          },
        };
      },
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['WEAK WARNING', 'low'],
  ['SERVER PROBLEM', 'low'],
  ['TYPO', 'info'],
]);
