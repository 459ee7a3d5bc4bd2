import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import { findInList } from '../reading/find-in-list.ts';
import { isTrueAt, lineAt, listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childAt, childrenAt, childText } from '../reading/xml-element.ts';
import type { XmlElement } from '../reading/xml-element.ts';
import type { Draft, Format, JsonVariant, Reading } from './format.ts';

/**
 * Reports of Checkmarx SAST, as XML, CSV and JSON, of its Open Source Analysis (OSA), of Checkmarx SCA, and of CxFlow. Each path from a
 * source to a sink is a finding.
 */
export const checkmarx: Format = {
  id: 'checkmarx',
  name: 'Checkmarx',
  variants: [
    {
      form: 'xml',
      recognises: ({ root }) => root === 'CxXMLResults',
      layout: { entries: ['/CxXMLResults/Query/Result'] },
      read: readResult,
    },
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.scanResults{}.languages[].queries') ||
        (outline.has('$.reportHeader', '$.scanResults') && outline.has('$.executiveSummary')),
      layout: {
        entries: ['$.scanResults{}.languages[].queries[].vulnerabilities[]', '$.scanResults{}.packages[].vulnerabilities[]'],
        context: [
          ...['queryName', 'queryId', 'description'].map((name) => `$.scanResults{}.languages[].queries[].${name}`),
          ...['name', 'version'].map((name) => `$.scanResults{}.packages[].${name}`),
          '$.reportHeader',
        ],
      },
      read: (entry) => (entry.path.includes('.packages[]') ? readPackageVulnerability(entry) : readVulnerability(entry)),
    },
    // OSA: the list of vulnerabilities, then the list of libraries that they refer to.
    {
      form: 'json',
      recognises: (outline) => outline.has('$[][].cveName', '$[][].libraryId'),
      layout: { entries: ['$'] },
      read: ({ value }) => listAt(value, 0).map((item) => readLibraryVulnerability(item, listAt(value, 1))),
    },
    // OSA's interface gives the vulnerabilities alone.
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].cveName', '$[].libraryId'),
      layout: { entries: ['$[]'] },
      read: ({ value }) => readLibraryVulnerability(value, []),
    },
    packageRisks('$[]'),
    packageRisks('$.scaResults.findings[]'),
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.xissues[].vulnerability', '$.xissues[].similarityId') ||
        (outline.hasList('$.xissues') && outline.hasObject('$.additionalDetails.flow-summary')),
      isToldByEntries: true,
      layout: { entries: ['$.xissues[]'], context: ['$.project', '$.version'] },
      read: readFlowIssue,
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('Query', 'QueryPath', 'SrcFileName', 'DestFileName', 'Result State', 'Result Severity'),
      layout: { columns: ['Query', 'SrcFileName', 'Line', 'Result State', 'Result Severity'] },
      read: readRow,
    },
  ],
};

/** Of Checkmarx SCA: `GET /risk-management/risk-reports/{scanId}/vulnerabilities`. */
function packageRisks(finding: string): JsonVariant {
  const members = ['cveName', 'packageId', 'fixResolutionText'].map((name) => `${finding}.${name}`);
  return {
    form: 'json',
    recognises: (outline) => outline.has(...members),
    layout: { entries: [finding] },
    read: ({ value }) => readPackageRisk(value),
  };
}

function readResult({ element, parents: [root, query] }: XmlEntry): Reading {
  const nodes = childrenAt(element, 'Path', 'PathNode');
  const name = attributeOf(query, 'name');
  const similarity = attributeOf(childAt(element, 'Path'), 'SimilarityId');
  return {
    kind: 'weakness',
    rule: { id: attributeOf(query, 'id') ?? name, name },
    title: name?.replaceAll('_', ' '),
    description: [describeNode('Source', nodes[0]), describeNode('Sink', nodes.at(-1))].filter((text) => text !== undefined).join('\n'),
    severity: attributeOf(element, 'Severity') ?? attributeOf(query, 'Severity'),
    cwes: parseCwes(attributeOf(query, 'cweId')),
    location: {
      path: attributeOf(element, 'FileName'),
      line: lineAt(attributeOf(element, 'Line')),
      column: lineAt(attributeOf(element, 'Column')),
    },
    asset: readAsset(attributeOf(root, 'ProjectName')),
    references: [attributeOf(element, 'DeepLink')].filter((text) => text !== undefined),
    suppression: readSuppression(attributeOf(element, 'FalsePositive'), attributeOf(element, 'state'), attributeOf(element, 'Remark')),
    foundAt: attributeOf(element, 'DetectionDate'),
    // Of the source, the sink and the query, and of no line.
    identity: similarity,
    tool: { version: attributeOf(root, 'CheckmarxVersion') },
  };
}

