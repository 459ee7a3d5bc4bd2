import type { Severity } from '@deployguard/findings';
import { parseCwes } from '../parse-ids.ts';
import { lineAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of Flawfinder: `flawfinder --csv` (https://dwheeler.com/flawfinder/). */
export const flawfinder: Format = {
  id: 'flawfinder',
  name: 'Flawfinder',
  variants: [
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('File', 'Line', 'Level', 'Category', 'Name', 'Warning', 'CWEs'),
      layout: { columns: ['File', 'Line', 'Level', 'Warning', 'CWEs'] },
      read({ field }) {
        const level = field('Level');
        const name = field('Name');
        return {
          kind: 'weakness',
          rule: { id: field('RuleId') ?? [field('Category'), name].join('/'), name, helpUri: field('HelpUri') },
          title: field('Warning'),
          remedy: field('Suggestion'),
          severity: level,
          severityLabel: labels[Number(level ?? Number.NaN)],
          cwes: parseCwes(field('CWEs')),
          location: { path: field('File'), line: lineAt(field('Line')), column: lineAt(field('Column')) },
          // Its fingerprint is that of the whole line, which may have several.
          identity: [name, field('Fingerprint') ?? field('Context')].join(' '),
          tool: { version: field('ToolVersion') },
        };
      },
    },
  ],
};

/** Levels of risk, from 0. */
const labels: readonly Severity[] = ['info', 'low', 'low', 'medium', 'high', 'critical'];
