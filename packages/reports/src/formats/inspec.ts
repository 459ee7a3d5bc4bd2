import type { Severity } from '@deployguard/findings';
import { listAt, numberAt, objectAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format, Reading } from './format.ts';

/**
 * Reports of Chef InSpec and CINC Auditor: `inspec exec --reporter json` and `json-min` (https://docs.chef.io/inspec/reporters/), which are
 * also the results of the Heimdall Data Format.
 */
export const inspec: Format = {
  id: 'inspec',
  name: 'Chef InSpec',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.profiles[].controls') && outline.has('$.platform'),
      layout: { entries: ['$.profiles[].controls[]'], context: ['$.platform', '$.version', '$.profiles[].name'] },
      read: readControl,
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.controls[].profile_id', '$.controls[].code_desc'),
      layout: { entries: ['$.controls[]'], context: ['$.version'] },
      read: readMinimal,
    },
  ],
};

function readControl({ value, parents: [report, profile] }: JsonEntry): Reading {
  const results = listAt(value, 'results');
  const failed = results.filter((result) => textAt(result, 'status') === 'failed');
  const impact = numberAt(value, 'impact');
  if (failed.length === 0) return explain(results);
  const id = textAt(value, 'id');
  const host = textAt(report, 'platform', 'target_id');
  return {
    kind: 'misconfiguration',
    rule: { id, name: textAt(profile, 'name') },
    title: textAt(value, 'title') ?? id,
    description: [textAt(value, 'desc'), ...failed.map(describeResult)].filter((text) => text !== undefined).join('\n\n'),
    remedy: findDescription(value, 'fix'),
    severity: impact === undefined ? undefined : String(impact),
    severityLabel: impact === undefined ? undefined : rate(impact),
    asset: host === undefined ? undefined : { type: 'host', name: host },
    references: listAt(value, 'refs').flatMap((reference) => textAt(reference, 'url') ?? textAt(reference, 'uri') ?? []),
    suppression: readWaiver(value),
    foundAt: textAt(failed[0], 'start_time'),
    tool: { version: textAt(report, 'version') },
  };
}

/** Why a control without a failed test is no finding. */
function explain(results: readonly unknown[]): Reading {
  const statuses = new Set(results.map((result) => textAt(result, 'status')));
  if (statuses.has('error')) return { missing: 'check that could not be made' };
  return { skipped: statuses.has('passed') ? 'passed check' : 'check that was not made' };
}

function describeResult(result: unknown): string | undefined {
  return [textAt(result, 'code_desc'), textAt(result, 'message')].filter((text) => text !== undefined).join('\n') || undefined;
}

/** Further descriptions are a list of labelled ones, or an object. */
function findDescription(control: unknown, label: string): string | undefined {
  const item = listAt(control, 'descriptions').find((description) => textAt(description, 'label') === label);
  return textAt(item, 'data') ?? textAt(control, 'descriptions', label) ?? textAt(control, 'tags', label);
}

/** https://docs.chef.io/inspec/profiles/controls/: 0 none, from 0.01 low, 0.4 medium, 0.7 high, 0.9 critical. */
function rate(impact: number): Severity {
  if (impact >= 0.9) return 'critical';
  if (impact >= 0.7) return 'high';
  if (impact >= 0.4) return 'medium';
  return impact > 0 ? 'low' : 'info';
}

function readWaiver(control: unknown): Draft['suppression'] {
  const waiver = objectAt(control, 'waiver_data');
  const reason = textAt(waiver, 'justification');
  return reason === undefined ? undefined : { kind: 'accepted', reason };
}

function readMinimal({ value, parents: [report] }: JsonEntry): Reading {
  const status = textAt(value, 'status');
  if (status !== 'failed') return explain([value]);
  const test = textAt(value, 'code_desc');
  return {
    kind: 'misconfiguration',
    rule: { id: textAt(value, 'id'), name: textAt(value, 'profile_id') },
    title: test ?? textAt(value, 'id'),
    description: textAt(value, 'message'),
    identity: test,
    tool: { version: textAt(report, 'version') },
  };
}