function describeNode(role: string, node: XmlElement | undefined): string | undefined {
  const place = [childText(node, 'FileName'), childText(node, 'Line')].filter((text) => text !== undefined).join(':');
  return place === '' ? undefined : `${role}: ${[childText(node, 'Name'), place].filter((text) => text !== undefined).join(' at ')}`;
}

function readVulnerability({ value, parents }: JsonEntry): Reading {
  const query = parents.at(-1);
  const nodes = listAt(value, 'nodes');
  const [source] = nodes;
  const sink = nodes.at(-1);
  const name = textAt(query, 'queryName') ?? textAt(value, 'queryName');
  return {
    kind: 'weakness',
    rule: { id: textAt(query, 'queryId') ?? name, name },
    title: name?.replaceAll('_', ' '),
    description: textAt(query, 'description') ?? textAt(value, 'description'),
    severity: textAt(value, 'severity'),
    cwes: parseCwes(textAt(value, 'cweId')),
    location: {
      path: textAt(source, 'fileName') ?? textAt(sink, 'fileName'),
      line: lineAt(source, 'line'),
      column: lineAt(source, 'column'),
    },
    asset: readAsset(textAt(parents[0], 'reportHeader', 'projectName')),
    suppression: /^not.exploitable$/i.test(textAt(value, 'status') ?? textAt(value, 'state') ?? '')
      ? { kind: 'false-positive' }
      : undefined,
    foundAt: textAt(value, 'firstFoundDate'),
    identity: textAt(value, 'similarityId') ?? textAt(value, 'id'),
  };
}

function readPackageVulnerability({ value, parents }: JsonEntry): Reading {
  const holder = parents.at(-1);
  const id = textAt(value, 'cve') ?? textAt(value, 'cveName') ?? textAt(value, 'id');
  const score = numberAt(value, 'score') ?? numberAt(value, 'cvssScore');
  return {
    kind: 'vulnerability',
    rule: { id },
    title: [id, textAt(holder, 'name')].filter((text) => text !== undefined).join(' in '),
    description: textAt(value, 'description'),
    severity: textAt(value, 'severity'),
    cvss: score === undefined ? [] : [{ score }],
    cwes: parseCwes(textAt(value, 'cwe')),
    aliases: parseVulnerabilityIds(id),
    package: { name: textAt(holder, 'name'), version: textAt(holder, 'version') },
    asset: readAsset(textAt(parents[0], 'reportHeader', 'projectName')),
  };
}

function readLibraryVulnerability(value: unknown, libraries: readonly unknown[]): Draft {
  const library = findInList(libraries, textAt(value, 'libraryId'), (item) => textAt(item, 'id'));
  const id = textAt(value, 'cveName') ?? textAt(value, 'id');
  const score = numberAt(value, 'score');
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: textAt(value, 'url') },
    title: [id, textAt(library, 'name')].filter((text) => text !== undefined).join(' in '),
    description: textAt(value, 'description'),
    remedy: textAt(value, 'recommendations'),
    severity: textAt(value, 'severity', 'name'),
    cvss: score === undefined ? [] : [{ score }],
    aliases: parseVulnerabilityIds(id),
    package: { name: textAt(library, 'name'), version: textAt(library, 'version') },
    location: { path: textAt(value, 'sourceFileName') },
    suppression: textAt(value, 'state', 'name') === 'NOT_EXPLOITABLE' ? { kind: 'false-positive' } : undefined,
    publishedAt: textAt(value, 'publishDate'),
  };
}

