import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openTestApp } from '../../../test/open-test-app.ts';
import { query, startTestCluster } from '../../../test/start-test-cluster.ts';
import { openDatabase } from '../database/index.ts';

test(
  'while the database breaks again and again, requests are answered with 503 and when to come back, never with 500',
  { timeout: 180_000 },
  async () => {
    await using stack = new AsyncDisposableStack();
    const cluster = await startTestCluster();
    stack.defer(() => cluster.stop());
    const database = openDatabase({ url: cluster.url });
    stack.defer(() => database.close());
    const service = await openTestApp({ database });
    stack.defer(() => service.close());
    const headers = { ...(await service.asUser('alice')), 'content-type': 'application/json' };
    const refusals: Response[] = [];
    const statuses = new Set<number>();
    const askOnce = async (path: string, init: RequestInit): Promise<boolean> => {
      const answer = await fetch(service.url + path, init);
      statuses.add(answer.status);
      if (answer.status >= 500) refusals.push(answer);
      await answer.text();
      return answer.ok;
    };
    const body = JSON.stringify({ source_platform: 'generic', source_url: 'https://git.example.com/a.git' });
    const done = { created: 0 };
    const over = new AbortController();
    const create = async (name: string): Promise<void> => {
      for (let number = 0; !over.signal.aborted; number++) {
        const key = { 'idempotency-key': `${name}-${number}` };
        // Also the last one is asked for until it is there.
        while (!(await askOnce('/api/v2/jobs', { method: 'POST', headers: { ...headers, ...key }, body }))) await delay(20);
        done.created++;
      }
    };
    const read = async (): Promise<void> => {
      while (!over.signal.aborted) await askOnce('/api/v2/jobs', { headers });
    };
    const asking = [create('a'), create('b'), create('c'), read(), read()];

    for (let crash = 1; crash <= 4; crash++) {
      const wanted = done.created + 10;
      while (done.created < wanted) await delay(20);
      process.kill(await findConnection(cluster.superuserUrl), 'SIGKILL');
    }
    over.abort();
    await Promise.all(asking);

    assert.ok(refusals.length > 0, 'nothing was in the way of any request');
    assert.deepEqual(
      [...statuses].filter((status) => ![200, 202, 409, 503].includes(status)),
      [],
    );
    for (const { status, headers: told } of refusals) {
      assert.equal(status, 503);
      assert.ok(Number(told.get('retry-after')) > 0);
      assert.match(told.get('content-type')!, /^application\/problem\+json/);
    }
    const [jobs] = await query<{ count: number }>(cluster.superuserUrl, 'select count(*)::integer as count from jobs');
    assert.equal(jobs!.count, done.created);
  },
);

/** A process of the database that serves the application. */
async function findConnection(url: string): Promise<number> {
  for (;;) {
    const found = await query<{ pid: number }>(url, `select pid from pg_stat_activity where usename = 'deployguard_app'`).catch(() => []);
    if (found[0] !== undefined) return found[0].pid;
    await delay(20);
  }
}
