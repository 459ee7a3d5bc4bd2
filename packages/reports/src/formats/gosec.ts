import { parseCwes } from '../parse-ids.ts';
import { lineAt, listAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

const rating = /^(?:HIGH|MEDIUM|LOW|UNDEFINED)$/;

/** Reports of gosec: `gosec -fmt json`. */
export const gosec: Format = {
  id: 'gosec',
  name: 'gosec',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.Issues[].rule_id', '$.Issues[].details') || outline.has('$.Issues', '$.Stats.files', '$.Stats.nosec'),
      isToldByEntries: true,
      layout: { entries: ['$.Issues[]'], context: ['$.GosecVersion'] },
      read({ value, parents: [root] }) {
        return {
          kind: 'weakness',
          rule: { id: textAt(value, 'rule_id') },
          title: textAt(value, 'details'),
          severity: textAt(value, 'severity'),
          cwes: parseCwes(textAt(value, 'cwe', 'id'), textAt(value, 'cwe', 'ID')),
          location: { path: textAt(value, 'file'), line: lineAt(value, 'line'), column: lineAt(value, 'column') },
          references: [textAt(value, 'cwe', 'url') ?? textAt(value, 'cwe', 'URL')].filter((url) => url !== undefined),
          suppression:
            listAt(value, 'suppressions').length > 0
              ? { kind: 'suppressed', reason: textAt(value, 'suppressions', 0, 'justification') }
              : undefined,
          identity: textAt(value, 'code')?.replaceAll(/^[ \t]*\d+: /gm, ''),
          tool: { version: textAt(root, 'GosecVersion') },
        };
      },
    },
    // CSV has no names of columns, and no ids of rules.
    {
      form: 'csv',
      recognises: (outline) => outline.fits(/./, /^\d+(?:-\d+)?$/, /./, rating, rating, /^/, /^(?:CWE-\d+)?$/),
      layout: { columns: ['file', 'line', 'details', 'severity', 'confidence', 'code', 'cwe'], hasNoHeader: true },
      read: ({ field }) => ({
        kind: 'weakness',
        rule: { id: field('details') },
        title: field('details'),
        severity: field('severity'),
        cwes: parseCwes(field('cwe')),
        location: { path: field('file'), line: lineAt(field('line')) },
        identity: field('code')?.replaceAll(/^[ \t]*\d+: /gm, ''),
      }),
    },
  ],
};
