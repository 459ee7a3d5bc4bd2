import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openTestApp } from '../../../test/open-test-app.ts';
import type { TestApp } from '../../../test/open-test-app.ts';
import { createResource } from '../../../test/test-resources.ts';
import { listAllTasks, redriveAnyTask } from './index.ts';

let service: TestApp;
before(async () => {
  service = await openTestApp();
});
after(() => service.close());

const limit = { timeout: 20_000 };

interface Page {
  readonly items: readonly { readonly id: string; readonly state: string }[];
  readonly next_cursor: string | null;
  readonly total?: number;
}

async function ask(
  userId: string,
  path: string,
  method = 'GET',
): Promise<{ status: number; body: Page & { code?: string; state?: string } }> {
  const answer = await fetch(`${service.url}/api/v2/tasks${path}`, { method, headers: await service.asUser(userId) });
  return { status: answer.status, body: (await answer.json()) as Page };
}

/** Dead tasks of a user whom the service has seen before. */
async function deadTasks(userId: string, count: number): Promise<string[]> {
  await ask(userId, '');
  const ids: string[] = [];
  for (let made = 0; made < count; made++) ids.push((await createResource(service, '/api/v2/tasks', userId))['id']!);
  return ids;
}

test('dead tasks are listed newest first, page by page', limit, async () => {
  const ids = await deadTasks('alice', 3);

  const first = await ask('alice', '?state=dead&limit=2');
  const second = await ask('alice', `?state=dead&limit=2&cursor=${first.body.next_cursor}`);
  const counted = await ask('alice', '?state=dead&offset=2');
  const others = await ask('alice', '?state=running');

  assert.deepEqual(
    [...first.body.items, ...second.body.items].map(({ id }) => id),
    ids.toReversed(),
  );
  assert.equal(second.body.next_cursor, null);
  assert.deepEqual([counted.body.total, counted.body.items.map(({ id }) => id)], [3, [ids[0]]]);
  assert.deepEqual(others.body.items, []);
});

test('a dead task can be tried again once, by its owner, and that stands in the audit log', limit, async () => {
  const [id] = await deadTasks('bob', 1);

  const stranger = await ask('mallory', `/${id}/redrive`, 'POST');
  const redriven = await ask('bob', `/${id}/redrive`, 'POST');
  const again = await ask('bob', `/${id}/redrive`, 'POST');

  assert.deepEqual([stranger.status, redriven.status, again.status], [404, 202, 409]);
  assert.equal(redriven.body.state, 'queued');
  assert.equal(again.body.code, 'ILLEGAL_STATE');
  const { tenant_id } = await service.database.asSystem((tx) =>
    tx.selectFrom('tenants').select('tenant_id').where('user_id', '=', 'bob').executeTakeFirstOrThrow(),
  );
  const entries = await service.database.asTenant(tenant_id, (tx) => tx.selectFrom('audit_logs').select(['action', 'details']).execute());
  assert.deepEqual(
    entries.map(({ action, details }) => [action, details]),
    [['task_redriven', { task_id: id, kind: 'test' }]],
  );
});

test(
  'whoever runs the service finds the dead tasks of all tenants and has them tried again, as the users who asked for them',
  limit,
  async () => {
    const [dora, emil] = [(await deadTasks('dora', 1))[0]!, (await deadTasks('emil', 1))[0]!];
    const tenantOf = async (userId: string): Promise<string> => {
      const { tenant_id } = await service.database.asSystem((tx) =>
        tx.selectFrom('tenants').select('tenant_id').where('user_id', '=', userId).executeTakeFirstOrThrow(),
      );
      return tenant_id;
    };
    const tenantId = await tenantOf('dora');
    await service.database.asTenant(tenantId, (tx) => tx.updateTable('tasks').set({ user_id: 'dora' }).where('id', '=', dora).execute());

    const listed = await listAllTasks(service.database, { states: ['dead'], limit: 2 });
    const redriven = await redriveAnyTask(service.database, dora);

    assert.deepEqual(
      listed.map(({ id, tenant_id: tenant }) => [id, tenant]),
      [
        [emil, await tenantOf('emil')],
        [dora, tenantId],
      ],
    );
    assert.deepEqual([redriven.id, redriven.state], [dora, 'queued']);
    await assert.rejects(redriveAnyTask(service.database, dora), { code: 'TASK_NOT_ENDED' });
    await assert.rejects(redriveAnyTask(service.database, '0193aa00-0000-7000-8000-000000000001'), { code: 'TASK_NOT_FOUND' });
    const { asker, entries } = await service.database.asTenant(tenantId, async (tx) => ({
      asker: await tx.selectFrom('tasks').select('user_id').where('id', '=', dora).executeTakeFirstOrThrow(),
      entries: await tx.selectFrom('audit_logs').select(['user_id', 'action', 'details']).execute(),
    }));
    assert.equal(asker.user_id, 'dora');
    assert.deepEqual(entries, [{ user_id: 'system', action: 'task_redriven', details: { task_id: dora, kind: 'test', by: 'operator' } }]);
  },
);

test('while the queue is down nothing is tried again', limit, async () => {
  const [id] = await deadTasks('carol', 1);
  service.queue.isUp = false;

  const refused = await ask('carol', `/${id}/redrive`, 'POST');

  service.queue.isUp = true;
  const { body } = await ask('carol', '?state=dead');
  assert.equal(refused.status, 503);
  assert.deepEqual(
    body.items.map((item) => item.id),
    [id],
  );
});
