import { parseVulnerabilityIds } from '../parse-ids.ts';
import { lineAt, numberAt, textAt } from '../reading/read-field.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childAt, childText } from '../reading/xml-element.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Reports of Terrascan: `terrascan scan --output json|xml|junit-xml` (https://runterrascan.io/docs/usage/command_line_mode/). */
export const terrascan: Format = {
  id: 'terrascan',
  name: 'Terrascan',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.results.violations', '$.results.scan_summary'),
      layout: { entries: ['$.results.violations[]', '$.results.skipped_violations[]', '$.results.vulnerabilities[]'] },
      read: ({ path, value }) => (path.endsWith('.vulnerabilities[]') ? readVulnerability(value) : readViolation(path, value)),
    },
    {
      form: 'xml',
      recognises: (outline) => outline.root === 'results' && outline.has('/results/violations', '/results/scan_summary'),
      layout: { entries: ['/results/violations/violation', '/results/skipped_violations/violation'] },
      read: ({ path, element }) => readViolation(path, { ...element.attributes, skip_comment: childText(element, 'skip_comment') }),
    },
    {
      form: 'xml',
      recognises: (outline) => outline.root === 'testsuites' && outline.attribute('/testsuites', 'name') === 'TERRASCAN_POLICY_SUITES',
      layout: { entries: ['/testsuites/testsuite/testcase'] },
      read: readTestCase,
    },
  ],
};

function readViolation(path: string, value: unknown): Reading {
  return {
    kind: 'misconfiguration',
    rule: { id: textAt(value, 'rule_id'), name: textAt(value, 'rule_name') },
    title: textAt(value, 'description'),
    severity: textAt(value, 'severity'),
    location: {
      path: textAt(value, 'file'),
      line: lineAt(value, 'line'),
      resource:
        [textAt(value, 'resource_type'), textAt(value, 'resource_name')].filter((text) => text !== undefined).join('.') || undefined,
    },
    suppression: path.includes('skipped') ? { kind: 'suppressed', reason: textAt(value, 'skip_comment') } : undefined,
  };
}

/** Its name tells rule, resource and line, the message of a failure the rest: `Description: …, File: main.tf, …, Rule Name: …, …`. */
function readTestCase({ element }: XmlEntry): Reading {
  const skipped = childAt(element, 'skipped');
  const failure = attributeOf(childAt(element, 'failure'), 'message');
  if (!skipped && failure === undefined) return { skipped: 'passed check' };
  const test = attributeOf(element, 'name') ?? '';
  const rule = /(?<=, violates: RULE - ).+$/s.exec(test)?.[0];
  return readViolation(skipped ? 'skipped' : '', {
    rule_id: rule,
    rule_name: cutOut(failure, ', Rule Name: ', ', Rule ID: '),
    description: cutOut(failure, 'Description: ', ', File: ') ?? rule,
    severity: attributeOf(element, 'severity'),
    file: attributeOf(element, 'classname'),
    line: cutOut(test, '" at line: ', ', violates: '),
    resource_type: cutOut(failure, ', Resource Type: ', ', Category: '),
    resource_name: cutOut(test, 'resource: "', '" at line: '),
    skip_comment: attributeOf(skipped, 'message'),
  });
}

/** What stands between the first of two words and the second. */
function cutOut(text: string | undefined, before: string, after: string): string | undefined {
  const start = text?.indexOf(before) ?? -1;
  if (text === undefined || start < 0) return undefined;
  const end = text.indexOf(after, start + before.length);
  return end < 0 ? undefined : text.slice(start + before.length, end);
}

function readVulnerability(value: unknown): Draft {
  const id = textAt(value, 'vulnerability_id');
  const name = textAt(value, 'package');
  const image = textAt(value, 'image');
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: textAt(value, 'primary_url') },
    title: [id, name].filter((text) => text !== undefined).join(' in '),
    description: textAt(value, 'description'),
    severity: textAt(value, 'severity'),
    cvss: [
      { score: numberAt(value, 'cvss_score', 'v3_score'), vector: textAt(value, 'cvss_score', 'v3_vector') },
      { version: '2.0', score: numberAt(value, 'cvss_score', 'v2_score'), vector: textAt(value, 'cvss_score', 'v2_vector') },
    ],
    aliases: parseVulnerabilityIds(id),
    package: { name, version: textAt(value, 'installed_version') },
    location: { path: textAt(value, 'file'), line: lineAt(value, 'line') },
    asset: image === undefined ? undefined : { type: 'image', name: image },
  };
}
