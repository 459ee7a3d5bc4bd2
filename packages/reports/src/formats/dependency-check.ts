import type { CvssScore } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePurl } from '../parse-purl.ts';
import { listAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childAt, childrenAt, childText, childTexts } from '../reading/xml-element.ts';
import type { XmlElement } from '../reading/xml-element.ts';
import { splitList } from '../split-list.ts';
import type { Draft, Format, Loose, Reading } from './format.ts';

/**
 * Reports of OWASP Dependency-Check in XML, JSON and JUnit: by dependency, with the vulnerabilities in it and those that were suppressed; and
 * in CSV, a row for each vulnerability.
 */
export const dependencyCheck: Format = {
  id: 'dependency-check',
  name: 'Dependency-Check',
  variants: [
    {
      form: 'xml',
      recognises: ({ root, namespace }) => root === 'analysis' && /dependency[-_]?check/i.test(namespace),
      layout: {
        entries: ['/analysis/dependencies/dependency'],
        context: ['/analysis/projectInfo', '/analysis/scanInfo'],
      },
      read: readElement,
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.reportSchema', '$.dependencies') && outline.has('$.scanInfo.engineVersion'),
      layout: { entries: ['$.dependencies[]'], context: ['$.projectInfo', '$.scanInfo'] },
      read: readObject,
    },
    {
      form: 'xml',
      recognises: (outline) => outline.root === 'testsuites' && outline.attribute('/testsuites', 'name') === 'dependency-check',
      layout: { entries: ['/testsuites/testsuite/testcase'] },
      read: readTestCase,
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('DependencyName', 'DependencyPath', 'CVE', 'Vulnerability'),
      layout: { columns: ['DependencyName', 'DependencyPath', 'CVE', 'Vulnerability'] },
      read: readRow,
    },
  ],
};

/** What both forms say of a vulnerability. */
interface Said {
  readonly text: (...path: string[]) => string | undefined;
  readonly cwes: readonly string[];
  readonly references: readonly string[];
  readonly isSuppressed: boolean;
  readonly isKnownExploited: boolean;
}

/** What all vulnerabilities of a dependency have in common. */
type Holder = Pick<Draft, 'package' | 'location' | 'asset' | 'tool' | 'foundAt'>;

function readElement({ element, parents: [root] }: XmlEntry): Reading | Reading[] {
  const identifiers = childAt(element, 'identifiers');
  const project = childAt(root, 'projectInfo');
  const said = childrenAt(element, 'vulnerabilities').flatMap(({ children }) => children.map(readVulnerabilityElement));
  const [maven] = childrenAt(identifiers, 'identifier').filter((item) => attributeOf(item, 'type') === 'maven');
  return settle(said, childText(element, 'fileName'), {
    package: toPackage(childTexts(identifiers, 'package', 'id'), childText(maven, 'name'), childText(element, 'fileName')),
    location: { path: childText(element, 'filePath') },
    asset: readAsset(childText(project, 'name')),
    foundAt: childText(project, 'reportDate'),
    tool: { version: childText(root, 'scanInfo', 'engineVersion') },
  });
}

function readVulnerabilityElement(element: XmlElement): Said {
  return {
    text: (...path) => childText(element, ...path),
    cwes: [...childTexts(element, 'cwes', 'cwe'), ...childTexts(element, 'cwe')],
    references: childTexts(element, 'references', 'reference', 'url'),
    isSuppressed: element.name === 'suppressedVulnerability',
    isKnownExploited: childAt(element, 'knownExploitedVulnerability') !== undefined,
  };
}

function readObject({ value, parents: [root] }: JsonEntry): Reading | Reading[] {
  const said = (['vulnerabilities', 'suppressedVulnerabilities'] as const).flatMap((name) =>
    listAt(value, name).map((vulnerability): Said => ({
      text: (...path) => textAt(vulnerability, ...path),
      cwes: textsAt(vulnerability, 'cwes'),
      references: listAt(vulnerability, 'references').flatMap((reference) => textAt(reference, 'url') ?? []),
      isSuppressed: name === 'suppressedVulnerabilities',
      isKnownExploited: objectAt(vulnerability, 'knownExploitedVulnerability') !== undefined,
    })),
  );
  const ids = listAt(value, 'packages').flatMap((pkg) => textAt(pkg, 'id') ?? []);
  return settle(said, textAt(value, 'fileName'), {
    package: toPackage(ids, undefined, textAt(value, 'fileName')),
    location: { path: textAt(value, 'filePath') },
    asset: readAsset(textAt(root, 'projectInfo', 'name')),
    foundAt: textAt(root, 'projectInfo', 'reportDate'),
    tool: { version: textAt(root, 'scanInfo', 'engineVersion') },
  });
}

/** `<testcase classname="CVE-…" name="pkg:maven/…">`; a dependency without vulnerabilities has the scanner's name as class. */
function readTestCase({ element, parents }: XmlEntry): Reading {
  const id = attributeOf(element, 'classname');
  if (id === 'dependency-check') return { skipped: 'dependency without vulnerabilities' };
  const suite = parents.at(-1);
  const skipped = childAt(element, 'skipped');
  const message = attributeOf(childAt(element, 'failure'), 'message') ?? '';
  const [, version, severity, score, vector] = /^cvssV([234]): ([^,]*), score: ([\d.]+)(?: \((.*)\))?$/.exec(message) ?? [];
  const pkg = parsePurl(attributeOf(element, 'name') ?? attributeOf(suite, 'package'));
  return {
    kind: 'vulnerability',
    rule: { id },
    title: [id, pkg.name].filter(Boolean).join(' in '),
    description: childText(element, 'system-out'),
    severity: severity ?? /^unscored severity: (.+)$/.exec(message)?.[1],
    cvss: [{ version: version === undefined ? undefined : `${version as '2'}.0`, score: toScore(score), vector: trimVector(vector) }],
    aliases: parseVulnerabilityIds(id),
    package: pkg,
    location: { path: attributeOf(suite, 'name') },
    foundAt: attributeOf(suite, 'timestamp'),
    suppression: skipped ? { kind: 'suppressed', reason: attributeOf(skipped, 'message') } : undefined,
  };
}

