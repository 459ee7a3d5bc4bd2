import { parseVulnerabilityIds } from '../parse-ids.ts';
import { findInTable } from '../reading/find-in-table.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import { textAt } from '../reading/read-field.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childAt, childrenAt, childText, childTexts, wholeText } from '../reading/xml-element.ts';
import type { XmlElement } from '../reading/xml-element.ts';
import type { Format, Reading, XmlVariant } from './format.ts';

/** How many groups stand in groups around rules. */
const deepestGroup = 8;

/**
 * Results of the Extensible Configuration Checklist Description Format (NIST IR 7275), alone or in an Asset Reporting Format collection
 * (NIST IR 7694): those of OpenSCAP, the SCAP Compliance Checker, CIS-CAT. And what CIS-CAT writes of them as JSON.
 */
export const xccdf: Format = {
  id: 'xccdf',
  name: 'XCCDF',
  variants: [
    variant('Benchmark', '', '/Benchmark'),
    variant('TestResult', '', ''),
    variant(
      'asset-report-collection',
      '/asset-report-collection/reports/report/content',
      '/asset-report-collection/report-requests/report-request/content/data-stream-collection/component/Benchmark',
      '/asset-report-collection/report-requests/report-request/content/Benchmark',
    ),
    {
      form: 'json',
      recognises: (outline) => outline.has('$.benchmark-id', '$.profile-id') && outline.hasList('$.rules'),
      layout: { entries: ['$.rules[]'], context: ['$.benchmark-title'] },
      read: readRule,
    },
  ],
};

function variant(rootName: string, content: string, ...benchmarks: readonly string[]): XmlVariant {
  const result = `${rootName === 'Benchmark' ? '/Benchmark' : content}/TestResult`;
  const tables = benchmarks
    .filter((path) => path !== '')
    .flatMap((path) => Array.from({ length: deepestGroup + 1 }, (_, depth) => `${path}${'/Group'.repeat(depth)}/Rule`));
  return {
    form: 'xml',
    // A checklist alone, without results, is no report.
    recognises: ({ root, has }) => root === rootName && has(result) && (root !== 'TestResult' || has(`${result}/rule-result`)),
    layout: { entries: [`${result}/rule-result`], context: [`${result}/target`, `${result}/target-facts`], tables },
    read: readResult,
  };
}

const skips: ReadonlyMap<string, string> = new Map([
  ['pass', 'passed check'],
  ['notapplicable', 'check that does not apply'],
  ['notselected', 'check that was not selected'],
  ['notchecked', 'check that was not made'],
  ['informational', 'information'],
]);

/** Other than a check that failed. */
function judge(outcome: string): Reading | undefined {
  const skipped = skips.get(outcome);
  if (skipped !== undefined) return { skipped };
  return outcome === 'error' || outcome === 'unknown' ? { missing: 'check that could not be made' } : undefined;
}

function readRule({ value, parents: [report] }: JsonEntry): Reading {
  const id = textAt(value, 'rule-id')?.replace(/^xccdf_[^_]+_rule_/, '');
  return (
    judge(textAt(value, 'result')?.toLowerCase() ?? '') ?? {
      kind: 'misconfiguration',
      rule: { id, name: textAt(report, 'benchmark-title') },
      title: textAt(value, 'rule-title') ?? id,
      identity: '',
      tool: { name: 'CIS-CAT' },
    }
  );
}

function readResult({ element, parents, tables }: XmlEntry): Reading {
  const outcome = childText(element, 'result') ?? '';
  const other = judge(outcome);
  if (other) return other;
  const id = attributeOf(element, 'idref');
  const rule = findRule(id, tables);
  const idents = [...childTexts(element, 'ident'), ...childTexts(rule, 'ident')];
  const aliases = parseVulnerabilityIds(...idents);
  const test = parents.at(-1);
  const host = childText(test, 'target');
  return {
    kind: aliases.length > 0 ? 'vulnerability' : 'misconfiguration',
    rule: { id: id?.replace(/^xccdf_[^_]+_rule_/, '') },
    title: wholeText(childAt(rule, 'title')) ?? id?.replace(/^xccdf_[^_]+_rule_/, ''),
    description: joinTexts(readDescription(rule), wholeText(childAt(rule, 'rationale')), ...childTexts(element, 'message')),
    remedy: wholeText(childAt(rule, 'fixtext')),
    severity: attributeOf(element, 'severity') ?? attributeOf(rule, 'severity'),
    aliases,
    location: { host },
    asset: host === undefined ? undefined : { type: 'host', name: host },
    references: childrenAt(rule, 'reference').flatMap((reference) => attributeOf(reference, 'href') ?? []),
    suppression: outcome === 'fixed' ? { kind: 'fixed' } : undefined,
    foundAt: attributeOf(element, 'time'),
    tool: readTool(test),
  };
}

function findRule(id: string | undefined, tables: XmlEntry['tables']): XmlElement | undefined {
  for (const rules of tables.values()) {
    const rule = findInTable(rules, id, (element) => attributeOf(element, 'id'));
    if (rule) return rule;
  }
  return undefined;
}

/** By the facts, else by a CPE name: `cpe:/a:redhat:openscap:1.3.7`. */
function readTool(test: XmlElement | undefined): { readonly name: string | undefined; readonly version: string | undefined } {
  const facts = childrenAt(test, 'target-facts', 'fact');
  const find = (name: string): string | undefined =>
    facts.find((fact) => attributeOf(fact, 'name') === `urn:xccdf:fact:scanner:${name}`)?.text.trim();
  const [, , , product, version] = attributeOf(test, 'test-system')?.split(':') ?? [];
  return { name: find('name') ?? product, version: find('version') ?? version };
}

/** In benchmarks of the DISA it holds elements again, as text; the first says what is wrong: `<VulnDiscussion>…</VulnDiscussion>`. */
function readDescription(rule: XmlElement | undefined): string | undefined {
  const text = wholeText(childAt(rule, 'description'));
  const discussion = text?.split('<VulnDiscussion>', 2)[1];
  return discussion === undefined ? text : discussion.split('</VulnDiscussion>', 1)[0]!.trim() || undefined;
}

function joinTexts(...texts: readonly (string | undefined)[]): string | undefined {
  return texts.filter((text) => text !== undefined).join('\n\n') || undefined;
}
