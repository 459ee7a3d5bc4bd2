import type { Finding } from '@deployguard/findings';
import { describePlace } from '../describe-place.ts';
import { escapeMarkup } from '../escape-markup.ts';
import type { Emitter } from './emitter.ts';

/**
 * JUnit XML in the shape that CI servers share: each finding is a failed test case of its rule. Without findings there is one test
 * that passed, because several servers call an empty suite a failure.
 */
export const junit: Emitter = {
  format: 'junit',
  extension: 'xml',
  mediaType: 'application/xml',
  async *emit(report) {
    const { total } = report.summary;
    const counts = `tests="${Math.max(total, 1)}" failures="${total}" errors="0" time="${report.durationSeconds.toFixed(3)}"`;
    yield '<?xml version="1.0" encoding="UTF-8"?>\n';
    yield `<testsuites name="${escapeMarkup(report.tool.name)}" ${counts}>\n`;
    yield `  <testsuite name="${escapeMarkup(report.subject.name)}" ${counts} skipped="0" timestamp="${escapeMarkup(report.startedAt)}">\n`;
    if (total === 0) yield '    <testcase classname="deployguard" name="no findings" time="0"/>\n';
    for await (const finding of report.findings) yield toTestCase(finding);
    yield '  </testsuite>\n</testsuites>\n';
  },
};

function toTestCase(finding: Finding): string {
  const name = `${finding.title} in ${describePlace(finding.location)} (${finding.id})`;
  const message = `${finding.severity}: ${finding.title}`;
  return [
    `    <testcase classname="${escapeMarkup(finding.ruleId)}" name="${escapeMarkup(name)}"${fileAttributes(finding)} time="0">\n`,
    `      <failure type="${escapeMarkup(finding.severity)}" message="${escapeMarkup(message)}">`,
    escapeMarkup(describe(finding)),
    '</failure>\n    </testcase>\n',
  ].join('');
}

function fileAttributes({ location }: Finding): string {
  if (location.path === undefined) return '';
  return ` file="${escapeMarkup(location.path)}"${location.line === undefined ? '' : ` line="${location.line}"`}`;
}

function describe({ description, location, guidance, details }: Finding): string {
  const { commit } = location;
  const facts = Object.entries(details ?? {}).map(([name, value]) => `${name}: ${value}`);
  return [
    description,
    ...(commit ? [`first commit: ${commit.id} ${commit.date} ${commit.authorName} <${commit.authorEmail}>`] : []),
    ...facts,
    ...(guidance ?? []).map((step) => `- ${step}`),
  ].join('\n');
}
