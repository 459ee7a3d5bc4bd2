import type { Severity } from '@deployguard/findings';
import { lineAt } from '../reading/read-field.ts';
import { childText } from '../reading/xml-element.ts';
import type { Format } from './format.ts';

/** Reports of VisualCodeGrepper as XML (https://github.com/nccgroup/VCG). The lines of code are left out: they may hold secrets. */
export const visualCodeGrepper: Format = {
  id: 'visual-code-grepper',
  name: 'VisualCodeGrepper',
  variants: [
    {
      form: 'xml',
      recognises: ({ root }) => root === 'CodeIssueCollection',
      layout: { entries: ['/CodeIssueCollection/CodeIssue'] },
      read({ element }) {
        const title = childText(element, 'Title');
        const priority = childText(element, 'Priority');
        return {
          kind: 'weakness',
          rule: { id: title },
          title,
          description: childText(element, 'Description'),
          severity: childText(element, 'Severity') ?? priority,
          severityLabel: labels.get(priority ?? ''),
          location: { path: childText(element, 'FileName')?.replaceAll('\\', '/'), line: lineAt(childText(element, 'Line')) },
          identity: [title, childText(element, 'CodeLine')].join(' '),
        };
      },
    },
  ],
};

/** Critical, high, medium, standard, low, suspicious comments and potential issues. */
const labels: ReadonlyMap<string, Severity> = new Map([
  ['1', 'critical'],
  ['2', 'high'],
  ['3', 'medium'],
  ['4', 'low'],
  ['5', 'low'],
  ['6', 'info'],
  ['7', 'info'],
]);
