import type { Severity } from '@deployguard/findings';
import { lineAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, Reading } from './format.ts';

/**
 * Reports of OpenSSF Scorecard: `scorecard --format json|probe` (https://github.com/ossf/scorecard). A check below its best score is a finding,
 * and a probe with a remediation, which it has only when its answer is the bad one.
 */
export const scorecard: Format = {
  id: 'scorecard',
  name: 'OpenSSF Scorecard',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.scorecard.version', '$.checks') && outline.has('$.repo'),
      layout: { entries: ['$.checks[]'], context: ['$.repo', '$.scorecard', '$.date'] },
      read: readCheck,
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.scorecard.version', '$.findings', '$.repo.name'),
      layout: { entries: ['$.findings[]'], context: ['$.repo', '$.scorecard', '$.date'] },
      read: readProbe,
    },
  ],
};

const bestScore = 10;

function readCheck({ value, parents: [report] }: JsonEntry): Reading {
  const score = numberAt(value, 'score');
  if (score === bestScore) return { skipped: 'passed check' };
  if (score === undefined || score < 0) return { skipped: 'check without result' };
  const name = textAt(value, 'name');
  const repository = textAt(report, 'repo', 'name');
  return {
    kind: 'weakness',
    rule: { id: name, helpUri: textAt(value, 'documentation', 'url') },
    title: name === undefined ? undefined : `${name}: ${textAt(value, 'reason') ?? `score ${score} of ${bestScore}`}`,
    description: [textAt(value, 'documentation', 'short'), ...textsAt(value, 'details')].filter((text) => text !== undefined).join('\n'),
    severity: String(score),
    severityLabel: rate(score),
    asset: repository === undefined ? undefined : { type: 'repository', name: repository },
    foundAt: textAt(report, 'date'),
    // The reason counts what was found, and changes with it.
    identity: '',
    tool: { version: textAt(report, 'scorecard', 'version') },
  };
}

function readProbe({ value, parents: [report] }: JsonEntry): Reading {
  const outcome = textAt(value, 'outcome');
  if (outcome === 'NotApplicable') return { skipped: 'check that does not apply' };
  if (outcome === 'Error') return { missing: 'check that could not be made' };
  if (outcome !== 'True' && outcome !== 'False') return { skipped: 'check without result' };
  if (objectAt(value, 'remediation') === undefined) return { skipped: 'passed check' };
  const probe = textAt(value, 'probe');
  const repository = textAt(report, 'repo', 'name');
  return {
    kind: 'weakness',
    rule: { id: probe, helpUri: probe && `https://github.com/ossf/scorecard/tree/main/probes/${probe}` },
    title: textAt(value, 'message'),
    remedy: textAt(value, 'remediation', 'text'),
    location: {
      path: textAt(value, 'location', 'path'),
      line: lineAt(value, 'location', 'lineStart'),
      endLine: lineAt(value, 'location', 'lineEnd'),
    },
    asset: repository === undefined ? undefined : { type: 'repository', name: repository },
    foundAt: textAt(report, 'date'),
    tool: { version: textAt(report, 'scorecard', 'version') },
  };
}

/** A score says how well the check is met, not how bad it is not to: the worst is never more than high. */
function rate(score: number): Severity {
  if (score < 4) return 'high';
  return score < 7 ? 'medium' : 'low';
}
