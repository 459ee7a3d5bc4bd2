import { listAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, Reading } from './format.ts';

/** How many benchmarks stand in benchmarks around controls. */
const deepestGroup = 8;

const controls = Array.from({ length: deepestGroup + 1 }, (_, depth) => `$${'.groups[]'.repeat(depth)}.controls[]`);

/** Reports of Powerpipe and, before it, Steampipe: `powerpipe benchmark run --output json`, `steampipe check --output json` (https://powerpipe.io/docs). */
export const powerpipe: Format = {
  id: 'powerpipe',
  name: 'Powerpipe',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.group_id', '$.summary') && (outline.has('$.groups') || outline.has('$.controls')),
      layout: {
        entries: controls.map((path) => `${path}.results[]`),
        context: controls.flatMap((path) => ['control_id', 'title', 'description', 'severity'].map((name) => `${path}.${name}`)),
      },
      read: readResult,
    },
  ],
};

const skips: ReadonlyMap<string, string> = new Map([
  ['ok', 'passed check'],
  ['info', 'information'],
  ['skip', 'check that does not apply'],
]);

function readResult({ value, parents }: JsonEntry): Reading {
  const status = textAt(value, 'status') ?? '';
  const skipped = skips.get(status);
  if (skipped !== undefined) return { skipped };
  if (status === 'error') return { missing: 'check that could not be made' };
  const control = parents.at(-1);
  const dimension = (...names: readonly string[]): string | undefined =>
    names
      .map((name) =>
        textAt(
          listAt(value, 'dimensions').find((item) => textAt(item, 'key') === name),
          'value',
        ),
      )
      .find(Boolean);
  const account = dimension('account_id', 'subscription_id', 'subscription', 'project', 'connection_name');
  return {
    kind: 'misconfiguration',
    rule: { id: textAt(control, 'control_id')?.replace(/^.*?control\./, '') },
    title: textAt(control, 'title') ?? textAt(value, 'reason'),
    description: [textAt(control, 'description'), textAt(value, 'reason')].filter((text) => text !== undefined).join('\n\n'),
    severity: textAt(control, 'severity'),
    location: { resource: textAt(value, 'resource'), account, region: dimension('region', 'location') },
    asset: account === undefined ? undefined : { type: 'cloud', name: account },
  };
}
