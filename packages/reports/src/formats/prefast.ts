import { lineAt } from '../reading/read-field.ts';
import { childAt, childText } from '../reading/xml-element.ts';
import type { Format } from './format.ts';

/** Logs of PREfast, the code analysis of Microsoft's C and C++ compiler (`/analyze:log`). All that it says are warnings. */
export const prefast: Format = {
  id: 'prefast',
  name: 'PREfast',
  variants: [
    {
      form: 'xml',
      recognises: (outline) => outline.root === 'DEFECTS' && (outline.has('/DEFECTS/DEFECT/SFA') || !outline.has('/DEFECTS/DEFECT')),
      layout: { entries: ['/DEFECTS/DEFECT'] },
      read({ element }) {
        const place = childAt(element, 'SFA');
        const code = childText(element, 'DEFECTCODE');
        return {
          kind: 'weakness',
          rule: { id: code && `C${code}`, helpUri: code && `https://learn.microsoft.com/cpp/code-quality/c${code}` },
          title: childText(element, 'DESCRIPTION'),
          severityLabel: 'medium',
          location: {
            path: [childText(place, 'FILEPATH'), childText(place, 'FILENAME')]
              .filter((part) => part !== undefined)
              .join('')
              .replaceAll('\\', '/'),
            line: lineAt(childText(place, 'LINE')),
            column: lineAt(childText(place, 'COLUMN')),
            resource: childText(element, 'FUNCTION'),
          },
        };
      },
    },
  ],
};
