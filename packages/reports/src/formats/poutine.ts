import type { Severity } from '@deployguard/findings';
import { lineAt, listAt, objectAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, Reading } from './format.ts';

/** Reports of poutine, which looks at build pipelines: `poutine analyze_local --format json` (https://github.com/boostsecurityio/poutine). */
export const poutine: Format = {
  id: 'poutine',
  name: 'poutine',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.findings[].rule_id', '$.findings[].purl', '$.rules{}.title'),
      layout: { entries: ['$.findings[]'], context: ['$.rules'] },
      read: readFinding,
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['error', 'high'],
  ['warning', 'medium'],
  ['note', 'low'],
]);

function readFinding({ value, parents: [report] }: JsonEntry): Reading {
  const id = textAt(value, 'rule_id');
  const rule = objectAt(report, 'rules', id ?? '');
  const meta = objectAt(value, 'meta');
  const repository = textAt(value, 'purl');
  const level = textAt(rule, 'level');
  const steps = [textAt(meta, 'job'), textAt(meta, 'step')].filter((name) => name !== undefined);
  return {
    kind: 'weakness',
    rule: { id },
    title: textAt(rule, 'title') ?? id,
    description: [textAt(rule, 'description'), textAt(meta, 'details')].filter((text) => text !== undefined).join('\n\n'),
    severity: level,
    severityLabel: labels.get(level ?? ''),
    location: { path: textAt(meta, 'path'), line: lineAt(meta, 'line'), resource: steps.join('/') || undefined },
    asset: repository === undefined ? undefined : { type: 'repository', name: repository },
    references: listAt(rule, 'refs').flatMap((reference) => textAt(reference, 'ref') ?? []),
    identity: textAt(meta, 'details'),
  };
}