function readRow(entry: CsvEntry): Draft {
  const id = entry.field('CVE');
  const pkg = toPackage(splitList(entry.field('Identifiers')), undefined, entry.field('DependencyName'));
  const read = (version: '2.0' | '3.0' | '4.0', name: string): Loose<CvssScore> => ({
    version,
    score: toScore(entry.field(`${name}_BaseScore`) ?? entry.field(`${name}_Score`)),
    vector: trimVector(entry.field(name)),
  });
  return {
    kind: 'vulnerability',
    rule: { id },
    title: [id, pkg?.name].filter(Boolean).join(' in '),
    description: entry.field('Vulnerability'),
    remedy: entry.field('RequiredAction'),
    severity: ['CVSSv4_BaseSeverity', 'CVSSv3_BaseSeverity', 'CVSSv2_Severity'].map((name) => entry.field(name)).find(Boolean),
    cvss: [read('2.0', 'CVSSv2'), read('3.0', 'CVSSv3'), read('4.0', 'CVSSv4')],
    cwes: parseCwes(entry.field('CWE')),
    aliases: parseVulnerabilityIds(id),
    package: pkg,
    location: { path: entry.field('DependencyPath') },
    asset: readAsset(entry.field('Project')),
    isKnownExploited: entry.field('DateAdded') !== undefined,
    foundAt: entry.field('ScanDate'),
  };
}

/** Older versions begin with a slash and do not name the version. */
function trimVector(text: string | undefined): string | undefined {
  return text?.replace(/^\//, '');
}

function settle(said: readonly Said[], name: string | undefined, holder: Holder): Reading | Reading[] {
  if (said.length === 0 && name !== undefined) return { skipped: 'dependency without vulnerabilities' };
  return said.map((vulnerability) => ({ ...holder, ...toDraft(vulnerability, holder.package?.name) }));
}

function toDraft({ text, cwes, references, isSuppressed, isKnownExploited }: Said, name: string | undefined): Draft {
  const id = text('name');
  const severity = text('severity') ?? text('unscoredSeverity');
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: references[0] },
    title: [id, name].filter(Boolean).join(' in '),
    description: text('description'),
    // Without a score the word is the source's own, and it may be a number or `0.0`.
    severity,
    cvss: [
      { version: '2.0', score: toScore(text('cvssV2', 'score') ?? text('cvssv2', 'score') ?? text('cvssScore')) },
      readVersion3(text, 'cvssV3'),
      readVersion3(text, 'cvssv3'),
      readVersion4(text, 'cvssV4'),
      readVersion4(text, 'cvssv4'),
    ],
    cwes: parseCwes(...cwes),
    aliases: parseVulnerabilityIds(id),
    references,
    isKnownExploited,
    suppression: isSuppressed ? { kind: 'suppressed', reason: text('notes') } : undefined,
  };
}

const metrics = [
  ['AV', 'attackVector'],
  ['AC', 'attackComplexity'],
  ['PR', 'privilegesRequired'],
  ['UI', 'userInteraction'],
  ['S', 'scope'],
  ['C', 'confidentialityImpact'],
  ['I', 'integrityImpact'],
  ['A', 'availabilityImpact'],
] as const;

/** The report gives the metrics one by one, as words; their first letters make the vector. */
function readVersion3(text: Said['text'], key: string): Loose<CvssScore> {
  const values = metrics.map(([letter, name]) => [letter, text(key, name)?.[0]] as const);
  const version = text(key, 'version') === '3.1' ? '3.1' : '3.0';
  const isWhole = values.every(([, value]) => value !== undefined);
  return {
    version,
    score: toScore(text(key, 'baseScore')),
    vector: isWhole ? [`CVSS:${version}`, ...values.map((pair) => pair.join(':'))].join('/') : undefined,
  };
}

function readVersion4(text: Said['text'], key: string): Loose<CvssScore> {
  return { version: '4.0', score: toScore(text(key, 'baseScore')), vector: text(key, 'vectorString') };
}

function toScore(text: string | undefined): number | undefined {
  const score = Number(text);
  return text === undefined || Number.isNaN(score) ? undefined : score;
}

function toPackage(ids: readonly string[], maven: string | undefined, fileName: string | undefined): Draft['package'] {
  const purl = ids.find((id) => id.startsWith('pkg:'));
  if (purl !== undefined) return parsePurl(purl);
  // `(group:artifact:version)`
  const [group, artifact, version] = maven?.replaceAll(/[()]/g, '').split(':') ?? [];
  return artifact === undefined ? { name: fileName } : { name: `${group}/${artifact}`, version, ecosystem: 'maven' };
}

function readAsset(name: string | undefined): Draft['asset'] {
  return name === undefined ? undefined : { type: 'repository', name };
}
