import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { isTrueAt, lineAt, listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { Draft, Format } from './format.ts';

/** Reports of Semgrep and Opengrep: `semgrep scan --json`, and findings and vulnerable dependencies of Semgrep's API. */
export const semgrep: Format = {
  id: 'semgrep',
  name: 'Semgrep',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.results[].check_id', '$.results[].extra') ||
        (outline.hasList('$.results') && outline.hasList('$.errors') && outline.hasList('$.paths.scanned')),
      isToldByEntries: true,
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
      isToldByEntries: true,
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
    {
      form: 'json',
      recognises: (outline) => outline.has('$.findings[].match_based_id', '$.findings[].rule_name', '$.findings[].location'),
      isToldByEntries: true,
      layout: { entries: ['$.findings[]'] },
      read: ({ value }) => readPlatformFinding(value),
    },
  ],
};

/** https://semgrep.dev/api/v1/docs: of code, and of a dependency where it names one. */
function readPlatformFinding(value: unknown): Draft {
  const rule = textAt(value, 'rule', 'name') ?? textAt(value, 'rule_name');
  const dependency = objectAt(value, 'found_dependency');
  const repository = textAt(value, 'repository', 'name');
  const score = numberAt(value, 'epss_score', 'score');
  return {
    kind: dependency ? 'vulnerability' : 'weakness',
    rule: { id: rule },
    title: rule?.split('.').at(-1),
    description: textAt(value, 'rule', 'message') ?? textAt(value, 'rule_message'),
    severity: textAt(value, 'severity'),
    cwes: parseCwes(...textsAt(value, 'rule', 'cwe_names')),
    aliases: parseVulnerabilityIds(textAt(value, 'vulnerability_identifier')),
    package: dependency && {
      name: textAt(dependency, 'package'),
      version: textAt(dependency, 'version'),
      ecosystem: textAt(dependency, 'ecosystem'),
      fixedVersions: listAt(value, 'fix_recommendations')
        .map((fix) => textAt(fix, 'version'))
        .filter((version) => version !== undefined),
    },
    location: {
      path: textAt(value, 'location', 'file_path'),
      line: lineAt(value, 'location', 'line'),
      column: lineAt(value, 'location', 'column'),
      endLine: lineAt(value, 'location', 'end_line'),
    },
    asset: repository === undefined ? undefined : { type: 'repository', name: repository },
    references: textsAt(value, 'line_of_code_url'),
    epss: score === undefined ? undefined : { score },
    suppression: readTriage(value),
    foundAt: textAt(value, 'created_at'),
    identity: textAt(value, 'match_based_id'),
  };
}

function readTriage(value: unknown): Draft['suppression'] {
  const state = textAt(value, 'status') ?? textAt(value, 'state');
  if (state === 'fixed' || state === 'removed') return { kind: 'fixed' };
  if (state !== 'ignored' && state !== 'muted') return undefined;
  const why = textAt(value, 'triage_reason');
  return {
    kind: why === 'false_positive' ? 'false-positive' : why === 'acceptable_risk' ? 'accepted' : 'suppressed',
    reason: textAt(value, 'triage_comment'),
  };
}

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
