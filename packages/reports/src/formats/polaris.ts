import type { Severity } from '@deployguard/findings';
import { isTrueAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, Reading } from './format.ts';

/** Reports of Fairwinds Polaris: `polaris audit --format json` (https://polaris.docs.fairwinds.com). */
export const polaris: Format = {
  id: 'polaris',
  name: 'Polaris',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.PolarisOutputVersion', '$.Results'),
      layout: {
        entries: ['$.Results[].Results{}', '$.Results[].PodResult.Results{}', '$.Results[].PodResult.ContainerResults[].Results{}'],
        context: [
          '$.DisplayName',
          '$.SourceType',
          '$.PolarisOutputVersion',
          ...['Name', 'Namespace', 'Kind'].map((name) => `$.Results[].${name}`),
          '$.Results[].PodResult.ContainerResults[].Name',
        ],
      },
      read: readCheck,
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['danger', 'high'],
  ['warning', 'medium'],
  ['ignore', 'info'],
]);

function readCheck({ value, key, parents }: JsonEntry): Reading {
  if (isTrueAt(value, 'Success')) return { skipped: 'passed check' };
  const [report, object] = parents;
  const severity = textAt(value, 'Severity');
  const names = [textAt(object, 'Namespace'), textAt(object, 'Kind'), textAt(object, 'Name'), textAt(parents[3], 'Name')];
  const cluster = textAt(report, 'SourceType') === 'Cluster' ? textAt(report, 'DisplayName') : undefined;
  return {
    kind: 'misconfiguration',
    rule: { id: textAt(value, 'ID') ?? key, name: textAt(value, 'Category') },
    title: textAt(value, 'Message'),
    severity,
    severityLabel: labels.get(severity ?? ''),
    location: { resource: names.filter((name) => name !== undefined).join('/') || undefined },
    asset: cluster === undefined ? undefined : { type: 'cloud', name: cluster },
    tool: { version: textAt(report, 'PolarisOutputVersion') },
  };
}
