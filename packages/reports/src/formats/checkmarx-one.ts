import type { ReportedFinding } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { lineAt, listAt, numberAt, objectAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import { stripMarkup } from '../strip-markup.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Reports of Checkmarx One: `cx scan --report-format json` (code, IaC, packages, secrets), and the report that its site exports. */
export const checkmarxOne: Format = {
  id: 'checkmarx-one',
  name: 'Checkmarx One',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.hasList('$.results') &&
        (outline.has('$.results[].similarityId', '$.results[].state', '$.results[].data') || outline.has('$.totalCount', '$.scanID')),
      isToldByEntries: true,
      layout: { entries: ['$.results[]'] },
      read: readResult,
    },
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.scanResults.resultsList') || outline.has('$.iacScanResults') || outline.has('$.scaScanResults'),
      layout: {
        entries: [
          '$.scanResults.resultsList[].vulnerabilities[]',
          '$.iacScanResults.technology[].queries[].resultsList[]',
          '$.scaScanResults.packages[].packageCategory[].categoryResults[]',
        ],
        context: [
          ...['queryName', 'queryId', 'description', 'cweId'].map((name) => `$.scanResults.resultsList[].${name}`),
          ...['queryName', 'queryId', 'description'].map((name) => `$.iacScanResults.technology[].queries[].${name}`),
          ...['packageName', 'packageVersion', 'name', 'version'].map((name) => `$.scaScanResults.packages[].${name}`),
        ],
      },
      read: (entry) => (entry.path.startsWith('$.scaScanResults') ? readPackageRisk(entry) : readInstance(entry)),
    },
  ],
};

/** The types of results, by the beginning of their names. */
const kinds: readonly (readonly [string, ReportedFinding['kind']])[] = [
  ['sca', 'vulnerability'],
  ['containers', 'vulnerability'],
  ['kics', 'misconfiguration'],
  ['scs-secret', 'secret'],
  ['scs', 'misconfiguration'],
];

function readResult({ value }: JsonEntry): Reading {
  const type = textAt(value, 'type') ?? '';
  const kind = kinds.find(([prefix]) => type.startsWith(prefix))?.[1] ?? 'weakness';
  const name = textAt(value, 'data', 'queryName') ?? textAt(value, 'data', 'ruleName');
  const id = textAt(value, 'vulnerabilityDetails', 'cveName') ?? textAt(value, 'id');
  const node = listAt(value, 'data', 'nodes')[0] ?? objectAt(value, 'data');
  return {
    kind,
    rule: kind === 'vulnerability' ? { id } : { id: textAt(value, 'data', 'queryId') ?? name, name },
    title:
      kind === 'vulnerability'
        ? [id, readPackage(value)?.name].filter(Boolean).join(' in ')
        : (name?.replaceAll('_', ' ') ?? textAt(value, 'description')),
    description: textAt(value, 'description') ?? stripMarkup(textAt(value, 'descriptionHTML')),
    remedy: textAt(value, 'data', 'expectedValue') ?? textAt(value, 'data', 'remediation'),
    severity: textAt(value, 'severity'),
    cvss: readCvss(value),
    cwes: parseCwes(textAt(value, 'vulnerabilityDetails', 'cweId')),
    aliases: kind === 'vulnerability' ? parseVulnerabilityIds(id) : undefined,
    package: kind === 'vulnerability' ? readPackage(value) : undefined,
    location: {
      path: textAt(node, 'fileName') ?? textAt(node, 'filename'),
      line: lineAt(node, 'line'),
      column: lineAt(node, 'column'),
    },
    ...readState(value),
    foundAt: textAt(value, 'firstFoundAt'),
    ownFingerprint: kind === 'vulnerability' ? undefined : textAt(value, 'similarityId'),
  };
}

/** `Npm-lodash-4.17.15`, where the package has no fields of its own. */
function readPackage(value: unknown): Draft['package'] {
  const [, ecosystem, name, version] = /^([^-]+)-(.+)-([^-]+)$/.exec(textAt(value, 'data', 'packageIdentifier') ?? '') ?? [];
  const fixed = textAt(value, 'data', 'recommendedVersion');
  return name === undefined ? undefined : { name, version, ecosystem, fixedVersions: fixed === undefined ? undefined : [fixed] };
}

function readCvss(value: unknown): Draft['cvss'] {
  const score = numberAt(value, 'vulnerabilityDetails', 'cvssScore');
  return score === undefined ? [] : [{ score }];
}

function readInstance({ value, parents }: JsonEntry): Reading {
  const query = parents.at(-1);
  const name = textAt(query, 'queryName');
  const [source] = listAt(value, 'nodes');
  return {
    kind: textAt(value, 'expectedValue') === undefined ? 'weakness' : 'misconfiguration',
    rule: { id: textAt(query, 'queryId') ?? name, name },
    title: name?.replaceAll('_', ' '),
    description: textAt(query, 'description'),
    remedy: textAt(value, 'expectedValue'),
    severity: textAt(value, 'severity'),
    cwes: parseCwes(textAt(query, 'cweId')),
    location: {
      path:
        textAt(source, 'fileName') ?? textAt(value, 'sourceFileName') ?? textAt(value, 'destinationFileName') ?? textAt(value, 'fileName'),
      line: lineAt(source, 'line') ?? lineAt(value, 'sourceLine') ?? lineAt(value, 'destinationLine') ?? lineAt(value, 'line'),
    },
    references: [textAt(value, 'resultViewerLink')].filter((text) => text !== undefined),
    ...readState(value),
    foundAt: textAt(value, 'firstFoundDate') ?? textAt(value, 'firstDetectionDate') ?? readSeconds(value),
    identity: textAt(value, 'similarityId') ?? textAt(value, 'id'),
  };
}

function readPackageRisk({ value, parents }: JsonEntry): Reading {
  const holder = parents.find((parent) => textAt(parent, 'packageName') ?? textAt(parent, 'name'));
  const name = textAt(holder, 'packageName') ?? textAt(holder, 'name');
  const id = textAt(value, 'cve') ?? textAt(value, 'cveName') ?? textAt(value, 'id');
  return {
    kind: 'vulnerability',
    rule: { id },
    title: [id, name].filter((text) => text !== undefined).join(' in '),
    description: textAt(value, 'description'),
    severity: textAt(value, 'severity'),
    cwes: parseCwes(textAt(value, 'cwe') ?? textAt(value, 'cweId')),
    aliases: parseVulnerabilityIds(id),
    package: { name, version: textAt(holder, 'packageVersion') ?? textAt(holder, 'version') },
    ...readState(value),
  };
}

/** https://docs.checkmarx.com/en/34965-68516-managing--triaging--vulnerabilities.html */
function readState(value: unknown): Pick<Draft, 'suppression'> {
  if (textAt(value, 'state') === 'NOT_EXPLOITABLE') return { suppression: { kind: 'false-positive' } };
  return textAt(value, 'status') === 'FIXED' ? { suppression: { kind: 'fixed' } } : {};
}

/** Some versions write `{"seconds": 1689000000}`. */
function readSeconds(value: unknown): string | undefined {
  const seconds = numberAt(value, 'firstFoundDate', 'seconds') ?? numberAt(value, 'firstDetectionDate', 'seconds');
  return seconds === undefined || Math.abs(seconds) > 1e11 ? undefined : new Date(seconds * 1000).toISOString();
}
