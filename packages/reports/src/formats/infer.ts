import type { Severity } from '@deployguard/findings';
import { lineAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of Infer: `infer-out/report.json` (https://fbinfer.com/docs/man-infer-report/). */
export const infer: Format = {
  id: 'infer',
  name: 'Infer',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].bug_type', '$[].qualifier', '$[].severity', '$[].procedure'),
      layout: { entries: ['$[]'] },
      read({ value }) {
        const severity = textAt(value, 'severity');
        const type = textAt(value, 'bug_type');
        return {
          kind: 'weakness',
          rule: { id: type, name: textAt(value, 'bug_type_hum') },
          title: textAt(value, 'bug_type_hum') ?? type,
          description: textAt(value, 'qualifier'),
          remedy: textAt(value, 'suggestion'),
          severity,
          severityLabel: labels.get(severity ?? ''),
          location: {
            path: textAt(value, 'file'),
            line: lineAt(value, 'line'),
            column: lineAt(value, 'column'),
            resource: textAt(value, 'procedure'),
          },
          suppression: textAt(value, 'suppressed') === 'true' ? { kind: 'suppressed' } : undefined,
          // Of the type, the file and the procedure, made to compare reports.
          ownFingerprint: textAt(value, 'hash'),
        };
      },
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['LIKE', 'info'],
  ['ADVICE', 'low'],
]);
