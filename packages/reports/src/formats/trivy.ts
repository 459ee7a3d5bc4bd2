import type { CvssScore, ReportedAsset } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { lineAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry, JsonObject } from '../reading/json-entry.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childAt } from '../reading/xml-element.ts';
import { splitList } from '../split-list.ts';
import type { Draft, Format, JsonVariant, Loose, Reading } from './format.ts';

const testCase = '/testsuites/testsuite/testcase';

/** `[HIGH] CVE-2019-1549` */
const testName = /^\[(CRITICAL|HIGH|MEDIUM|LOW|UNKNOWN)\] (.+)$/s;

/** By the list of a result that an entry stands in. */
const readers: ReadonlyMap<string, (value: unknown, result: JsonObject) => Reading> = new Map([
  ['Vulnerabilities', readVulnerability],
  ['Misconfigurations', readMisconfiguration],
  ['Secrets', readSecret],
  ['Licenses', readLicense],
  ['ExperimentalModifiedFindings', readModified],
]);

/**
 * Reports of Aqua Trivy: `trivy image|fs|repo|config|k8s --format json` (https://trivy.dev/latest/docs/configuration/reporting/), also those of
 * compliance (`--compliance`), inside of an attestation (`--format cosign-vuln`), and those of its template for JUnit.
 */
export const trivy: Format = {
  id: 'trivy',
  name: 'Trivy',
  variants: [
    variant(['$'], (outline) => outline.has('$.SchemaVersion', '$.ArtifactName') || outline.has('$.Results[].Target')),
    // `trivy k8s`: one report inside for each resource of the cluster; before version 0.42 in two lists.
    variant(['$.Resources[]', '$.Vulnerabilities[]', '$.Misconfigurations[]'], (outline) => {
      const lists = ['$.Resources', '$.Vulnerabilities', '$.Misconfigurations'];
      return outline.has('$.ClusterName') && lists.some((list) => outline.hasList(list));
    }),
    // Several reports in one list.
    variant(['$[]'], (outline) => outline.has('$[].SchemaVersion', '$[].ArtifactName')),
    legacy(),
    ...['$.scanner.result', '$.predicate.scanner.result'].map((root) =>
      variant([root], (outline) => outline.has(`${root}.SchemaVersion`, `${root}.ArtifactName`)),
    ),
    variant(['$.Results[]'], (outline) => outline.has('$.RelatedResources', '$.Results[].Severity', '$.Results[].Results'), [
      '$.Results[].Severity',
    ]),
    {
      form: 'json',
      recognises: (outline) => outline.has('$.ID', '$.Title', '$.SummaryControls[].Severity'),
      layout: { entries: ['$.SummaryControls[]'] },
      read: readControl,
    },
    {
      form: 'xml',
      recognises: (outline) =>
        outline.root === 'testsuites' &&
        (outline.attribute('/testsuites', 'name') ?? guessName(outline.attribute(testCase, 'name'))) === 'trivy',
      layout: { entries: [testCase], context: ['/testsuites/testsuite/properties'] },
      read: readTestCase,
    },
  ],
};

function variant(roots: readonly string[], recognises: JsonVariant['recognises'], context: readonly string[] = []): JsonVariant {
  const results = roots.map((root) => `${root}.Results[]`);
  return {
    form: 'json',
    recognises,
    layout: {
      entries: results.flatMap((result) => [...readers.keys()].map((name) => `${result}.${name}[]`)),
      context: [
        ...['$', ...roots].flatMap((root) => ['ArtifactName', 'ArtifactType', 'CreatedAt'].map((name) => `${root}.${name}`)),
        ...context,
        ...results.flatMap((result) => ['Target', 'Type', 'Class'].map((name) => `${result}.${name}`)),
      ],
    },
    read: readEntry,
  };
}

/** Before schema 2 the report was the list of results. */
function legacy(): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => outline.has('$[].Vulnerabilities') && outline.texts('$[].Target').length > 0 && !outline.has('$[].Results'),
    layout: { entries: ['$[].Vulnerabilities[]', '$[].Misconfigurations[]'], context: ['$[].Target', '$[].Type'] },
    read: readEntry,
  };
}

