import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { lineAt, listAt, numberAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childAt, childrenAt, childText } from '../reading/xml-element.ts';
import type { XmlElement } from '../reading/xml-element.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Reports of Checkmarx SAST, as XML and JSON, and of its Open Source Analysis (OSA). Each path from a source to a sink is a finding. */
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
  ],
};

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
  const library = libraries.find((item) => textAt(item, 'id') === textAt(value, 'libraryId'));
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

/** State 1 is "not exploitable". */
function readSuppression(isFalse: string | undefined, state: string | undefined, remark: string | undefined): Draft['suppression'] {
  return isFalse === 'True' || state === '1' ? { kind: 'false-positive', reason: remark } : undefined;
}

function readAsset(project: string | undefined): Draft['asset'] {
  return project === undefined ? undefined : { type: 'repository', name: project };
}
