import { lineAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of tfsec: `tfsec --format json`, of all its versions. */
export const tfsec: Format = {
  id: 'tfsec',
  name: 'tfsec',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.results[].rule_id', '$.results[].location.filename'),
      layout: { entries: ['$.results[]'] },
      read({ value }) {
        if (textAt(value, 'status') === 'passed') return { skipped: 'passed check' };
        return {
          kind: 'misconfiguration',
          rule: {
            id: textAt(value, 'long_id') ?? textAt(value, 'rule_id'),
            name: textAt(value, 'rule_description'),
            helpUri: textsAt(value, 'links')[0] ?? textAt(value, 'link'),
          },
          title: textAt(value, 'rule_description') ?? textAt(value, 'description'),
          description: [textAt(value, 'description'), textAt(value, 'impact')].filter((text) => text !== undefined).join('\n\n'),
          remedy: textAt(value, 'resolution'),
          severity: textAt(value, 'severity'),
          location: {
            path: textAt(value, 'location', 'filename'),
            line: lineAt(value, 'location', 'start_line'),
            endLine: lineAt(value, 'location', 'end_line'),
            resource: textAt(value, 'resource'),
          },
          references: textsAt(value, 'links'),
          suppression: textAt(value, 'status') === 'ignored' ? { kind: 'suppressed' } : undefined,
          identity: textAt(value, 'description'),
        };
      },
    },
  ],
};
