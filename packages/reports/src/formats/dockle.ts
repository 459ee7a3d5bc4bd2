import type { Severity } from '@deployguard/findings';
import { textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Reports of Dockle: `dockle --format json` (https://github.com/goodwithtech/dockle). Each alert of a check is a finding. */
export const dockle: Format = {
  id: 'dockle',
  name: 'Dockle',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.summary.fatal', '$.summary.warn', '$.summary.pass', '$.details'),
      layout: { entries: ['$.details[]'], context: ['$.image'] },
      read: readCheck,
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['FATAL', 'high'],
  ['WARN', 'medium'],
  ['INFO', 'info'],
]);

function readCheck({ value, parents: [report] }: JsonEntry): Reading | readonly Reading[] {
  const level = textAt(value, 'level');
  if (level === 'PASS') return { skipped: 'passed check' };
  if (level === 'SKIP') return { skipped: 'check that was not made' };
  const image = textAt(report, 'image');
  const code = textAt(value, 'code');
  const check: Draft = {
    kind: 'misconfiguration',
    rule: { id: code, helpUri: code && `https://github.com/goodwithtech/dockle/blob/master/CHECKPOINT.md#${code.toLowerCase()}` },
    title: textAt(value, 'title'),
    severity: level,
    severityLabel: labels.get(level ?? ''),
    asset: image === undefined ? undefined : { type: 'image', name: image },
    suppression: level === 'IGNORE' ? { kind: 'suppressed' } : undefined,
  };
  const alerts = textsAt(value, 'alerts');
  return alerts.length === 0 ? check : alerts.map((description) => ({ ...check, description, identity: description }));
}