function readEntry({ path, value, parents }: JsonEntry): Reading {
  const result = parents.at(-1) ?? {};
  const report = parents.find((parent) => textAt(parent, 'ArtifactName') !== undefined);
  const reading = readers.get(path.slice(path.lastIndexOf('.') + 1, -'[]'.length))!(value, result);
  return 'skipped' in reading || 'missing' in reading
    ? reading
    : {
        ...reading,
        // That of the control whose checks have none.
        severity: reading.severity ?? textAt(parents.at(-2), 'Severity'),
        asset: readAsset(report),
        foundAt: textAt(report, 'CreatedAt'),
      };
}

/** Older templates name nobody. */
function guessName(test: string | undefined): string | undefined {
  const id = testName.exec(test ?? '')?.[2];
  return id !== undefined && parseVulnerabilityIds(id)[0] === id ? 'trivy' : undefined;
}

/** The summary of a compliance report has the controls alone, with the number of their results. */
function readControl({ value }: JsonEntry): Reading {
  const failures = numberAt(value, 'TotalFail');
  if (failures === undefined) return { skipped: 'check to be made by hand' };
  if (failures === 0) return { skipped: 'passed check' };
  return {
    kind: 'misconfiguration',
    rule: { id: textAt(value, 'ID'), name: textAt(value, 'Name') },
    title: textAt(value, 'Name'),
    description: `Failures: ${failures}`,
    severity: textAt(value, 'Severity'),
  };
}

/** The template (`contrib/junit.tpl`) tells what was found by what it says of it alone. */
function readTestCase({ element, parents }: XmlEntry): Reading {
  const failure = childAt(element, 'failure');
  if (failure === undefined) return { skipped: 'passed check' };
  const target = attributeOf(parents.at(-1), 'name');
  const holder = attributeOf(element, 'classname');
  const [, severity, id] = testName.exec(attributeOf(element, 'name') ?? '') ?? [];
  const message = attributeOf(failure, 'message');
  const text = failure.text.trim();
  const common = { severity, location: { path: target } };
  if (message === undefined && text === '') return { ...readLicense({ Name: id, PkgName: holder }, { Target: target }), ...common };
  // What it found is no part of what is shown.
  if (message === id) return { ...common, kind: 'secret', rule: { id: holder }, title: id };
  if (text.startsWith(`${target}:`)) {
    const [, line, endLine] = /^(\d+)(?::(\d+))?:/.exec(text.slice(target!.length + 1)) ?? [];
    const description = text.split('\n').at(-1);
    return {
      ...common,
      kind: 'misconfiguration',
      rule: { id, name: message },
      title: message,
      description,
      location: { path: target, line: lineAt({ line }, 'line'), endLine: lineAt({ endLine }, 'endLine') },
    };
  }
  const [, name = holder, version] = /^(.+?)-(v?\d.*)$/.exec(holder ?? '') ?? [];
  return {
    ...common,
    kind: 'vulnerability',
    rule: { id },
    title: message ?? [id, name].filter(Boolean).join(' in '),
    description: text,
    aliases: parseVulnerabilityIds(id),
    package: { name, version, ecosystem: attributeOf(childAt(parents.at(-1), 'properties', 'property'), 'value') },
  };
}

/** What was found and then left out, by an ignore file or a statement in VEX (`--show-suppressed`). */
function readModified(value: unknown, result: JsonObject): Reading {
  const reading = modifiedReaders.get(textAt(value, 'Type')?.toLowerCase() ?? '')?.(objectAt(value, 'Finding'), result);
  if (reading === undefined || 'skipped' in reading || 'missing' in reading)
    return reading ?? { missing: 'suppressed finding of an unknown type' };
  const status = textAt(value, 'Status');
  const kind = status === 'not_affected' ? 'not-affected' : status === 'fixed' ? 'fixed' : 'accepted';
  return { ...reading, suppression: { kind, reason: textAt(value, 'Statement') ?? textAt(value, 'Source') } };
}

const modifiedReaders: ReadonlyMap<string, (value: unknown, result: JsonObject) => Reading> = new Map([
  ['vulnerability', readVulnerability],
  ['misconfiguration', readMisconfiguration],
  ['secret', readSecret],
  ['license', readLicense],
]);

function readAsset(root: JsonObject | undefined): ReportedAsset | undefined {
  const name = textAt(root, 'ArtifactName');
  return name === undefined ? undefined : { type: textAt(root, 'ArtifactType') === 'container_image' ? 'image' : 'repository', name };
}

