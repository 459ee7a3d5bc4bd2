import { describeReportedPlace, type ReportedFinding } from '@deployguard/findings';
import { escapeMarkup } from '../escape-markup.ts';
import type { FindingEmitter } from './finding-emitter.ts';

/**
 * JUnit XML in the shape that CI servers share: a finding is a failed test case of its rule, or a skipped one when its report says that it
 * does not count. Without findings there is one test that passed, because several servers call an empty suite a failure.
 */
export const junit: FindingEmitter = {
  format: 'junit',
  extension: 'xml',
  mediaType: 'application/xml',
  async *emit(findings, { producer, writtenAt }) {
    let [total, skipped] = [0, 0];
    for await (const { suppression } of findings) {
      total++;
      if (suppression) skipped++;
    }
    const counts = `tests="${Math.max(total, 1)}" failures="${total - skipped}" errors="0" skipped="${skipped}" time="0"`;
    yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escapeMarkup(producer.name)}" ${counts}>\n`;
    yield `  <testsuite name="findings" ${counts} timestamp="${escapeMarkup(writtenAt)}">\n`;
    if (total === 0) yield '    <testcase classname="findings" name="no findings" time="0"/>\n';
    for await (const finding of findings) yield toTestCase(finding);
    yield '  </testsuite>\n</testsuites>\n';
  },
};

function toTestCase(finding: ReportedFinding): string {
  const { title, rule, severity, location, fingerprint, suppression } = finding;
  const name = `${title} in ${describeReportedPlace(finding) ?? 'no place'} (${fingerprint.slice(0, 12)})`;
  const file = location?.path === undefined ? '' : ` file="${escapeMarkup(location.path)}"`;
  const line = location?.path === undefined || location.line === undefined ? '' : ` line="${location.line}"`;
  const outcome = suppression
    ? `<skipped message="${escapeMarkup([suppression.kind, suppression.reason].filter(Boolean).join(': '))}"/>`
    : `<failure type="${escapeMarkup(severity.label)}" message="${escapeMarkup(`${severity.label}: ${title}`)}">${escapeMarkup(describe(finding))}</failure>`;
  return `    <testcase classname="${escapeMarkup(rule.id)}" name="${escapeMarkup(name)}"${file}${line} time="0">\n      ${outcome}\n    </testcase>\n`;
}

function describe({ tool, description, remedy, aliases = [], package: pkg, references = [] }: ReportedFinding): string {
  const fixed = pkg?.fixedVersions?.join(', ');
  return [
    tool.name,
    description,
    aliases.length > 0 ? aliases.join(', ') : undefined,
    fixed && `fixed in ${fixed}`,
    remedy,
    ...references.slice(0, 5),
  ]
    .filter(Boolean)
    .join('\n');
}
