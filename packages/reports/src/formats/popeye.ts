import type { Severity } from '@deployguard/findings';
import { numberAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, JsonVariant, Reading } from './format.ts';

/** Reports of Popeye: `popeye --out json` (https://popeyecli.io); until version 0.11 sections were called sanitizers. */
export const popeye: Format = {
  id: 'popeye',
  name: 'Popeye',
  variants: [variant('sections'), variant('sanitizers')],
};

function variant(sections: string): JsonVariant {
  const section = `$.popeye.${sections}[]`;
  return {
    form: 'json',
    recognises: (outline) => outline.has('$.popeye.score') && outline.hasList(`$.popeye.${sections}`),
    layout: {
      entries: [`${section}.issues{}[]`],
      context: ['$.ClusterName', '$.clusterName', '$.clustername', `${section}.linter`, `${section}.sanitizer`, `${section}.gvr`],
    },
    read: readIssue,
  };
}

const labels: ReadonlyMap<number, Severity> = new Map([
  [1, 'info'],
  [2, 'medium'],
  [3, 'high'],
]);

function readIssue({ value, keys, parents: [report, , section] }: JsonEntry): Reading {
  const level = numberAt(value, 'level');
  if (level === 0) return { skipped: 'passed check' };
  const [, code, message] = /^\[(POP-\d+)\](.*)$/s.exec(textAt(value, 'message') ?? '') ?? [];
  const group = textAt(value, 'group');
  const names = [
    textAt(section, 'linter') ?? textAt(section, 'sanitizer') ?? textAt(section, 'gvr'),
    keys[0],
    group === '__root__' ? undefined : group,
  ];
  const cluster = ['ClusterName', 'clusterName', 'clustername'].map((name) => textAt(report, name)).find(Boolean);
  return {
    kind: 'misconfiguration',
    rule: { id: code ?? textAt(value, 'message') },
    title: message?.trim() ?? textAt(value, 'message'),
    severity: level === undefined ? undefined : String(level),
    severityLabel: labels.get(level ?? 0),
    location: { resource: names.filter(Boolean).join('/') || undefined },
    asset: cluster === undefined ? undefined : { type: 'cloud', name: cluster },
  };
}
