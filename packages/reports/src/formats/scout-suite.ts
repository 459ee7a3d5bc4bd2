import type { Severity } from '@deployguard/findings';
import { numberAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import { stripMarkup } from '../strip-markup.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Results of Scout Suite: the script `scoutsuite_results_….js` of its report, or the JSON in it (https://github.com/nccgroup/ScoutSuite). Each flagged item is a finding. */
export const scoutSuite: Format = {
  id: 'scout-suite',
  name: 'Scout Suite',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.services{}.findings{}.flagged_items') || outline.has('$.last_run.ruleset_name', '$.services'),
      layout: { entries: ['$.services{}.findings{}'], context: ['$.account_id', '$.last_run'] },
      read: readRule,
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['danger', 'high'],
  ['warning', 'medium'],
]);

function readRule({ value, key, keys: [service], parents: [report] }: JsonEntry): Reading | readonly Reading[] {
  if (numberAt(value, 'flagged_items') === 0) return { skipped: 'passed check' };
  const level = textAt(value, 'level');
  const account = textAt(report, 'account_id');
  const rule: Draft = {
    kind: 'misconfiguration',
    rule: { id: key, name: textAt(value, 'dashboard_name') ?? service },
    title: textAt(value, 'description'),
    description: stripMarkup(textAt(value, 'rationale')),
    remedy: stripMarkup(textAt(value, 'remediation')),
    severity: level,
    severityLabel: labels.get(level ?? ''),
    location: { account },
    asset: account === undefined ? undefined : { type: 'cloud', name: account },
    references: textsAt(value, 'references'),
    foundAt: textAt(report, 'last_run', 'time'),
    tool: { version: textAt(report, 'last_run', 'version') },
  };
  const items = textsAt(value, 'items');
  return items.length === 0 ? rule : items.map((resource) => ({ ...rule, location: { ...rule.location, resource } }));
}
