import type { CvssScore } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { lineAt, listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format, JsonVariant, Loose, Reading } from './format.ts';

/** Of `simple-json`: what is in packages, and what is in files. */
const packageLists = ['vulnerabilities', 'securityViolations', 'licensesViolations'];
const codeLists = ['secrets', 'iac', 'sast', 'secretsViolations', 'iacViolations', 'sastViolations'];

/**
 * Reports of JFrog Xray: vulnerabilities reports, searches for violations, summaries of artifacts, and `jf scan|audit --format
 * json|simple-json`.
 */
export const jfrogXray: Format = {
  id: 'jfrog-xray',
  name: 'JFrog Xray',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.total_rows') &&
        outline.hasList('$.rows') &&
        (!outline.has('$.rows[]') || outline.has('$.rows[].vulnerable_component')),
      layout: { entries: ['$.rows[]'] },
      read: ({ value }) => readRow(value),
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.total_count') && outline.has('$.data[].component_versions'),
      layout: { entries: ['$.data[]'] },
      read: ({ value }) => readViolation(value),
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.artifacts[].general', '$.artifacts[].issues'),
      layout: { entries: ['$.artifacts[].issues[]'], context: ['$.artifacts[].general'] },
      read: readIssue,
    },
    scan('$'),
    scan('$[]'),
    {
      form: 'json',
      recognises: (outline) =>
        packageLists.some((list) => outline.has(`$.${list}[].impactedPackageName`)) ||
        (outline.has('$.scansStatus') && outline.has('$.vulnerabilities')),
      layout: { entries: [...packageLists, ...codeLists].map((list) => `$.${list}[]`) },
      read: readSimple,
    },
  ],
};

function scan(root: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) =>
      outline.has(`${root}.vulnerabilities[].issue_id`, `${root}.vulnerabilities[].components`) ||
      (outline.has(`${root}.scan_id`) && outline.has(`${root}.vulnerabilities`)),
    layout: { entries: [`${root}.vulnerabilities[]`] },
    read: ({ value }) => readComponents(value),
  };
}

function readRow(value: unknown): Draft {
  const component = parseComponent(textAt(value, 'vulnerable_component'));
  return {
    ...toDraft(value),
    package: { ...component, fixedVersions: textsAt(value, 'fixed_versions') },
    location: { path: textAt(value, 'path') },
    asset: readAsset(textAt(value, 'impacted_artifact')),
    foundAt: textAt(value, 'artifact_scan_time'),
    publishedAt: textAt(value, 'published'),
    identity: textAt(value, 'impacted_artifact'),
  };
}

function readViolation(value: unknown): Draft {
  const versions = objectAt(value, 'component_versions');
  const source = textAt(value, 'source_comp_id');
  const details = objectAt(versions, 'more_details');
  return {
    ...toDraft({ ...details, issue_id: textAt(value, 'id'), severity: textAt(value, 'severity'), summary: textAt(value, 'summary') }),
    package: { ...parseComponent(source), fixedVersions: textsAt(versions, 'fixed_versions') },
    location: { resource: source },
  };
}

function readIssue({ value, parents }: JsonEntry): Draft {
  const general = objectAt(parents.at(-1), 'general');
  const component = objectAt(value, 'components', 0);
  return {
    ...toDraft(value),
    package: { ...parseComponent(textAt(component, 'component_id')), fixedVersions: textsAt(component, 'fixed_versions') },
    location: { path: textsAt(value, 'impact_path')[0] },
    asset: readAsset(textAt(general, 'name')),
    publishedAt: textAt(value, 'created'),
  };
}

/** A vulnerability and all components that have it; each is a finding. */
function readComponents(value: unknown): Reading | Reading[] {
  const draft = toDraft(value);
  const components = Object.entries(objectAt(value, 'components') ?? {});
  if (components.length === 0) return draft;
  return components.map(([id, component]) => ({
    ...draft,
    package: { ...parseComponent(id), fixedVersions: textsAt(component, 'fixed_versions') },
    location: { path: textAt(component, 'impact_paths', 0, 0, 'full_path') },
    remedy: textAt(value, 'extended_information', 'remediation'),
  }));
}

