import type { Severity } from '@deployguard/findings';
import { numberAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, Reading } from './format.ts';

const sections = ['security', 'data', 'semanticErrors', 'validationErrors', 'warnings'];

/** Reports of 42Crunch API Security Audit (https://docs.42crunch.com/latest/content/concepts/api_contract_security_audit.htm), with or without the task around them. */
export const crunch42: Format = {
  id: 'crunch42',
  name: '42Crunch',
  variants: [buildVariant('$.report'), buildVariant('$')],
};

function buildVariant(report: string): Format['variants'][number] {
  return {
    form: 'json',
    recognises: (outline) => outline.has(`${report}.assessmentVersion`, `${report}.openapiState`, `${report}.security`),
    layout: {
      entries: sections.map((section) => `${report}.${section}.issues{}.issues[]`),
      context: [
        `${report}.index`,
        `${report}.assessmentVersion`,
        ...sections.flatMap((section) => ['description', 'criticality'].map((name) => `${report}.${section}.issues{}.${name}`)),
      ],
    },
    read: (entry) => readIssue(entry, report === '$' ? 0 : 1),
  };
}

/** https://docs.42crunch.com/latest/content/extras/api_security_audit_criticality.htm */
const labels: ReadonlyMap<number, Severity> = new Map([
  [1, 'info'],
  [2, 'low'],
  [3, 'medium'],
  [4, 'high'],
  [5, 'critical'],
]);

function readIssue({ value, keys: [rule], parents }: JsonEntry, depth: number): Reading {
  const report = parents[depth];
  const about = parents.at(-1);
  const criticality = numberAt(value, 'criticality') ?? numberAt(about, 'criticality');
  const title = textAt(value, 'specificDescription') ?? textAt(about, 'description');
  return {
    kind: 'misconfiguration',
    rule: { id: title && rule, name: textAt(about, 'description') },
    title,
    severity: criticality === undefined ? undefined : String(criticality),
    severityLabel: criticality === undefined ? undefined : labels.get(criticality),
    // The place in the description of the API.
    location: { resource: textAt(report, 'index', numberAt(value, 'pointer') ?? -1) },
    identity: '',
    tool: { version: textAt(report, 'assessmentVersion') },
  };
}
