import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { isTrueAt, listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Results of Vuls: `vuls report -format-json` (https://vuls.io/docs/en/usage-report.html). A vulnerability is a finding in each package. */
export const vuls: Format = {
  id: 'vuls',
  name: 'Vuls',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.jsonVersion', '$.serverName', '$.family') && (outline.hasObject('$.scannedCves') || outline.has('$.errors[]')),
      layout: {
        entries: ['$.scannedCves{}', '$.errors[]'],
        context: ['serverName', 'family', 'scannedAt', 'container', 'packages', 'reportedVersion', 'scannedVersion'].map(
          (name) => `$.${name}`,
        ),
      },
      read: (entry) => (entry.path === '$.errors[]' ? { missing: 'error of the scan' } : readVulnerability(entry)),
    },
  ],
};

function readVulnerability({ key, value, parents: [server] }: JsonEntry): Reading | readonly Reading[] {
  const family = textAt(server, 'family');
  const about = listContents(value, family);
  const id = textAt(value, 'cveID') ?? key;
  const find = (...names: readonly string[]): string | undefined =>
    about.flatMap(({ content }) => names.map((name) => textAt(content, name))).find((text) => text !== undefined);
  const problem: Draft = {
    kind: 'vulnerability',
    rule: { id },
    title: find('title') ?? id,
    description: find('summary'),
    severity: find('cvss40Severity', 'cvss3Severity', 'cvss2Severity'),
    cvss: about.flatMap(({ source, content }) => [
      { source, version: '4.0' as const, score: positiveAt(content, 'cvss40Score'), vector: textAt(content, 'cvss40Vector') },
      { source, score: positiveAt(content, 'cvss3Score'), vector: textAt(content, 'cvss3Vector') },
      { source, version: '2.0' as const, score: positiveAt(content, 'cvss2Score'), vector: textAt(content, 'cvss2Vector') },
    ]),
    cwes: parseCwes(...about.flatMap(({ content }) => textsAt(content, 'cweIDs'))),
    aliases: parseVulnerabilityIds(id, ...listAt(value, 'distroAdvisories').map((advisory) => textAt(advisory, 'advisoryID'))),
    references: about.flatMap(({ content }) => [
      ...textsAt(content, 'sourceLink'),
      ...listAt(content, 'references').flatMap((reference) => textAt(reference, 'link') ?? []),
    ]),
    isKnownExploited: listAt(value, 'kevs').length > 0,
    publishedAt: find('published'),
    asset: readAsset(server),
    foundAt: textAt(server, 'scannedAt'),
    identity: '',
    tool: { version: textAt(server, 'reportedVersion') ?? textAt(server, 'scannedVersion') },
  };
  const packages = [
    ...listAt(value, 'affectedPackages').map((affected) => readPackage(affected, server, family)),
    ...listAt(value, 'libraryFixedIns').map((library) => ({
      package: {
        name: textAt(library, 'name'),
        version: textAt(library, 'version'),
        ecosystem: textAt(library, 'key'),
        fixedVersions: textsAt(library, 'fixedIn'),
      },
      location: { path: textAt(library, 'path') },
    })),
    ...listAt(value, 'wpPackageFixStats').map((plugin) => ({
      package: { name: textAt(plugin, 'name'), ecosystem: 'wordpress', fixedVersions: textsAt(plugin, 'fixedIn') },
    })),
  ];
  return packages.length > 0 ? packages.map((affected) => ({ ...problem, ...affected })) : problem;
}

/** What its sources say of it, that of the distribution first; before version 4 of the format each said one thing. */
function listContents(value: unknown, family: string | undefined) {
  return Object.entries(objectAt(value, 'cveContents') ?? {})
    .flatMap(([source, contents]) =>
      (Array.isArray(contents) ? (contents as unknown[]) : [contents]).map((content) => ({ source, content })),
    )
    .sort((a, b) => Number(isOf(b.source, family)) - Number(isOf(a.source, family)));
}

function isOf(source: string, family: string | undefined): boolean {
  return family !== undefined && source.startsWith(family);
}

/** A score of 0 stands for none. */
function positiveAt(content: unknown, name: string): number | undefined {
  return numberAt(content, name) || undefined;
}

function readPackage(affected: unknown, server: unknown, family: string | undefined): Pick<Draft, 'package'> {
  const name = textAt(affected, 'name');
  const installed = name === undefined ? undefined : objectAt(server, 'packages', name);
  const version = [textAt(installed, 'version'), textAt(installed, 'release')].filter((part) => part !== undefined).join('-');
  return {
    package: {
      name,
      version: version || undefined,
      ecosystem: family,
      fixedVersions: isTrueAt(affected, 'notFixedYet') ? undefined : textsAt(affected, 'fixedIn'),
    },
  };
}

function readAsset(server: unknown): Draft['asset'] {
  const container = textAt(server, 'container', 'name') ?? textAt(server, 'container', 'image');
  const name = textAt(server, 'serverName');
  if (container !== undefined) return { type: 'image', name: container };
  return name === undefined ? undefined : { type: 'host', name };
}
