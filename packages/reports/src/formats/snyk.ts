import type { CvssScore } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { isTrueAt, lineAt, listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonOutline } from '../reading/outline-json.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format, JsonVariant, Loose, Reading } from './format.ts';

const projectNames = ['displayTargetFile', 'targetFile', 'packageManager', 'path', 'docker', 'projectName'];

const dependencyLists = [
  '.vulnerabilities[]',
  '.issues.vulnerabilities[]',
  '.issues.licenses[]',
  // What a policy ignores, and what a patch of Snyk's mends.
  '.filtered.ignore[]',
  '.filtered.patch[]',
];

/**
 * Reports of Snyk Open Source, Container and Infrastructure as Code: `snyk test --json`, `snyk iac test --json`; a list of them for several
 * projects; their vulnerabilities alone; and what the API's tests answer (https://docs.snyk.io/snyk-api/reference/test-v1). Snyk Code writes SARIF.
 */
export const snyk: Format = {
  id: 'snyk',
  name: 'Snyk',
  variants: [
    variant('$', (outline) => hasProject(outline, '$')),
    variant('$[]', (outline) => hasProject(outline, '$[]')),
    { form: 'json', recognises: (outline) => hasPaths(outline, '$'), layout: { entries: ['$[]'] }, read: readVulnerability },
  ],
};

function hasProject(outline: JsonOutline, root: string): boolean {
  const lists = [`${root}.vulnerabilities`, `${root}.issues.vulnerabilities`];
  const isOfDependencies = lists.some((list) => outline.has(list, `${root}.dependencyCount`, `${root}.packageManager`));
  // Of older versions, of images and of repositories that Snyk itself fetched.
  const isOfOthers = ['dependencyCount', 'numDependencies', 'uniqueCount'].some((count) =>
    outline.has(`${root}.vulnerabilities`, `${root}.ok`, `${root}.${count}`),
  );
  return (
    isOfDependencies || isOfOthers || lists.some((list) => hasPaths(outline, list)) || outline.has(`${root}.infrastructureAsCodeIssues`)
  );
}

/** Whether the items say by which way they are reached and by which they can be mended, as only Snyk's do. */
function hasPaths(outline: JsonOutline, list: string): boolean {
  return ['id', 'from', 'upgradePath'].every((name) => outline.has(`${list}[].${name}`));
}

function variant(root: string, recognises: JsonVariant['recognises']): JsonVariant {
  // What is installed in an image beside the system's packages has a project of its own.
  const context = [root, `${root}.applications[]`].flatMap((project) => projectNames.map((name) => `${project}.${name}`));
  const entries = [
    ...['', '.applications[]'].flatMap((project) => dependencyLists.map((list) => `${root}${project}${list}`)),
    `${root}.infrastructureAsCodeIssues[]`,
    `${root}.error`,
  ];
  const read = (entry: JsonEntry): Reading => {
    // It stands in place of the problems of a project.
    if (entry.path.endsWith('.error')) return { missing: 'project that could not be examined' };
    return entry.path.endsWith('.infrastructureAsCodeIssues[]') ? readMisconfiguration(entry) : readVulnerability(entry);
  };
  return { form: 'json', recognises, layout: { entries, context }, read };
}

function readMisconfiguration({ value, parents }: JsonEntry): Reading {
  const project = parents.at(-1);
  const id = textAt(value, 'id') ?? textAt(value, 'publicId');
  const name = textAt(project, 'projectName');
  return {
    kind: 'misconfiguration',
    rule: { id, name: textAt(value, 'subType'), helpUri: textAt(value, 'documentation') },
    title: textAt(value, 'title'),
    description: [textAt(value, 'issue'), textAt(value, 'impact')].filter((text) => text !== undefined).join('\n\n'),
    remedy: textAt(value, 'resolve'),
    severity: textAt(value, 'severity'),
    location: {
      path: textAt(project, 'targetFile'),
      line: lineAt(value, 'lineNumber'),
      resource: textAt(value, 'msg') ?? (textsAt(value, 'path').join('.') || undefined),
    },
    asset: name === undefined ? undefined : { type: 'repository', name },
    references: textsAt(value, 'references').filter((text) => /^https?:/.test(text)),
    suppression: isTrueAt(value, 'isIgnored') ? { kind: 'suppressed' } : undefined,
  };
}