function readSimple({ path, value }: JsonEntry): Draft {
  const list = path.slice(2, -2);
  const issue = textAt(value, 'issueId');
  if (codeLists.includes(list)) return readCode(list, value);
  const cves = listAt(value, 'cves');
  const [name, license] = [textAt(value, 'impactedPackageName'), textAt(value, 'licenseKey')];
  const summary = textAt(value, 'summary') ?? (license && `License ${license} of ${name ?? 'a package'}`);
  return {
    kind: license === undefined ? 'vulnerability' : 'license',
    rule: { id: issue ?? license ?? cves.flatMap((item) => textAt(item, 'id') ?? [])[0] },
    title: summary ?? [issue, name].filter((text) => text !== undefined).join(' in '),
    severity: textAt(value, 'severity'),
    cvss: cves.flatMap((cve) => [
      { version: '2.0', score: numberAt(cve, 'cvssV2') },
      { version: '3.0', score: numberAt(cve, 'cvssV3'), vector: textAt(cve, 'cvssV3Vector') },
    ]),
    cwes: parseCwes(...cves.flatMap((item) => textsAt(item, 'cwe'))),
    aliases: parseVulnerabilityIds(...cves.map((item) => textAt(item, 'id')), issue),
    package: {
      name,
      version: textAt(value, 'impactedPackageVersion'),
      ecosystem: textAt(value, 'impactedPackageType')?.toLowerCase(),
      // `[1.2.48]`, as Maven writes a single version.
      fixedVersions: textsAt(value, 'fixedVersions').map((version) => version.replace(/^\[([^,]+)\]$/, '$1')),
    },
    location: { path: textAt(value, 'components', 0, 'location', 'file') },
    references: textsAt(value, 'references').flatMap((text) => text.match(/https?:\/\/[^\s)\]]+/g) ?? []),
    suppression: textAt(value, 'applicable') === 'Not Applicable' ? { kind: 'not-affected' } : undefined,
    identity: issue ?? summary,
  };
}

/** The snippet of a secret is the secret itself. */
function readCode(list: string, value: unknown): Draft {
  const place = objectAt(value, 'location') ?? value;
  return {
    kind: list.startsWith('secrets') ? 'secret' : list.startsWith('iac') ? 'misconfiguration' : 'weakness',
    rule: { id: textAt(value, 'ruleId') ?? textAt(value, 'issueId') },
    title: textAt(value, 'finding') ?? textAt(value, 'scannerShortDescription'),
    description: textAt(value, 'scannerDescription'),
    severity: textAt(value, 'severity'),
    cwes: parseCwes(...textsAt(value, 'cwe')),
    location: { path: textAt(place, 'file'), line: lineAt(place, 'startLine'), endLine: lineAt(place, 'endLine') },
  };
}

function toDraft(value: unknown): Draft {
  const issue = textAt(value, 'issue_id');
  const cves = listAt(value, 'cves');
  const [cve] = cves.flatMap((item) => textAt(item, 'cve') ?? []);
  const summary = textAt(value, 'summary');
  return {
    kind: textAt(value, 'issue_type') === 'license' ? 'license' : 'vulnerability',
    rule: { id: issue ?? cve },
    title: summary,
    description: textAt(value, 'description') ?? textAt(value, 'extended_information', 'full_description'),
    severity: textAt(value, 'severity'),
    cvss: cves.flatMap(readScores),
    cwes: parseCwes(...cves.flatMap((item) => textsAt(item, 'cwe'))),
    aliases: parseVulnerabilityIds(...cves.map((item) => textAt(item, 'cve')), issue),
    references: textsAt(value, 'references').flatMap((text) => text.match(/https?:\/\/[^\s)\]]+/g) ?? []),
    identity: issue ?? summary,
  };
}

/** In members of their own, or as `7.5/CVSS:3.1/AV:N/…`. */
function readScores(cve: unknown): Loose<CvssScore>[] {
  return (
    [
      ['2.0', 'cvss_v2'],
      ['3.0', 'cvss_v3'],
    ] as const
  ).map(([version, key]) => {
    const [, score, vector] = /^([\d.]+)(?:\/(.*))?$/.exec(textAt(cve, key) ?? '') ?? [];
    return {
      version: (vector ?? textAt(cve, `${key}_vector`) ?? '').startsWith('CVSS:3.1') ? '3.1' : version,
      score: numberAt({ score }, 'score') ?? numberAt(cve, `${key}_score`),
      vector: vector?.replace(/^CVSS:2\.0\//, '') ?? textAt(cve, `${key}_vector`),
    };
  });
}

/** `gav://group:artifact:1.0`, `npm://name:1.0`, `rpm://8:name:0:1.0`; without a scheme the same. */
function parseComponent(id: string | undefined): Loose<NonNullable<Draft['package']>> {
  const [, ecosystem, name, version] = /^(?:(\w+):\/\/)?(.+?)(?::([^:/]*))?$/.exec(id ?? '') ?? [];
  return { name, version, ecosystem };
}

function readAsset(name: string | undefined): Draft['asset'] {
  return name === undefined ? undefined : { type: name.startsWith('docker://') ? 'image' : 'build', name };
}
