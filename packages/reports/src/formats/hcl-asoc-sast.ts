import { findAddresses } from '../find-addresses.ts';
import { parseCwes } from '../parse-ids.ts';
import { lineAt } from '../reading/read-field.ts';
import { findInTable } from '../reading/find-in-table.ts';
import { attributeOf, childAt, childText, deepText } from '../reading/xml-element.ts';
import type { XmlElement } from '../reading/xml-element.ts';
import type { Format } from './format.ts';

/** Reports of HCL AppScan on source code (AppScan on Cloud, AppScan Source), as XML; those on running applications are another format. */
export const hclAsocSast: Format = {
  id: 'hcl-asoc-sast',
  name: 'HCL AppScan on Cloud SAST',
  variants: [
    {
      form: 'xml',
      recognises: (outline) => outline.root === 'xml-report' && /^SAST$/i.test(outline.attribute('/xml-report', 'technology') ?? ''),
      layout: { entries: ['/xml-report/issue-group/item'], tables: ['/xml-report/article-group/item'] },
      read({ element, tables }) {
        const type = textOf(element, 'issue-type');
        const fix = childAt(element, 'fix', 'item') ?? childAt(element, 'fix');
        const article = findInTable(
          tables.get('/xml-report/article-group/item'),
          JSON.stringify([childText(fix, 'types', 'name') ?? type, childText(fix, 'remediation')]),
          (item) => JSON.stringify([attributeOf(item, 'id'), attributeOf(item, 'api')]),
        );
        return {
          kind: 'weakness',
          rule: { id: type, name: textOf(element, 'issue-type-name') },
          title: textOf(element, 'issue-type-name') ?? type,
          description: textOf(element, 'security-risks'),
          remedy: deepText(childAt(article, 'recommendations')),
          severity: textOf(element, 'severity'),
          cwes: parseCwes(textOf(element, 'cwe')),
          location: {
            path: textOf(element, 'source-file') ?? textOf(element, 'location'),
            line: lineAt(textOf(element, 'line')),
            resource: textOf(element, 'entity'),
          },
          references: findAddresses(deepText(childAt(article, 'externalReferences'))),
          identity: [textOf(element, 'element'), textOf(element, 'cause-id')].join(' '),
        };
      },
    },
  ],
};

/** A field holds its text, or a reference of that name. */
function textOf(element: XmlElement, name: string): string | undefined {
  return childText(element, name) ?? childText(element, name, 'ref');
}
