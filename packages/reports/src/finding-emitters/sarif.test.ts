import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { ReportedFinding } from '@deployguard/findings';
import { hostileTexts } from '../../test/a-report.ts';
import { aReportedFinding, emitFindings, listVariedFindings } from '../../test/a-reported-finding.ts';
import { readBack } from '../../test/read-back.ts';
import { sarif } from './sarif.ts';

// The official schema, as Microsoft's matchers for SARIF bring it. It is of draft 4, whose words that are used here mean the same today.
const packageFile = fileURLToPath(import.meta.resolve('@microsoft/jest-sarif/package.json'));
const {
  $schema: _,
  id: __,
  ...schema
} = JSON.parse(readFileSync(join(dirname(packageFile), 'lib', 'schemas', 'sarif-2.1.0-rtm.5.json'), 'utf8')) as Record<string, unknown>;
const ajv = new Ajv({ strict: false, unicodeRegExp: false });
addFormats.default(ajv);
const validate = ajv.compile(schema);

async function assertValid(findings: readonly ReportedFinding[]): Promise<void> {
  const log: unknown = JSON.parse(await emitFindings(sarif, findings));
  assert.ok(validate(log), JSON.stringify(validate.errors?.slice(0, 3)));
}

test('logs are valid by the schema of SARIF 2.1.0, whatever stands in the findings', async () => {
  await assertValid([]);
  await assertValid(listVariedFindings());
  await assertValid(
    hostileTexts.flatMap((text) => [
      aReportedFinding({
        title: text,
        description: text,
        remedy: text,
        rule: { id: text, name: text, helpUri: text },
        location: { path: text, line: 1 },
      }),
      aReportedFinding({ location: { url: text, resource: text, host: text } }),
    ]),
  );
});

test('each tool has a run with its rules, and nothing found is a run without results', async () => {
  const log = JSON.parse(await emitFindings(sarif, listVariedFindings())) as {
    runs: { tool: { driver: { name: string; rules: unknown[] } }; results: unknown[] }[];
  };
  const empty = JSON.parse(await emitFindings(sarif, [])) as typeof log;

  assert.deepEqual(
    log.runs.map(({ tool, results }) => [tool.driver.name, tool.driver.rules.length, results.length]),
    [
      ['Acme', 4, 7],
      ['Nessus', 1, 1],
    ],
  );
  assert.deepEqual(
    empty.runs.map(({ results }) => results),
    [[]],
  );
});

const whatStays = ({ fingerprint, toolFingerprints, rule, location, severity, tool, title, suppression }: ReportedFinding): object => ({
  fingerprint,
  toolFingerprints: toolFingerprints?.toSorted((a, b) => a.name.localeCompare(b.name)),
  suppression,
  rule,
  location,
  label: severity.label,
  tool: tool.name,
  title,
});

const severityLabels = ['critical', 'high', 'medium', 'low', 'info'] as const;

const anyFinding = fc
  .record({
    fingerprint: fc.stringMatching(/^[0-9a-f]{32}$/),
    ruleId: fc.constantFrom('a', 'b', 'c/d'),
    label: fc.constantFrom(...severityLabels),
    score: fc.constantFrom(undefined, 0, 2, 5.5, 7, 9.8),
    path: fc.constantFrom('src/a.ts', '/src/a.ts', 'a b/ü#?.ts', 'C:\\x\\y', '../up', 'https://example.org/a.js', '%41'),
    line: fc.integer({ min: 1, max: 1e6 }),
    own: fc.subarray([
      { name: 'primaryLocationLineHash', value: 'abc:1', isPartial: true },
      { name: 'stableId/v2', value: 'f00', isPartial: false },
    ]),
    isSuppressed: fc.boolean(),
    column: fc.option(fc.integer({ min: 1, max: 500 }), { nil: undefined }),
    tool: fc.constantFrom('One', 'Two'),
  })
  .map(({ fingerprint, ruleId, label, score, path, line, column, tool, own, isSuppressed }) =>
    aReportedFinding({
      fingerprint,
      rule: { id: ruleId, name: `Name of ${ruleId}`, helpUri: `https://example.org/${ruleId}` },
      title: `Title of ${ruleId}`,
      description: `In ${path}`,
      severity: { label, source: 'tool' },
      tool: { name: tool, format: 'x' },
      location: { path, line, ...(column !== undefined && { column, endLine: line + 1, endColumn: column + 3 }) },
      ...(own.length > 0 && { toolFingerprints: own }),
      ...(isSuppressed && { suppression: { kind: 'suppressed', reason: 'test data' } }),
      ...(score !== undefined && { cvss: [{ score }] }),
    }),
  );

test('round trip: rules, locations, severities and fingerprints stay, and the second time the log is the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyFinding, { maxLength: 8 }), async (findings) => {
      const sorted = (list: readonly ReportedFinding[]): string[] => list.map((finding) => JSON.stringify(whatStays(finding))).sort();

      const read = await readBack(await emitFindings(sarif, findings));
      const log = await emitFindings(sarif, read);

      assert.deepEqual(sorted(read), sorted(findings));
      assert.equal(await emitFindings(sarif, await readBack(log)), log);
    }),
    { numRuns: 200 },
  );
});

test('round trip: a log of another tool keeps its rules, locations and levels, and a fingerprint for each result', async () => {
  const fixture = readFileSync(join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'sarif', 'two-runs.json'), 'utf8');
  const before = await readBack(fixture);

  const after = await readBack(await emitFindings(sarif, before));

  assert.ok(before.length > 0);
  assert.deepEqual(after.map(whatStays), before.map(whatStays));
});
