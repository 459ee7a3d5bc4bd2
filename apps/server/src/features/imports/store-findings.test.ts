import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import type { ReportedFinding } from '@deployguard/findings';
import { query, startTestCluster, type TestCluster } from '../../../test/start-test-cluster.ts';
import { openDatabase } from '../../platform/database/index.ts';
import type { Database } from '../../platform/database/index.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { printFindingRow } from './print-finding-row.ts';
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

/** As an import would whose task nobody else can take over. */
async function store(
  assessmentId: string,
  findings: readonly ReportedFinding[],
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
  const rows = Readable.from(findings.map((finding) => Buffer.from(printFindingRow(finding))));
  return storeFindings(rows, { importId, assessmentId, closesOthers: true, startedAt, onProgress: async () => {} }, context as TaskContext);
}