function readVulnerability({ path: place, value, parents }: JsonEntry): Reading {
  const project = parents.findLast((parent) => projectNames.some((name) => parent[name] !== undefined));
  const id = textAt(value, 'id');
  const epss = numberAt(value, 'epssDetails', 'probability');
  const percentile = numberAt(value, 'epssDetails', 'percentile');
  const path = textsAt(value, 'from');
  const isImage = objectAt(project, 'docker') !== undefined;
  const origin = textAt(project, 'path');
  const name = isImage ? origin : (textAt(project, 'projectName') ?? (/^https?:/.test(origin ?? '') ? origin : undefined));
  const fixedVersions = listFixedVersions(value);
  return {
    kind: id?.startsWith('snyk:lic:') ? 'license' : 'vulnerability',
    rule: { id, helpUri: id && `https://security.snyk.io/vuln/${id}` },
    title: textAt(value, 'title'),
    description: textAt(value, 'description'),
    remedy: describeFix(fixedVersions),
    severity: textAt(value, 'severityWithCritical') ?? textAt(value, 'severity'),
    cvss: listScores(value),
    cwes: parseCwes(...textsAt(value, 'identifiers', 'CWE')),
    aliases: parseVulnerabilityIds(...textsAt(value, 'identifiers', 'CVE'), ...textsAt(value, 'identifiers', 'GHSA'), id),
    package: {
      name: ['packageName', 'moduleName', 'package', 'name'].map((name) => textAt(value, name)).find((text) => text !== undefined),
      version: textAt(value, 'version') ?? /.@([^@]+)$/.exec(path.at(-1) ?? '')?.[1],
      fixedVersions,
      ecosystem: textAt(value, 'packageManager') ?? textAt(project, 'packageManager'),
    },
    location: { path: textAt(project, 'displayTargetFile') ?? textAt(project, 'targetFile') },
    asset: name === undefined ? undefined : { type: isImage ? 'image' : 'repository', name },
    references: listAt(value, 'references').flatMap((reference) => textAt(reference, 'url') ?? []),
    epss: epss === undefined ? undefined : { score: epss, ...(percentile !== undefined && { percentile }) },
    publishedAt: textAt(value, 'publicationTime'),
    suppression: readFilter(place, value),
    // The same vulnerability comes once for each way that leads to it; the versions on the way change without changing the problem.
    identity: path.map((step) => step.replace(/@[^@]*$/, '')).join(' > '),
  };
}

/** Newer versions name Snyk's own score among those of all sources. */
function listScores(value: unknown): Loose<CvssScore>[] {
  const sources = listAt(value, 'cvssSources').map((source) => ({
    score: numberAt(source, 'baseScore'),
    vector: textAt(source, 'vector'),
    source: textAt(source, 'assigner'),
  }));
  if (sources.length > 0) return sources;
  return [
    { score: numberAt(value, 'cvssScore'), vector: textAt(value, 'CVSSv3'), source: 'Snyk' },
    ...listAt(value, 'cvssDetails').map((other) => ({
      score: numberAt(other, 'cvssV3BaseScore'),
      vector: textAt(other, 'cvssV3Vector'),
      source: textAt(other, 'assigner'),
    })),
  ];
}

/** Packages of a distribution have the next version in which it is mended. */
function listFixedVersions(value: unknown): readonly string[] {
  const versions = textsAt(value, 'fixedIn');
  const next = textAt(value, 'nearestFixedInVersion');
  return versions.length > 0 || next === undefined ? versions : [next];
}

function readFilter(place: string, value: unknown): Draft['suppression'] {
  if (place.endsWith('.filtered.patch[]')) return { kind: 'fixed' };
  const reason = textAt(value, 'filtered', 'ignored', 0, 'reason');
  return place.endsWith('.filtered.ignore[]') ? { kind: 'suppressed', reason } : undefined;
}

function describeFix(versions: readonly string[]): string | undefined {
  return versions.length === 0 ? undefined : `Update to ${versions.join(' or ')}.`;
}
