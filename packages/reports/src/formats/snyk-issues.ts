import type { CvssScore } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { isTrueAt, lineAt, listAt, numberAt, objectAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry, JsonObject } from '../reading/json-entry.ts';
import type { Draft, Format, Loose } from './format.ts';

/** Issues as Snyk's REST API lists them for a group, an organisation or a project (https://docs.snyk.io/snyk-api/reference/issues). */
export const snykIssues: Format = {
  id: 'snyk-issues',
  name: 'Snyk issues',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.data[].attributes.effective_severity_level') && outline.matches('$.data[].type', /^issue$/),
      layout: { entries: ['$.data[]'] },
      read: readIssue,
    },
  ],
};

const kinds: ReadonlyMap<string, Draft['kind']> = new Map([
  ['package_vulnerability', 'vulnerability'],
  ['license', 'license'],
  ['code', 'weakness'],
  ['cloud', 'misconfiguration'],
  ['config', 'misconfiguration'],
]);

function readIssue({ value }: JsonEntry): Draft {
  const attributes = objectAt(value, 'attributes');
  const problems = listAt(attributes, 'problems').map((problem) => textAt(problem, 'id'));
  const representations = listAt(attributes, 'coordinates').flatMap((coordinate) => listAt(coordinate, 'representations'));
  const dependency = representations.map((item) => objectAt(item, 'dependency')).find((found) => found !== undefined);
  const source = representations.map((item) => objectAt(item, 'sourceLocation')).find((found) => found !== undefined);
  const project = textAt(value, 'relationships', 'scan_item', 'data', 'id');
  const key = textAt(attributes, 'key');
  return {
    kind: kinds.get(textAt(attributes, 'type') ?? '') ?? 'vulnerability',
    rule: { id: problems.find((id) => id !== undefined) ?? key },
    title: textAt(attributes, 'title'),
    description: textAt(attributes, 'description'),
    severity: textAt(attributes, 'effective_severity_level'),
    cvss: listAt(attributes, 'severities').map(readScore),
    cwes: parseCwes(...listAt(attributes, 'classes').map((item) => textAt(item, 'id'))),
    aliases: parseVulnerabilityIds(...problems),
    package: { name: textAt(dependency, 'package_name'), version: textAt(dependency, 'package_version') },
    location: {
      path: textAt(source, 'file'),
      line: lineAt(source, 'region', 'start', 'line'),
      column: lineAt(source, 'region', 'start', 'column'),
      endLine: lineAt(source, 'region', 'end', 'line'),
      commit: textAt(source, 'commit_id'),
      resource: representations.flatMap(
        (item) => textAt(item, 'resourcePath') ?? textAt(item, 'cloud_resource', 'environment', 'id') ?? [],
      )[0],
    },
    asset: project === undefined ? undefined : { type: 'repository', name: project },
    references: listAt(attributes, 'problems').flatMap((problem) => textAt(problem, 'url') ?? []),
    foundAt: textAt(attributes, 'created_at'),
    suppression: readStatus(attributes),
    ownFingerprint: textAt(value, 'id'),
  };
}

function readScore(severity: unknown): Loose<CvssScore> {
  return { score: numberAt(severity, 'score'), vector: textAt(severity, 'vector'), source: textAt(severity, 'source') };
}

function readStatus(attributes: JsonObject | undefined): Draft['suppression'] {
  if (textAt(attributes, 'status') === 'resolved') return { kind: 'fixed', reason: textAt(attributes, 'resolution', 'type') };
  return isTrueAt(attributes, 'ignored') ? { kind: 'suppressed', reason: 'ignored' } : undefined;
}