function readPackageRisk(value: unknown): Draft {
  const { ecosystem, name, version } = readPackageId(textAt(value, 'packageId') ?? '');
  const id = textAt(value, 'cveName') ?? textAt(value, 'id');
  const score = numberAt(value, 'score');
  const fixed = textAt(value, 'fixResolutionText');
  return {
    kind: 'vulnerability',
    rule: { id },
    title: [id, name].filter((text) => text !== undefined).join(' in '),
    description: textAt(value, 'description'),
    remedy: textAt(value, 'recommendations'),
    severity: textAt(value, 'severity'),
    cvss: score === undefined ? [] : [{ score }],
    cwes: parseCwes(textAt(value, 'cwe')),
    aliases: parseVulnerabilityIds(id),
    package: { name, version, ecosystem, fixedVersions: fixed === undefined ? undefined : [fixed] },
    references: textsAt(value, 'references'),
    suppression: isTrueAt(value, 'isIgnored') || isTrueAt(value, 'ignored') ? { kind: 'suppressed' } : undefined,
    publishedAt: textAt(value, 'publishDate'),
  };
}

/** `Maven-group:my-name-1.2.3-beta`: the version begins at the first part that begins with a digit, else it is the last one. */
function readPackageId(id: string): Partial<Record<'ecosystem' | 'name' | 'version', string>> {
  const [ecosystem, ...parts] = id.split('-');
  if (parts.length < 2) return {};
  const found = parts.findIndex((part, at) => at > 0 && /^\d/.test(part));
  const at = found < 0 ? parts.length - 1 : found;
  return { ecosystem: ecosystem!, name: parts.slice(0, at).join('-'), version: parts.slice(at).join('-') };
}

/** What one query found in one file, with its lines. */
function readFlowIssue({ value, parents: [root] }: JsonEntry): readonly Reading[] {
  const name = textAt(value, 'vulnerability');
  const issue: Draft = {
    kind: 'weakness',
    rule: { id: name, helpUri: textAt(value, 'additionalDetails', 'recommendedFix') },
    title: name?.replaceAll('_', ' '),
    description: textAt(value, 'description'),
    severity: textAt(value, 'severity'),
    cwes: parseCwes(textAt(value, 'cwe')),
    asset: readAsset(textAt(root, 'project')),
    references: textsAt(value, 'link'),
    suppression: /^not.exploitable$/i.test(textAt(value, 'vulnerabilityStatus') ?? '') ? { kind: 'false-positive' } : undefined,
    identity: textAt(value, 'similarityId'),
    tool: { version: textAt(root, 'version') },
  };
  const path = textAt(value, 'filename');
  const lines = Object.entries(objectAt(value, 'details') ?? {});
  if (lines.length === 0) return [{ ...issue, location: { path } }];
  return lines.map(([line, detail]) => ({
    ...issue,
    location: { path, line: lineAt(line) },
    suppression: isTrueAt(detail, 'falsePositive') ? { kind: 'false-positive', reason: textAt(detail, 'comment') } : issue.suppression,
    identity: [issue.identity, textAt(detail, 'codeSnippet')].filter((text) => text !== undefined).join(' '),
  }));
}

function readRow({ field }: CsvEntry): Reading {
  const name = field('Query');
  const link = field('Link');
  const places = [
    ['Source', field('Name'), field('SrcFileName'), field('Line')],
    ['Sink', field('DestName'), field('DestFileName'), field('DestLine')],
  ] as const;
  return {
    kind: 'weakness',
    rule: { id: name },
    title: name?.replaceAll('_', ' '),
    description: places
      .filter(([, , file]) => file !== undefined)
      .map(([role, node, file, line]) => `${role}: ${[node, [file, line].filter(Boolean).join(':')].filter(Boolean).join(' at ')}`)
      .join('\n'),
    severity: field('Result Severity'),
    location: { path: field('SrcFileName'), line: lineAt(field('Line')), column: lineAt(field('Column')) },
    references: link === undefined ? [] : [link],
    suppression: field('Result State') === 'Not Exploitable' ? { kind: 'false-positive', reason: field('Comment') } : undefined,
    foundAt: field('Detection Date'),
    identity: [name, field('Name'), field('DestFileName'), field('DestName')].join(' '),
  };
}

/** State 1 is "not exploitable". */
function readSuppression(isFalse: string | undefined, state: string | undefined, remark: string | undefined): Draft['suppression'] {
  return isFalse === 'True' || state === '1' ? { kind: 'false-positive', reason: remark } : undefined;
}

function readAsset(project: string | undefined): Draft['asset'] {
  return project === undefined ? undefined : { type: 'repository', name: project };
}
