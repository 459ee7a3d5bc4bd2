import type { Severity } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { isTrueAt, lineAt, listAt, numberAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Defects that Kiuwan Code Security exports as CSV, and vulnerabilities of components of Kiuwan Insights as JSON. */
export const kiuwan: Format = {
  id: 'kiuwan',
  name: 'Kiuwan',
  variants: [
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('Rule code', 'Rule', 'Priority', 'File', 'Line number', 'CWE'),
      layout: { columns: ['Rule code', 'Rule', 'Priority', 'File', 'Line number'] },
      read({ field }) {
        const priority = field('Priority');
        return {
          kind: field('Software characteristic') === 'Security' || field('Vulnerability type') !== undefined ? 'weakness' : 'quality',
          rule: { id: field('Rule code'), name: field('Rule') },
          title: field('Rule'),
          description: field('Vulnerability type'),
          severity: priority,
          severityLabel: labels.get(priority ?? ''),
          cwes: parseCwes(field('CWE')),
          location: { path: field('File'), line: lineAt(field('Line number')) },
          suppression: /muted|false positive/i.test(field('Status') ?? '') ? { kind: 'suppressed', reason: field('Status') } : undefined,
          identity: field('Line text'),
        };
      },
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].cve', '$[].securityRisk', '$[].components', '$[].muted'),
      layout: { entries: ['$[]'] },
      read: readVulnerability,
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['Very high', 'critical'],
  ['Very High', 'critical'],
  ['Normal', 'medium'],
  ['Very low', 'info'],
  ['Very Low', 'info'],
]);

function readVulnerability({ value }: JsonEntry): Reading | readonly Reading[] {
  const id = textAt(value, 'cve') ?? textAt(value, 'id');
  const score = numberAt(value, 'cVSSv3BaseScore');
  const epss = numberAt(value, 'epss_score');
  const percentile = numberAt(value, 'epss_percentile');
  const common: Draft = {
    kind: 'vulnerability',
    rule: { id },
    description: textAt(value, 'description'),
    severity: textAt(value, 'securityRisk'),
    cvss: score === undefined ? [] : [{ score, version: '3.0' }],
    cwes: parseCwes(textAt(value, 'cwe')),
    aliases: parseVulnerabilityIds(id),
    epss: epss === undefined ? undefined : { score: epss, ...(percentile !== undefined && { percentile }) },
    suppression: isTrueAt(value, 'muted') ? { kind: 'suppressed', reason: 'muted' } : undefined,
  };
  const components = listAt(value, 'components');
  if (components.length === 0) return { ...common, title: id };
  return components.map((component) => {
    const name = [textAt(component, 'group'), textAt(component, 'artifact')].filter((text) => text !== undefined).join(':') || undefined;
    return {
      ...common,
      title: [id, name].filter((text) => text !== undefined).join(' in '),
      package: { name, version: textAt(component, 'version'), ecosystem: textAt(component, 'language') },
    };
  });
}