function readVulnerability(value: unknown, result: JsonObject): Draft {
  const id = textAt(value, 'VulnerabilityID');
  const name = textAt(value, 'PkgName');
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: textAt(value, 'PrimaryURL') },
    title: textAt(value, 'Title') ?? [id, name].filter(Boolean).join(' in '),
    description: textAt(value, 'Description'),
    severity: textAt(value, 'Severity'),
    cvss: readCvss(objectAt(value, 'CVSS')),
    cwes: parseCwes(...textsAt(value, 'CweIDs')),
    aliases: parseVulnerabilityIds(id, ...textsAt(value, 'VendorIDs')),
    package: {
      name,
      version: textAt(value, 'InstalledVersion'),
      purl: textAt(value, 'PkgIdentifier', 'PURL'),
      ecosystem: textAt(result, 'Type'),
      fixedVersions: splitList(textAt(value, 'FixedVersion')),
    },
    location: { path: textAt(value, 'PkgPath') ?? textAt(result, 'Target'), layer: textAt(value, 'Layer', 'Digest') },
    references: textsAt(value, 'References'),
    publishedAt: textAt(value, 'PublishedDate'),
    remedy: textAt(value, 'Status') === 'will_not_fix' ? 'The vendor will not fix it.' : undefined,
  };
}

/** One member for each who scored it: `{"nvd": {"V3Vector": …, "V3Score": …, "V40Score": …}}`. */
function readCvss(sources: Readonly<Record<string, unknown>> | undefined): Loose<CvssScore>[] {
  const found: Loose<CvssScore>[] = [];
  for (const [source, scores] of Object.entries(sources ?? {})) {
    for (const { version, scoreName, vectorName } of cvssNames) {
      const score = numberAt(scores, scoreName);
      const vector = textAt(scores, vectorName);
      if (score === undefined && vector === undefined) continue;
      found.push({ source, version, score, vector });
    }
  }
  return found;
}

const cvssNames = [
  { version: '2.0', scoreName: 'V2Score', vectorName: 'V2Vector' },
  { version: undefined, scoreName: 'V3Score', vectorName: 'V3Vector' },
  { version: '4.0', scoreName: 'V40Score', vectorName: 'V40Vector' },
] as const;

function readMisconfiguration(value: unknown, result: JsonObject): Reading {
  const status = textAt(value, 'Status');
  if (status === 'PASS') return { skipped: 'passed check' };
  return {
    kind: 'misconfiguration',
    rule: { id: textAt(value, 'AVDID') ?? textAt(value, 'ID'), name: textAt(value, 'Title'), helpUri: textAt(value, 'PrimaryURL') },
    title: textAt(value, 'Title'),
    description: textAt(value, 'Message') ?? textAt(value, 'Description'),
    remedy: textAt(value, 'Resolution'),
    severity: textAt(value, 'Severity'),
    location: {
      path: textAt(result, 'Target'),
      line: lineAt(value, 'CauseMetadata', 'StartLine'),
      endLine: lineAt(value, 'CauseMetadata', 'EndLine'),
      resource: textAt(value, 'CauseMetadata', 'Resource'),
    },
    references: textsAt(value, 'References'),
    identity: textAt(value, 'Message'),
    suppression: status === 'EXCEPTION' ? { kind: 'suppressed' } : undefined,
  };
}

function readSecret(value: unknown, result: JsonObject): Draft {
  return {
    kind: 'secret',
    rule: { id: textAt(value, 'RuleID') },
    title: textAt(value, 'Title'),
    severity: textAt(value, 'Severity'),
    location: { path: textAt(result, 'Target'), line: lineAt(value, 'StartLine'), endLine: lineAt(value, 'EndLine') },
  };
}

function readLicense(value: unknown, result: JsonObject): Draft {
  const license = textAt(value, 'Name');
  const holder = textAt(value, 'PkgName') ?? textAt(value, 'FilePath');
  return {
    kind: 'license',
    rule: { id: license, helpUri: textAt(value, 'Link') },
    title: `License ${license ?? 'without a name'}${holder === undefined ? '' : ` of ${holder}`}`,
    severity: textAt(value, 'Severity'),
    package: { name: textAt(value, 'PkgName') },
    location: { path: textAt(value, 'FilePath') ?? textAt(result, 'Target') },
  };
}
