import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import type { ReportedFinding } from '@deployguard/findings';
import { threadConsumer } from '../../test/consume-with-thread.ts';
import { consumeReport, readReport } from '../read-report.ts';
import type { Recognized } from '../read-report.ts';
import { holdReport } from '../reading/report-bytes.ts';
import type { ReportBytes } from '../reading/report-bytes.ts';
import { recognizeReport } from '../recognize.ts';
import { openAccount } from '../report-account.ts';

test('two threads read the same as one, in the same order, and tell look-alikes apart by it', async () => {
  const report = printTrivyReport(40_000);

  const { alone, jointly } = await readBoth(report);

  assert.equal(jointly.findings.length, 39_996);
  assert.deepEqual(jointly, alone);
  assert.equal(new Set(jointly.findings.map(({ fingerprint }) => fingerprint)).size, jointly.findings.length);
});

test('two threads read entries with what leads to them, once before and once behind them', async () => {
  const rules = Array.from({ length: 50 }, (_, index) => ({ id: `rule-${index}`, name: `Rule ${index}`, help: { text: 'Mend it.' } }));
  const results = Array.from({ length: 30_000 }, (_, index) => ({
    ruleIndex: index % 50,
    message: { text: `Number ${index % 900}: ${'long '.repeat(100)}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: `src/${index % 300}.ts` }, region: { startLine: index } } }],
  }));
  const report = JSON.stringify({ version: '2.1.0', runs: [{ results, tool: { driver: { name: 'Linter', rules } } }] });

  const { alone, jointly } = await readBoth(report);

  assert.equal(jointly.findings.length, 30_000);
  assert.equal(jointly.findings[7]!.rule.name, 'Rule 7');
  assert.deepEqual(jointly, alone);
});

test('two threads read a list of reports as well', async () => {
  const { alone, jointly } = await readBoth(`[${printTrivyReport(30_000)}, ${printTrivyReport(10_000, 'Another hole')}]`);

  assert.equal(jointly.findings.length, 39_996);
  assert.deepEqual(jointly, alone);
});

test('what breaks off gives all findings before the break, from both threads', async () => {
  const { alone, jointly } = await readBoth(printTrivyReport(40_000).slice(0, -1000));

  assert.match(jointly.account.damage!, /breaks off/);
  assert.ok(jointly.findings.length > 39_900);
  assert.deepEqual(jointly, alone);
});

test('a report that is nested too deep is refused behind the findings before that place', async () => {
  const report = `${printTrivyReport(40_000).slice(0, -'],"Type":"npm"}]}'.length)},${'['.repeat(100)}`;
  const [source, recognition] = await open(report);
  let count = 0;

  const reading = (async () => {
    for await (const { findings } of consumeReport(source, recognition, openAccount(), threadConsumer)) count += findings.length;
  })();

  await assert.rejects(reading, { code: 'REPORT_TOO_LARGE' });
  assert.equal(count, 39_996);
});

test('a thread that fails while it reads fails the reading', { skip: availableParallelism() === 1 }, async () => {
  const [source, recognition] = await open(printTrivyReport(40_000, 'FAIL'));
  const expected: string[] = [];
  for await (const batch of readReport(source, recognition, openAccount())) expected.push(...batch.map(({ fingerprint }) => fingerprint));
  const told: string[] = [];

  const reading = (async () => {
    for await (const { findings } of consumeReport(source, recognition, openAccount(), threadConsumer))
      told.push(...findings.map(({ fingerprint }) => fingerprint));
  })();

  await assert.rejects(reading, /The thread was told to fail/);
  assert.ok(told.length < expected.length);
  assert.deepEqual(told, expected.slice(0, told.length), 'nothing is missing before the failure');
});

test('without its thread a report is read all the same', async () => {
  const [source, recognition] = await open(printTrivyReport(40_000));
  const consumer = { ...threadConsumer, thread: new URL('./no-such-thread.ts', import.meta.url) };
  let count = 0;

  for await (const { findings } of consumeReport(source, recognition, openAccount(), consumer)) count += findings.length;

  assert.equal(count, 39_996);
});

test('a reading that is given up leaves no thread behind', async () => {
  const [source, recognition] = await open(printTrivyReport(40_000));
  let count = 0;

  for await (const _ of consumeReport(source, recognition, openAccount(), threadConsumer)) if (++count === 50) break;

  assert.equal(count, 50);
  assert.deepEqual(
    process.getActiveResourcesInfo().filter((name) => /worker|message/i.test(name)),
    [],
  );
});

interface Read {
  readonly findings: readonly ReportedFinding[];
  readonly account: object & { readonly damage?: string };
}

async function readBoth(report: string): Promise<{ readonly alone: Read; readonly jointly: Read }> {
  assert.ok(report.length > 16 << 20, 'smaller reports are read by one thread');
  const [source, recognition] = await open(report);
  const alone = { findings: [] as ReportedFinding[], account: openAccount() };
  for await (const batch of readReport(source, recognition, alone.account)) alone.findings.push(...batch);
  const jointly = { findings: [] as ReportedFinding[], account: openAccount() };
  const threads = new Set<boolean>();
  for await (const { findings, isHelped } of consumeReport(source, recognition, jointly.account, threadConsumer)) {
    threads.add(isHelped);
    jointly.findings.push(...findings);
  }
  assert.equal(threads.size, availableParallelism() > 1 ? 2 : 1);
  return { alone, jointly };
}

async function open(report: string): Promise<[ReportBytes, Recognized]> {
  const source = holdReport(Buffer.from(report));
  const recognition = await recognizeReport(source);
  assert.ok(recognition.outcome === 'recognized', JSON.stringify(recognition));
  return [source, recognition];
}

/** Of so many entries; four of them hold nothing. Most look like others. */
function printTrivyReport(count: number, title = 'A hole'): string {
  const entries = Array.from({ length: count }, (_, index) =>
    index % 10_000 === 5 ? 'null' : JSON.stringify(createEntry(index % 700, index, title)),
  );
  const half = count / 2;
  const results = [entries.slice(0, half), entries.slice(half)].map(
    (list, index) => `{"Target":"layer ${index}","Vulnerabilities":[${list.join(',\n')}],"Type":"npm"}`,
  );
  return `{"SchemaVersion":2,"ArtifactName":"shop","Results":[${results.join()}]}`;
}

function createEntry(kind: number, number: number, title: string): object {
  return {
    VulnerabilityID: `CVE-2030-${1000 + kind}`,
    PkgName: `package-${kind}`,
    InstalledVersion: '1.0.0',
    Title: title,
    Description: `Number ${number}: ${'long '.repeat(80)}`,
    Severity: 'HIGH',
  };
}
