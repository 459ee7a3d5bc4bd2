import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, test } from 'node:test';
import { openTestApp } from '../../../test/open-test-app.ts';
import type { TestApp } from '../../../test/open-test-app.ts';
import type { ReportFinding } from '@deployguard/contracts';
import type { Tx } from '../../platform/database/index.ts';
import { createFindingsFeature } from './index.ts';

// Findings as imports leave them, put into the table.

const limit = { timeout: 120_000 };
let service: TestApp;
let alice: Record<string, string>;
let tenantId: string;

before(async () => {
  service = await openTestApp();
  alice = service.asGateway('alice');
  await fetch(`${service.url}/api/v2/findings`, { headers: alice });
  const tenants = await service.database.asSystem((tx) => tx.selectFrom('tenants').select('tenant_id').execute());
  tenantId = tenants[0]!.tenant_id;
});
after(() => service.close());

test('findings are listed by every property, a problem of a report once, and paged in both orders', limit, async () => {
  const name = await store([
    { severity: 1, rule: 'A-1', title: 'Overflow in parser', pkg: 'left-pad', hasFix: true },
    { severity: 0, rule: 'A-2', title: '100 % of memory', isExploited: true },
    { severity: 5, rule: 'A-3', title: 'Unrated', isOpen: false },
    { severity: 1, rule: 'A-1', title: 'The same overflow', isDuplicate: true },
  ]);
  const list = async (query: string): Promise<string[]> => {
    const { items } = await get<{ items: ReportFinding[] }>(`/api/v2/findings?assessment_name=${name}&${query}`);
    return items.map(({ title }) => title);
  };

  assert.deepEqual(await list(''), ['Unrated', '100 % of memory', 'Overflow in parser']);
  assert.deepEqual(await list('sort=severity'), ['100 % of memory', 'Overflow in parser', 'Unrated']);
  assert.deepEqual(await list('duplicates=true&rule_id=A-1'), ['The same overflow', 'Overflow in parser']);
  assert.deepEqual(await list('state=closed'), ['Unrated']);
  assert.deepEqual(await list('severity=high&state=open'), ['100 % of memory', 'Overflow in parser']);
  assert.deepEqual(await list('severity=unknown'), ['Unrated']);
  assert.deepEqual(await list('fix_available=true'), ['Overflow in parser']);
  assert.deepEqual(await list('known_exploited=true'), ['100 % of memory']);
  assert.deepEqual(await list('search=100%20%25'), ['100 % of memory']);
  assert.deepEqual(await list('search=LEFT-p'), ['Overflow in parser']);
  for (const sort of ['newest', 'severity']) {
    const whole = await list(`sort=${sort}`);
    const paged: string[] = [];
    for (let cursor = ''; ;) {
      const page = await get<{ items: ReportFinding[]; next_cursor: string | null }>(
        `/api/v2/findings?assessment_name=${name}&sort=${sort}&limit=1${cursor}`,
      );
      paged.push(...page.items.map(({ title }) => title));
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    assert.deepEqual(paged, whole);
  }
});

test('a decision is kept with its owner and reason, shows in exports, and can be taken back', limit, async () => {
  const name = await store([
    { rule: 'B-1', title: 'One' },
    { rule: 'B-2', title: 'Two' },
  ]);
  const { items } = await get<{ items: ReportFinding[] }>(`/api/v2/findings?assessment_name=${name}`);
  const ids = items.map(({ id }) => id);

  const byId = await post('/api/v2/findings/triage', { finding_ids: [ids[0]], decision: 'false-positive', reason: 'Not ours.' });
  const byFilter = await post('/api/v2/findings/triage', {
    filter: { assessment_name: name, rule_id: 'B-1' },
    decision: 'accepted',
    owner: 'bob',
    reason: 'Inside only.',
    until: '2099-12-31',
  });
  const sarif = await get<{ runs: { results: { suppressions?: unknown[] }[] }[] }>(
    `/api/v2/findings/export?assessment_name=${name}&format=sarif`,
  );
  const shown = await get<ReportFinding & { finding: { title: string } }>(`/api/v2/findings/${ids[1]}`);
  await post('/api/v2/findings/triage', { finding_ids: [ids[0]], decision: null });
  const back = await get<ReportFinding>(`/api/v2/findings/${ids[0]}`);
  const refused = await Promise.all([
    post('/api/v2/findings/triage', { finding_ids: ids, decision: 'fixed' }),
    post('/api/v2/findings/triage', { decision: 'fixed', reason: 'x' }),
    post('/api/v2/findings/triage', { finding_ids: ids, decision: 'fixed', reason: 'x', until: '2099-12-31' }),
    post('/api/v2/findings/triage', { finding_ids: [randomUUIDv7()], decision: 'fixed', reason: 'x' }),
  ]);

  assert.deepEqual([byId.body, byFilter.body], [{ changed: 1 }, { changed: 1 }]);
  const { decided_at: _, ...triage } = shown.triage!;
  assert.deepEqual(triage, { decision: 'accepted', owner: 'bob', reason: 'Inside only.', until: '2099-12-31' });
  assert.equal(shown.finding.title, 'One');
  assert.equal(sarif.runs.flatMap(({ results }) => results).filter(({ suppressions = [] }) => suppressions.length > 0).length, 2);
  assert.equal(back.triage, null);
  assert.deepEqual(
    refused.map(({ status }) => status),
    [422, 422, 422, 422],
  );
});

test('a gate judges open findings by a policy, decisions and waivers, and knows what the last upload brought', limit, async () => {
  const name = await store([
    { severity: 0, rule: 'C-1', title: 'New and critical', isNew: true },
    { severity: 0, rule: 'C-2', title: 'Known and critical' },
    { severity: 0, rule: 'C-3', title: 'Gone', isOpen: false },
  ]);
  const judge = async (policy: string) =>
    (await post('/api/v2/gates/evaluate', { policy, assessment_name: name })).body as {
      passed: boolean;
      total: number;
      waived: number;
      findings: { finding: ReportFinding; rules: string[] }[];
    };
  const all = 'version: 1\nrules:\n  - name: nothing critical\n    severity: critical\n';

  const first = await judge(all);
  const onlyNew = await judge(`${all}    new: true\n`);
  const waiver = await post('/api/v2/waivers', { rule: 'c-1', reason: 'Until the release.', until: '2099-12-31' });
  const waived = await judge(`${all}    new: true\n`);
  const { id } = waiver.body as { id: string };
  const deleted = await fetch(`${service.url}/api/v2/waivers/${id}`, { method: 'DELETE', headers: alice });
  const again = await judge(`${all}    new: true\n`);
  const wrong = await post('/api/v2/gates/evaluate', { policy: 'version: 1\nrules:\n  - name: a\n    severty: high\n' });

  assert.deepEqual(
    [first.passed, first.total, first.findings.map(({ finding }) => finding.title).sort()],
    [false, 2, ['Known and critical', 'New and critical']],
  );
  assert.deepEqual([onlyNew.passed, onlyNew.findings.map(({ rules }) => rules)], [false, [['nothing critical']]]);
  assert.deepEqual([waiver.status, waived.passed, waived.waived, deleted.status, again.passed], [201, true, 1, 202, false]);
  assert.equal(wrong.status, 422);
  assert.match(JSON.stringify(wrong.body), /policy:4: there is no setting/);
});

test('what several assessments report under different ids is told once on request: the worst that counts', limit, async () => {
  const [pkg, cve, ghsa] = ['shared-pad', 'CVE-2031-1000', 'GHSA-aaaa-bbbb-cccc'];
  await store([
    { rule: cve, title: 'As one says', severity: 1, pkg, aliases: [cve] },
    { rule: 'D-2', title: 'Another', pkg, aliases: ['CVE-2031-2000'] },
  ]);
  await store([{ rule: ghsa, title: 'As another says', severity: 0, pkg, aliases: [ghsa, cve] }]);
  await store([{ rule: ghsa, title: 'As a third says', severity: 2, pkg, aliases: [ghsa] }]);
  const policy = 'version: 1\nrules:\n  - name: none\n    maximum: 1000\n';
  const list = async (query: string): Promise<string[]> => {
    const { findings } = await get<{ findings: { title: string }[] }>(`/api/v2/findings/export?search=${pkg}${query}`);
    return findings.map(({ title }) => title).sort();
  };

  const [all, distinct] = [await list(''), await list('&distinct=true')];
  const judged = [];
  for (const isDistinct of [false, true])
    judged.push(((await post('/api/v2/gates/evaluate', { policy, distinct: isDistinct })).body as { total: number }).total);

  assert.deepEqual(all, ['Another', 'As a third says', 'As another says', 'As one says']);
  assert.deepEqual(distinct, ['Another', 'As another says']);
  assert.equal(judged[0]! - judged[1]!, 2);
});

test('statistics count what is open by its properties, and how it came to that by day', limit, async () => {
  const name = await store([
    { severity: 0, rule: 'D-1', title: 'Old', daysAgo: 40 },
    { severity: 2, rule: 'D-2', title: 'Came and went', daysAgo: 3, closedDaysAgo: 1, isOpen: false },
    { severity: 2, rule: 'D-3', title: 'Of today' },
  ]);

  const statistics = await get<{
    open: number;
    closed: number;
    by_severity: Record<string, number>;
    days: { open: number; new: number; closed: number }[];
  }>(`/api/v2/findings/statistics?assessment_name=${name}&days=4`);

  assert.deepEqual(
    [statistics.open, statistics.closed, statistics.by_severity['critical'], statistics.by_severity['medium']],
    [2, 1, 1, 1],
  );
  assert.deepEqual(
    statistics.days.map(({ open, new: opened, closed }) => [open, opened, closed]),
    [
      [2, 1, 0],
      [2, 0, 0],
      [1, 0, 1],
      [2, 1, 0],
    ],
  );
});

test('what was closed a year ago is forgotten', limit, async () => {
  const name = await store([
    { rule: 'E-1', title: 'Long gone', isOpen: false, daysAgo: 400, closedDaysAgo: 366 },
    { rule: 'E-2', title: 'Gone', isOpen: false, daysAgo: 400, closedDaysAgo: 364 },
    { rule: 'E-3', title: 'Still there', daysAgo: 400 },
  ]);

  for (const { run } of createFindingsFeature(service.platform).duties!) await run(new AbortController().signal);

  const { items } = await get<{ items: ReportFinding[] }>(`/api/v2/findings?assessment_name=${name}`);
  assert.deepEqual(
    items.map(({ title }) => title),
    ['Still there', 'Gone'],
  );
});

interface Given {
  readonly rule: string;
  readonly title: string;
  readonly severity?: number;
  readonly pkg?: string;
  readonly aliases?: readonly string[];
  readonly hasFix?: boolean;
  readonly isExploited?: boolean;
  readonly isOpen?: boolean;
  readonly isDuplicate?: boolean;
  /** Brought by the last upload. */
  readonly isNew?: boolean;
  readonly daysAgo?: number;
  readonly closedDaysAgo?: number;
}

const severities = ['critical', 'high', 'medium', 'low', 'info', 'unknown'];

/** Returns the name of their assessment. */
async function store(findings: readonly Given[]): Promise<string> {
  const [assessmentId, lastImport, earlierImport] = [randomUUIDv7(), randomUUIDv7(), randomUUIDv7()];
  const name = `assessment-${assessmentId}`;
  await service.database.asTenant(tenantId, async (tx) => {
    await tx.insertInto('assessments').values({ id: assessmentId, name, last_import_id: lastImport }).execute();
    const ids = findings.map(() => randomUUIDv7()).sort();
    for (const [index, given] of findings.entries()) {
      const importId = given.isNew ? lastImport : earlierImport;
      await insert(tx, given, {
        id: ids[index]!,
        assessment_id: assessmentId,
        number: index + 1,
        first_import_id: importId,
        opened_import_id: importId,
      });
    }
  });
  return name;
}

async function insert(
  tx: Tx,
  {
    rule,
    title,
    severity = 1,
    pkg,
    aliases,
    hasFix = false,
    isExploited = false,
    isOpen = true,
    isDuplicate = false,
    daysAgo = 0,
    closedDaysAgo,
  }: Given,
  ids: { id: string; assessment_id: string; number: number; first_import_id: string; opened_import_id: string },
): Promise<void> {
  const ago = (days: number): Date => new Date(Date.now() - days * 86_400_000);
  await tx
    .insertInto('findings')
    .values({
      ...ids,
      key: Buffer.from(ids.id.replaceAll('-', ''), 'hex'),
      duplicate_of: isDuplicate ? Buffer.alloc(16) : null,
      is_open: isOpen,
      severity,
      kind: 'vulnerability',
      tool: 'Trivy',
      rule_id: rule,
      title,
      package_name: pkg ?? null,
      has_fix: hasFix,
      is_known_exploited: isExploited,
      content: JSON.stringify({
        fingerprint: ids.id.replaceAll('-', ''),
        kind: 'vulnerability',
        tool: { name: 'Trivy', format: 'trivy' },
        rule: { id: rule },
        title,
        severity: { label: severities[severity], source: 'tool' },
        ...(pkg !== undefined && { package: { name: pkg, version: '1.0.0' } }),
        ...(aliases && { aliases }),
      }),
      content_hash: Buffer.alloc(8),
      first_seen_at: ago(daysAgo),
      closed_at: isOpen ? null : ago(closedDaysAgo ?? 0),
    })
    .execute();
}

async function get<T>(path: string): Promise<T> {
  const answer = await fetch(service.url + path, { headers: alice });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return JSON.parse(text) as T;
}

async function post(path: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(service.url + path, {
    method: 'POST',
    headers: { ...alice, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}
