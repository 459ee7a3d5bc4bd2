import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { isTrueAt, lineAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Draft, Format } from './format.ts';

/** Reports of Semgrep and Opengrep: `semgrep scan --json`, and vulnerable dependencies of Semgrep's API. */
export const semgrep: Format = {
  id: 'semgrep',
  name: 'Semgrep',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.results[].check_id', '$.results[].extra') ||
        (outline.hasList('$.results') && outline.hasList('$.errors') && outline.hasList('$.paths.scanned')),
      layout: { entries: ['$.results[]'], context: ['$.version'] },
      read({ value, parents: [root] }) {
        const rule = textAt(value, 'check_id');
        const severity = textAt(value, 'extra', 'severity');
        const dependency = objectAt(value, 'extra', 'sca_info', 'dependency_match', 'found_dependency');
        return {
          kind: dependency ? 'vulnerability' : 'weakness',
          rule: { id: rule, helpUri: textAt(value, 'extra', 'metadata', 'source') },
          title: rule?.split('.').at(-1),
          description: textAt(value, 'extra', 'message'),
          remedy: textAt(value, 'extra', 'fix'),
          severity,
          severityLabel: labels.get(severity ?? ''),
          cwes: parseCwes(...textsAt(value, 'extra', 'metadata', 'cwe')),
          aliases: parseVulnerabilityIds(
            textAt(value, 'extra', 'metadata', 'sca-vuln-database-identifier'),
            textAt(value, 'extra', 'metadata', 'ghsa'),
          ),
          package: dependency && {
            name: textAt(dependency, 'package'),
            version: textAt(dependency, 'version'),
            ecosystem: textAt(dependency, 'ecosystem'),
          },
          location: {
            path: textAt(value, 'path'),
            line: lineAt(value, 'start', 'line'),
            column: lineAt(value, 'start', 'col'),
            endLine: lineAt(value, 'end', 'line'),
          },
          references: textsAt(value, 'extra', 'metadata', 'references'),
          suppression: readSuppression(value),
          identity: textAt(value, 'extra', 'fingerprint') ?? textAt(value, 'extra', 'lines'),
          tool: { version: textAt(root, 'version') },
        };
      },
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.vulns[].advisory', '$.vulns[].dependencyFileLocation'),
      layout: { entries: ['$.vulns[]'] },
      read({ value }) {
        const title = textAt(value, 'title');
        const cves = textsAt(value, 'advisory', 'references', 'cveIds');
        return {
          kind: 'vulnerability',
          rule: { id: cves[0] ?? textAt(value, 'advisory', 'ruleId') ?? title, helpUri: textAt(value, 'dependencyFileLocation', 'url') },
          title,
          description: textAt(value, 'advisory', 'description'),
          severity: textAt(value, 'advisory', 'severity'),
          cwes: parseCwes(...textsAt(value, 'advisory', 'references', 'cweIds')),
          aliases: parseVulnerabilityIds(...cves),
          package: {
            name: textAt(value, 'matchedDependency', 'name'),
            version: textAt(value, 'matchedDependency', 'versionSpecifier'),
            ecosystem: textAt(value, 'advisory', 'ecosystem'),
          },
          location: { path: textAt(value, 'dependencyFileLocation', 'path'), line: lineAt(value, 'dependencyFileLocation', 'startLine') },
          references: textsAt(value, 'advisory', 'references', 'urls'),
        };
      },
    },
  ],
};

/** https://semgrep.dev/docs/writing-rules/rule-syntax: ERROR is high, WARNING medium, INFO low. */
const labels = new Map([
  ['ERROR', 'high'],
  ['WARNING', 'medium'],
  ['INFO', 'low'],
  ['INVENTORY', 'info'],
  ['EXPERIMENT', 'info'],
] as const satisfies readonly (readonly [string, Draft['severityLabel']])[]) as ReadonlyMap<string, Draft['severityLabel']>;

function readSuppression(value: unknown): Draft['suppression'] {
  return isTrueAt(value, 'extra', 'is_ignored') ? { kind: 'suppressed', reason: 'ignored in the code' } : undefined;
}
