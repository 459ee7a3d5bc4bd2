import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import type { ReportedFinding } from '@deployguard/findings';
import { query, startTestCluster, type TestCluster } from '../../../test/start-test-cluster.ts';
import { openDatabase } from '../../platform/database/index.ts';
import type { Database } from '../../platform/database/index.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { markDuplicate, printFindingRow } from './print-finding-row.ts';
import { storeFindings } from './store-findings.ts';
import type { StoredFindings } from './store-findings.ts';

const tenantId = randomUUIDv7();
let cluster: TestCluster;
let database: Database;

before(async () => {
  cluster = await startTestCluster();
  database = openDatabase({ url: cluster.url });
  await query(cluster.superuserUrl, `insert into tenants (tenant_id, id, user_id) values ($1, $1, 'alice')`, [tenantId]);
});
after(async () => {
  await database.close();
  await cluster.stop();
});

test('findings that are gone are closed wherever they stood, and come back, over many batches', async () => {
  const assessmentId = await addAssessment('many');
  const all = Array.from({ length: 25_000 }, (_, index) => describe(index));
  const gone = new Set([5, 10_001, 24_999]);

  const counts: StoredFindings[] = [];
  for (const findings of [all, all, all.filter((_, index) => !gone.has(index)), all.slice(0, 1), all])
    counts.push(await store(assessmentId, findings));

  assert.deepEqual(counts, [
    { new: 25_000, unchanged: 0, reopened: 0, closed: 0 },
    { new: 0, unchanged: 25_000, reopened: 0, closed: 0 },
    { new: 0, unchanged: 24_997, reopened: 0, closed: 3 },
    { new: 0, unchanged: 1, reopened: 0, closed: 24_996 },
    { new: 0, unchanged: 1, reopened: 24_999, closed: 0 },
  ]);
});

test('what an import brought that began later stays open', async () => {
  const assessmentId = await addAssessment('later');
  await store(assessmentId, [describe(1), describe(2)]);

  const { closed } = await store(assessmentId, [describe(1)], { startedAt: new Date(0) });

  assert.equal(closed, 0);
});

test('a fingerprint that a report keeps twice is one finding', async () => {
  const assessmentId = await addAssessment('twice');
  const twice = [describe(1), { ...describe(1), title: 'told in other words' }, describe(2)];

  assert.equal((await store(assessmentId, twice)).new, 2);
  const before = await listTitles(assessmentId);
  await store(assessmentId, twice.toReversed());
  assert.deepEqual(await listTitles(assessmentId), before);
});

test('of a report that comes again only what is another now is written', async () => {
  const assessmentId = await addAssessment('again');
  const rows = Array.from({ length: 6000 }, (_, index) => printFindingRow(describe(index)));
  const other = printFindingRow({ ...describe(3000), title: 'told in other words' });
  const lead = (JSON.parse(`[${rows[0]!.trim().slice(0, -1)}]`) as { key: string }[])[0]!.key;
  await storeRows(assessmentId, rows);
  const before = await listVersions(assessmentId);

  const counts = await storeRows(assessmentId, rows.with(3000, other).with(4000, markDuplicate(rows[4000]!, lead)));

  assert.deepEqual(counts, { new: 0, unchanged: 6000, reopened: 0, closed: 0 });
  assert.deepEqual(await listChanged(assessmentId, before), [
    { title: 'Problem 4000', duplicate_of: lead.slice(2) },
    { title: 'told in other words', duplicate_of: null },
  ]);
  const marked = await listVersions(assessmentId);
  await storeRows(assessmentId, rows.with(3000, other).with(4000, markDuplicate(rows[4000]!, lead)));
  assert.deepEqual(await listChanged(assessmentId, marked), []);
  await storeRows(assessmentId, rows.with(3000, other));
  assert.deepEqual(await listChanged(assessmentId, marked), [{ title: 'Problem 4000', duplicate_of: null }]);
});

