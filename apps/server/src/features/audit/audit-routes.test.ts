import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AuditEntry } from '@deployguard/contracts';
import { openTestApp } from '../../../test/open-test-app.ts';
import type { TestApp } from '../../../test/open-test-app.ts';
import { createResource } from '../../../test/test-resources.ts';

interface Page {
  readonly items: readonly AuditEntry[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

const limit = { timeout: 30_000 };
let service: TestApp;

before(async () => {
  service = await openTestApp();
  for (let made = 0; made < 5; made++) await createResource(service, '/api/v2/jobs', 'alice');
});
after(() => service.close());

test('the log is read page by page, in the order of the chain or against it', limit, async () => {
  const newest = await readAll('?limit=2');
  const oldest = await readAll('?limit=2&order=oldest');
  const counted = await ask('?offset=4');

  assert.deepEqual(
    oldest.map(({ sequence }) => sequence),
    [1, 2, 3, 4, 5],
  );
  assert.deepEqual(
    newest.map(({ id }) => id),
    oldest.map(({ id }) => id).toReversed(),
  );
  assert.deepEqual([counted.total, counted.items.length], [5, 1]);
});

test('it is filtered by action, job, user and time', limit, async () => {
  const [first] = await readAll('?order=oldest');

  const ofJob = await ask(`?job_id=${first!.job_id}`);
  const totals = [];
  for (const query of [
    'action=job_created',
    'action=job_deleted',
    'user_id=alice',
    'user_id=bob',
    'since=2100-01-01T00:00:00Z',
    'until=2100-01-01T00:00:00Z',
  ])
    totals.push((await ask(`?offset=0&${query}`)).total);

  assert.deepEqual(ofJob.items, [first]);
  assert.deepEqual(totals, [5, 0, 5, 0, 0, 5]);
});

async function ask(query: string): Promise<Page> {
  const answer = await fetch(`${service.url}/api/v2/audit${query}`, { headers: await service.asUser('alice') });
  return (await answer.json()) as Page;
}

async function readAll(query: string): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for (let cursor = ''; ;) {
    const page = await ask(`${query}${cursor}`);
    entries.push(...page.items);
    if (page.next_cursor === null) return entries;
    cursor = `&cursor=${page.next_cursor}`;
  }
}
