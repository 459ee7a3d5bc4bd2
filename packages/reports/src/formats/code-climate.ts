import type { Severity } from '@deployguard/findings';
import { lineAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Format, JsonVariant, Reading } from './format.ts';

/**
 * Issues as Code Climate defines them (https://github.com/codeclimate/platform/blob/master/spec/analyzers/SPEC.md), which are also the
 * code quality reports of GitLab: what linters from golangci-lint to ansible-lint write for them.
 */
export const codeClimate: Format = {
  id: 'code-climate',
  name: 'Code Climate',
  variants: [variant('$[]'), variant('$')],
};

function variant(entry: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) =>
      outline.has(`${entry}.description`, `${entry}.location.path`) &&
      (outline.has(`${entry}.location.lines`) || outline.has(`${entry}.location.positions`)) &&
      (outline.has(`${entry}.check_name`) || outline.has(`${entry}.fingerprint`)),
    isShared: true,
    layout: { entries: [entry] },
    read: ({ value }) => readIssue(value),
  };
}

const labels: ReadonlyMap<string, Severity> = new Map([
  ['blocker', 'critical'],
  ['critical', 'high'],
  ['major', 'medium'],
  ['minor', 'low'],
  ['info', 'info'],
]);

function readIssue(value: unknown): Reading {
  const type = textAt(value, 'type');
  if (type === 'measurement') return { skipped: 'measurement' };
  const severity = textAt(value, 'severity');
  const title = textAt(value, 'description');
  return {
    kind: textsAt(value, 'categories').includes('Security') ? 'weakness' : 'quality',
    rule: { id: textAt(value, 'check_name') ?? title, helpUri: textAt(value, 'url') },
    title,
    description: textAt(value, 'content', 'body'),
    severity,
    severityLabel: labels.get(severity?.toLowerCase() ?? ''),
    location: {
      path: textAt(value, 'location', 'path'),
      line:
        lineAt(value, 'location', 'lines', 'begin') ??
        lineAt(value, 'location', 'lines', 'begin', 'line') ??
        lineAt(value, 'location', 'positions', 'begin', 'line'),
      column: lineAt(value, 'location', 'positions', 'begin', 'column') ?? lineAt(value, 'location', 'lines', 'begin', 'column'),
      endLine: lineAt(value, 'location', 'lines', 'end') ?? lineAt(value, 'location', 'positions', 'end', 'line'),
    },
    // Its own fingerprint is left aside: many linters make it from the line.
    tool: { name: textAt(value, 'engine_name') },
  };
}
