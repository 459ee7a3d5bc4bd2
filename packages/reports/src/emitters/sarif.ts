import type { Finding, Location, Severity } from '@deployguard/findings';
import { encodeUriPath } from '../encode-uri-path.ts';
import { printJson } from '../print-json.ts';
import type { Report, ReportRule } from '../report.ts';
import type { Emitter } from './emitter.ts';

/**
 * SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html) as code scanning services read it.
 *
 * Never holds the text of a match: no snippets. Our columns count bytes and SARIF's count UTF-16 units, so they agree on lines that are
 * ASCII up to the match and lie further right on others.
 */
export const sarif: Emitter = {
  format: 'sarif',
  extension: 'sarif',
  mediaType: 'application/sarif+json',
  async *emit(report) {
    const ruleIndexes = new Map(report.rules.map(({ id }, index) => [id, index]));
    yield `{\n  "$schema": ${printJson(schemaUri)},\n  "version": "2.1.0",\n  "runs": [\n    {\n`;
    for (const [name, value] of Object.entries(describeRun(report))) yield `      ${printJson(name)}: ${printJson(value)},\n`;
    yield '      "results": [';
    let isFirst = true;
    for await (const finding of report.findings) {
      yield `${isFirst ? '\n' : ',\n'}        ${printJson(toResult(finding, ruleIndexes))}`;
      isFirst = false;
    }
    yield `${isFirst ? '' : '\n      '}]\n    }\n  ]\n}\n`;
  },
};

const schemaUri = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** CVSS-like scores in the middle of the bands that code scanning services sort by: above 9.0 critical, from 7.0 high, from 4.0 medium. */
const securitySeverities: Readonly<Record<Severity, string>> = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0', info: '0.0' };

function describeRun({ tool, subject, rules, startedAt, durationSeconds }: Report): object {
  const endedAt = new Date(Date.parse(startedAt) + durationSeconds * 1000).toISOString();
  return {
    tool: {
      driver: {
        name: tool.name,
        version: tool.version,
        semanticVersion: tool.version,
        ...(tool.informationUri !== undefined && { informationUri: tool.informationUri }),
        rules: rules.map(toReportingDescriptor),
      },
    },
    invocations: [{ executionSuccessful: true, startTimeUtc: startedAt, endTimeUtc: endedAt }],
    automationDetails: { id: `${tool.name}/${subject.name}/` },
    originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the examined repository.' } } },
    columnKind: 'utf16CodeUnits',
    ...(subject.uri !== undefined && {
      versionControlProvenance: [
        {
          repositoryUri: subject.uri,
          ...(subject.revision !== undefined && { revisionId: subject.revision }),
          mappedTo: { uriBaseId: '%SRCROOT%' },
        },
      ],
    }),
  };
}

function toReportingDescriptor({ id, title, severity, helpUri, guidance, tags }: ReportRule): object {
  const steps = (guidance ?? []).map((step, index) => `${index + 1}. ${step}`).join('\n');
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: `${title}.` },
    ...(helpUri !== undefined && { helpUri }),
    ...(steps !== '' && { help: { text: steps, markdown: steps } }),
    defaultConfiguration: { level: levels[severity] },
    properties: { tags: ['security', ...(tags ?? [])], 'security-severity': securitySeverities[severity] },
  };
}

function toResult(finding: Finding, ruleIndexes: ReadonlyMap<string, number>): object {
  const { id, ruleId, title, description, severity, location, details } = finding;
  const ruleIndex = ruleIndexes.get(ruleId);
  const { commit } = location;
  return {
    ruleId,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level: levels[severity],
    message: { text: description || title },
    locations: [toLocation(location)],
    partialFingerprints: { 'deployguardFindingId/v1': id },
    properties: {
      severity,
      ...(commit && { commit: commit.id, author: commit.authorName, email: commit.authorEmail, date: commit.date }),
      ...details,
    },
  };
}

/**
 * Services refuse a whole file when one result has no physical location, so what stands outside files (messages, names) is placed
 * under `.git`, where no file of a tree can be.
 */
function toLocation(location: Location): object {
  const { path, line, column, endLine, endColumn, commit } = location;
  const uri = path === undefined ? (commit ? `.git/commit/${commit.id}` : '.git/refs') : encodePath(path);
  return {
    physicalLocation: {
      artifactLocation: { uri, uriBaseId: '%SRCROOT%' },
      region: {
        startLine: line ?? 1,
        ...(column !== undefined && { startColumn: column }),
        ...(endLine !== undefined && { endLine }),
        // Ours is the last column of the match, theirs the one after it.
        ...(endColumn !== undefined && { endColumn: endColumn + 1 }),
      },
    },
    ...(commit && { logicalLocations: [{ fullyQualifiedName: commit.id, kind: 'commit' }] }),
  };
}

/** A relative reference, whose first segment does not read as a scheme or as an authority, and none as a step. */
function encodePath(path: string): string {
  return encodeUriPath(path)
    .split('/')
    .map((segment) => (segment === '..' || segment === '.' ? segment.replaceAll('.', '%2E') : segment))
    .join('/')
    .replace(/^\/+/, (slashes) => '%2F'.repeat(slashes.length));
}
