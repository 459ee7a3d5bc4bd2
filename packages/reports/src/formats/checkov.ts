import { parseVulnerabilityIds } from '../parse-ids.ts';
import { lineAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry, JsonObject } from '../reading/json-entry.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childAt } from '../reading/xml-element.ts';
import { splitList } from '../split-list.ts';
import type { Draft, Format, JsonVariant, Reading } from './format.ts';

const testCase = '/testsuites/testsuite/testcase';

/** `[HIGH][CKV_AWS_20] Not public`, `[NONE][CKV_AWS_21] …` */
const testName = /^\[(NONE|OFF|INFO|LOW|MODERATE|MEDIUM|HIGH|CRITICAL)\]\[([^\]]+)\] (.+)$/s;

/** Reports of Checkov: `checkov --output json|junitxml`; a list of them where several frameworks were checked. */
export const checkov: Format = {
  id: 'checkov',
  name: 'Checkov',
  variants: [
    variant('$', (outline) => outline.has('$.check_type', '$.results')),
    variant('$[]', (outline) => outline.has('$[].check_type', '$[].results')),
    // What it writes where there was nothing to check.
    variant('$', (outline) => outline.has('$.checkov_version', '$.passed', '$.failed') && !outline.has('$.results')),
    {
      form: 'xml',
      recognises: (outline) => outline.root === 'testsuites' && isTest(outline.attribute(testCase, 'name') ?? ''),
      layout: { entries: [testCase] },
      read: readTestCase,
    },
  ],
};

/** Whoever tests a program may put two words into brackets before what is tested; numbers of checks have parts: `CKV_AWS_20`, `CVE-2031-1`. */
function isTest(name: string): boolean {
  return /^[^-_\s]+[-_]\S+$/.test(testName.exec(name)?.[2] ?? '');
}

function variant(root: string, recognises: JsonVariant['recognises']): JsonVariant {
  return {
    form: 'json',
    recognises,
    layout: {
      entries: ['failed', 'passed', 'skipped'].map((outcome) => `${root}.results.${outcome}_checks[]`),
      context: [`${root}.check_type`, `${root}.summary`],
    },
    read: readCheck,
  };
}

function readCheck({ path, value, parents }: JsonEntry): Reading {
  if (path.includes('.passed_checks')) return { skipped: 'passed check' };
  const report = parents.at(-2);
  const details = objectAt(value, 'vulnerability_details');
  const common = {
    severity: textAt(value, 'severity'),
    location: {
      path: textAt(value, 'file_path')?.replace(/^\/+/, ''),
      line: lineAt(value, 'file_line_range', 0),
      endLine: lineAt(value, 'file_line_range', 1),
      resource: textAt(value, 'resource'),
    },
    suppression: path.includes('.skipped_checks')
      ? { kind: 'suppressed' as const, reason: textAt(value, 'check_result', 'suppress_comment') }
      : undefined,
    tool: { version: textAt(report, 'summary', 'checkov_version') },
  };
  if (details) return { ...common, ...readPackage(value, details) };
  const id = textAt(value, 'check_id');
  const isSecret = textAt(report, 'check_type') === 'secrets';
  return {
    ...common,
    kind: isSecret ? 'secret' : 'misconfiguration',
    rule: { id, name: textAt(value, 'check_name'), helpUri: textAt(value, 'guideline') },
    title: textAt(value, 'check_name'),
    description: textAt(value, 'description'),
  };
}

/** A package with a vulnerability, or with a license that a policy forbids. */
function readPackage(value: unknown, details: JsonObject): Draft {
  const [id, name, license, link] = ['id', 'package_name', 'license', 'link'].map((key) => textAt(details, key));
  const fixes = textsAt(details, 'fixed_versions');
  const fix = textAt(details, 'lowest_fixed_version') ?? textAt(details, 'fix_version');
  const pkg = { name, version: textAt(details, 'package_version'), ecosystem: textAt(details, 'package_type') };
  if (id === undefined && license !== undefined) {
    return {
      kind: 'license',
      rule: { id: textAt(value, 'check_id') },
      title: `License ${license} of ${name ?? 'a package'}`,
      package: pkg,
    };
  }
  return {
    kind: 'vulnerability',
    rule: { id: id ?? textAt(value, 'check_id'), helpUri: link },
    title: [id, name].filter((text) => text !== undefined).join(' in ') || textAt(value, 'short_description'),
    description: textAt(details, 'description') ?? textAt(value, 'description'),
    cvss: [{ score: numberAt(details, 'cvss'), vector: textAt(details, 'vector') }],
    aliases: parseVulnerabilityIds(id),
    package: { ...pkg, fixedVersions: fixes.length > 0 ? fixes : splitList(fix === 'N/A' ? undefined : fix) },
    references: link === undefined ? [] : [link],
    publishedAt: textAt(details, 'published_date'),
  };
}

/** The failure has lines of `Resource: …`, `File: /main.tf: 71-83`, `Guideline: …`, and more of a vulnerability. */
function readTestCase({ element }: XmlEntry): Reading {
  const failure = childAt(element, 'failure');
  const skipped = childAt(element, 'skipped');
  if (!failure && !skipped) return { skipped: 'passed check' };
  const [, severity, id, name] = testName.exec(attributeOf(element, 'name') ?? '') ?? [];
  const line = (label: string): string | undefined => {
    const text = new RegExp(`^ *${label}: (.+)$`, 'm').exec(failure?.text ?? '')?.[1]?.trim();
    return text === 'None' || text === 'N/A' ? undefined : text;
  };
  const [, path, first, last] = /^(.+): (\d+)-(\d+)$/.exec(line('File') ?? '') ?? [undefined, attributeOf(element, 'file')];
  const common = {
    severity: severity === 'NONE' ? undefined : severity,
    location: {
      path: path?.replace(/^\/+/, ''),
      line: lineAt({ first }, 'first'),
      endLine: lineAt({ last }, 'last'),
      resource: line('Resource') ?? attributeOf(element, 'classname')?.slice((path?.length ?? -1) + 1),
    },
    suppression: skipped ? { kind: 'suppressed' as const, reason: attributeOf(skipped, 'message') } : undefined,
  };
  // A vulnerability is tested by its own number, in `package: version`.
  if (!/^(?:CVE|PRISMA|GHSA)-/.test(id ?? '')) {
    return { ...common, kind: 'misconfiguration', rule: { id, name, helpUri: line('Guideline') }, title: name };
  }
  const [pkg, version] = name?.split(': ') ?? [];
  return {
    ...common,
    kind: 'vulnerability',
    rule: { id, helpUri: line('Link') },
    title: `${id} in ${pkg}`,
    description: line('Description'),
    cvss: [{ score: numberAt({ score: line('Base Score') }, 'score'), vector: line('Vector') }],
    aliases: parseVulnerabilityIds(id),
    package: { name: pkg, version, fixedVersions: splitList(line('Fixed Version')?.replaceAll(/[[\]']/g, '')) },
    publishedAt: line('Published Date'),
  };
}
