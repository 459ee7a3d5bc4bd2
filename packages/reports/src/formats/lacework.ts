import type { Severity } from '@deployguard/findings';
import { listAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format, JsonVariant, Reading } from './format.ts';

/**
 * Compliance reports of Lacework FortiCNAPP: `lacework compliance aws get-report --json` and answers of its API
 * (https://docs.lacework.net/api/v2/docs). Each resource that violates a recommendation is a finding.
 */
export const lacework: Format = {
  id: 'lacework',
  name: 'Lacework',
  variants: [variant('$.recommendations[]'), variant('$.data[].recommendations[]')],
};

function variant(recommendation: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => outline.has(`${recommendation}.REC_ID`, `${recommendation}.STATUS`, `${recommendation}.TITLE`),
    layout: { entries: [recommendation] },
    read: readRecommendation,
  };
}

const labels: ReadonlyMap<string, Severity> = new Map([
  ['1', 'critical'],
  ['2', 'high'],
  ['3', 'medium'],
  ['4', 'low'],
  ['5', 'info'],
]);

const skips: ReadonlyMap<string, string> = new Map([
  ['Compliant', 'passed check'],
  ['RequiresManualAssessment', 'check to be made by hand'],
  ['CouldNotAssess', 'check that was not made'],
]);

function readRecommendation({ value }: JsonEntry): Reading | readonly Reading[] {
  const status = textAt(value, 'STATUS') ?? '';
  const skipped = skips.get(status);
  if (skipped !== undefined) return { skipped };
  const severity = textAt(value, 'SEVERITY');
  const account = textAt(value, 'ACCOUNT_ID');
  const recommendation: Draft = {
    kind: 'misconfiguration',
    rule: { id: textAt(value, 'REC_ID'), name: textAt(value, 'CATEGORY'), helpUri: textAt(value, 'INFO_LINK') },
    title: textAt(value, 'TITLE'),
    severity,
    severityLabel: labels.get(severity ?? ''),
    location: { account },
    asset: account === undefined ? undefined : { type: 'cloud', name: account },
    suppression: status === 'Suppressed' ? { kind: 'suppressed' } : undefined,
  };
  const violations = listAt(value, 'VIOLATIONS');
  if (violations.length === 0) return recommendation;
  return violations.map((violation) => ({
    ...recommendation,
    description: textsAt(violation, 'reasons').join('\n'),
    location: { account, resource: textAt(violation, 'resource'), region: textAt(violation, 'region') },
  }));
}