test('what somebody called fixed comes back when a report holds it as it was', async () => {
  const assessmentId = await addAssessment('fixed');
  const findings = Array.from({ length: 10 }, (_, index) => describe(index));
  await store(assessmentId, findings);
  await query(cluster.superuserUrl, `update findings set decision = 'fixed' where assessment_id = $1 and number = 4`, [assessmentId]);

  assert.deepEqual(await store(assessmentId, findings), { new: 0, unchanged: 9, reopened: 1, closed: 0 });
  assert.deepEqual(await query(cluster.superuserUrl, 'select 1 from findings where decision is not null'), []);
});

test('known and new findings in one report are told apart, whatever most of them are', async () => {
  const assessmentId = await addAssessment('mixed');
  const all = Array.from({ length: 20_000 }, (_, index) => describe(index));
  await store(assessmentId, all.slice(0, 6000));

  const counts = await store(assessmentId, [...all.slice(0, 3000), ...all.slice(6000), ...all.slice(3000, 6000)]);

  assert.deepEqual(counts, { new: 14_000, unchanged: 6000, reopened: 0, closed: 0 });
});

function describe(index: number): ReportedFinding {
  return {
    fingerprint: index.toString(16).padStart(32, '0'),
    kind: 'vulnerability',
    tool: { name: 'Trivy', format: 'trivy' },
    rule: { id: `CVE-2024-${index}` },
    title: `Problem ${index}`,
    severity: { label: 'high', source: 'tool' },
  };
}

async function addAssessment(name: string): Promise<string> {
  const id = randomUUIDv7();
  await query(cluster.superuserUrl, 'insert into assessments (tenant_id, id, name) values ($1, $2, $3)', [tenantId, id, name]);
  return id;
}

async function listTitles(assessmentId: string): Promise<unknown[]> {
  return query(cluster.superuserUrl, 'select number, title, content_hash from findings where assessment_id = $1 order by number', [
    assessmentId,
  ]);
}

/** Of each row what PostgreSQL changes whenever it is written. */
async function listVersions(assessmentId: string): Promise<ReadonlyMap<number, string>> {
  const rows = await query(cluster.superuserUrl, 'select number, xmin::text as version from findings where assessment_id = $1', [
    assessmentId,
  ]);
  return new Map((rows as { number: number; version: string }[]).map(({ number, version }) => [number, version]));
}

async function listChanged(assessmentId: string, before: ReadonlyMap<number, string>): Promise<unknown[]> {
  const changed = [...(await listVersions(assessmentId))]
    .filter(([number, version]) => before.get(number) !== version)
    .map(([number]) => number);
  return query(
    cluster.superuserUrl,
    `select title, encode(duplicate_of, 'hex') as duplicate_of from findings where assessment_id = $1 and number = any($2) order by title`,
    [assessmentId, changed],
  );
}

/** As an import would whose task nobody else can take over. */
async function store(
  assessmentId: string,
  findings: readonly ReportedFinding[],
  options: { startedAt?: Date } = {},
): Promise<StoredFindings> {
  return storeRows(assessmentId, findings.map(printFindingRow), options);
}

async function storeRows(
  assessmentId: string,
  rows: readonly string[],
  { startedAt = new Date() }: { startedAt?: Date } = {},
): Promise<StoredFindings> {
  const importId = randomUUIDv7();
  await query(
    cluster.superuserUrl,
    `insert into imports (tenant_id, id, job_id, user_id, status, filename, file_path, file_size_bytes, import_type)
     values ($1, $2, $3, 'alice', 'processing', 'report.json', 'report', 1, 'new')`,
    [tenantId, importId, `job-${importId}`],
  );
  const context: Pick<TaskContext, 'signal' | 'fenced'> = {
    signal: AbortSignal.timeout(60_000),
    fenced: (work) => database.asTenant(tenantId, work),
  };
  const chunks = Readable.from(rows.map((row) => Buffer.from(row)));
  return storeFindings(
    chunks,
    { importId, assessmentId, closesOthers: true, startedAt, onProgress: async () => {} },
    context as TaskContext,
  );
}
