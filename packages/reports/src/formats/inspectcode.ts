import type { Severity } from '@deployguard/findings';
import { findInTable } from '../reading/find-in-table.ts';
import { lineAt } from '../reading/read-field.ts';
import { attributeOf } from '../reading/xml-element.ts';
import type { Format } from './format.ts';

/** Reports of ReSharper: `jb inspectcode --format=Xml` (https://www.jetbrains.com/help/resharper/InspectCode.html). */
export const inspectcode: Format = {
  id: 'inspectcode',
  name: 'ReSharper InspectCode',
  variants: [
    {
      form: 'xml',
      recognises: (outline) =>
        outline.root === 'Report' && outline.attribute('/Report', 'ToolsVersion') !== undefined && outline.has('/Report/Issues'),
      layout: { entries: ['/Report/Issues/Project/Issue'], tables: ['/Report/IssueTypes/IssueType'] },
      read({ element, parents: [root], tables }) {
        const id = attributeOf(element, 'TypeId');
        const type = findInTable(tables.get('/Report/IssueTypes/IssueType'), id, (item) => attributeOf(item, 'Id'));
        const severity = attributeOf(element, 'Severity') ?? attributeOf(type, 'Severity');
        return {
          kind: attributeOf(type, 'CategoryId') === 'Security' ? 'weakness' : 'quality',
          rule: { id, name: attributeOf(type, 'Description') ?? attributeOf(type, 'Category'), helpUri: attributeOf(type, 'WikiUrl') },
          title: attributeOf(element, 'Message') ?? id,
          severity,
          severityLabel: labels.get(severity ?? ''),
          location: { path: attributeOf(element, 'File')?.replaceAll('\\', '/'), line: lineAt(attributeOf(element, 'Line')) },
          tool: { version: attributeOf(root, 'ToolsVersion') },
        };
      },
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['SUGGESTION', 'low'],
  ['HINT', 'info'],
]);
