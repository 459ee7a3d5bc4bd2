import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { isTrueAt, lineAt, listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonOutline } from '../reading/outline-json.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, JsonVariant, Reading } from './format.ts';

/** Reports of Snyk Open Source, Container and Infrastructure as Code: `snyk test --json`, `snyk iac test --json`; a list of them for several projects. Snyk Code writes SARIF. */
export const snyk: Format = {
  id: 'snyk',
  name: 'Snyk',
  variants: [variant('$', (outline) => hasProject(outline, '$')), variant('$[]', (outline) => hasProject(outline, '$[]'))],
};

function hasProject(outline: JsonOutline, root: string): boolean {
  const isOfDependencies = outline.has(`${root}.vulnerabilities`, `${root}.dependencyCount`, `${root}.packageManager`);
  return isOfDependencies || outline.has(`${root}.infrastructureAsCodeIssues`);
}

function variant(root: string, recognises: JsonVariant['recognises']): JsonVariant {
  // What is installed in an image beside the system's packages has a project of its own.
  const context = [root, `${root}.applications[]`].flatMap((project) =>
    ['displayTargetFile', 'targetFile', 'packageManager', 'path', 'docker', 'projectName'].map((name) => `${project}.${name}`),
  );
  const entries = ['.vulnerabilities[]', '.applications[].vulnerabilities[]', '.infrastructureAsCodeIssues[]', '.error'].map(
    (path) => root + path,
  );
  const read = (entry: JsonEntry): Reading => {
    // It stands in place of the problems of a project.
    if (entry.path === entries[3]) return { missing: 'project that could not be examined' };
    return entry.path === entries[2] ? readMisconfiguration(entry) : readVulnerability(entry);
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

function readVulnerability({ value, parents }: JsonEntry): Reading {
  const project = parents.at(-1);
  const id = textAt(value, 'id');
  const epss = numberAt(value, 'epssDetails', 'probability');
  const percentile = numberAt(value, 'epssDetails', 'percentile');
  const path = textsAt(value, 'from');
  const isImage = objectAt(project, 'docker') !== undefined;
  const name = textAt(project, isImage ? 'path' : 'projectName');
  return {
    kind: id?.startsWith('snyk:lic:') ? 'license' : 'vulnerability',
    rule: { id, helpUri: id && `https://security.snyk.io/vuln/${id}` },
    title: textAt(value, 'title'),
    description: textAt(value, 'description'),
    remedy: describeFix(textsAt(value, 'fixedIn')),
    severity: textAt(value, 'severityWithCritical') ?? textAt(value, 'severity'),
    cvss: [
      { score: numberAt(value, 'cvssScore'), vector: textAt(value, 'CVSSv3'), source: 'Snyk' },
      ...listAt(value, 'cvssDetails').map((other) => ({
        score: numberAt(other, 'cvssV3BaseScore'),
        vector: textAt(other, 'cvssV3Vector'),
        source: textAt(other, 'assigner'),
      })),
    ],
    cwes: parseCwes(...textsAt(value, 'identifiers', 'CWE')),
    aliases: parseVulnerabilityIds(...textsAt(value, 'identifiers', 'CVE'), ...textsAt(value, 'identifiers', 'GHSA'), id),
    package: {
      name: textAt(value, 'packageName') ?? textAt(value, 'moduleName'),
      version: textAt(value, 'version'),
      fixedVersions: textsAt(value, 'fixedIn'),
      ecosystem: textAt(value, 'packageManager') ?? textAt(project, 'packageManager'),
    },
    location: { path: textAt(project, 'displayTargetFile') ?? textAt(project, 'targetFile') },
    asset: name === undefined ? undefined : { type: isImage ? 'image' : 'repository', name },
    references: listAt(value, 'references').flatMap((reference) => textAt(reference, 'url') ?? []),
    epss: epss === undefined ? undefined : { score: epss, ...(percentile !== undefined && { percentile }) },
    publishedAt: textAt(value, 'publicationTime'),
    // The same vulnerability comes once for each way that leads to it; the versions on the way change without changing the problem.
    identity: path.map((step) => step.replace(/@[^@]*$/, '')).join(' > '),
  };
}

function describeFix(versions: readonly string[]): string | undefined {
  return versions.length === 0 ? undefined : `Update to ${versions.join(' or ')}.`;
}
