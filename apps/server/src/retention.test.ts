import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { openTestDatabase } from '../test/open-test-database.ts';
import type { TestDatabase } from '../test/open-test-database.ts';
import { createApiKeysFeature } from './features/api-keys/index.ts';
import { forgetDeliveries } from './features/webhooks/queries.ts';
import { hashIdempotencyKey } from './platform/http/idempotency/claim.ts';
import { forgetIdempotencyKeys } from './platform/http/index.ts';
import { forgetTasks } from './platform/tasks/forget-tasks.ts';

const limit = { timeout: 60_000 };
const signal = new AbortController().signal;

let database: TestDatabase;
let other: string;
before(async () => {
  database = await openTestDatabase();
  other = randomUUIDv7();
  await database.query('insert into tenants (tenant_id, id, user_id) values ($1, $1, $2)', [other, 'bob']);
});
after(() => database.close());

test('idempotency keys go when they are past their time, those of every tenant, and no other', limit, async () => {
  for (const tenant of [database.tenantId, other]) {
    await database.asTenant(tenant, async (tx) => {
      for (const [count, hours] of [
        [250, -1],
        [3, 1],
      ] as const) {
        await sql`
          insert into idempotency_keys (id, key, operation, request_hash, response_status, response_body, expires_at)
          select gen_random_uuid(), ${`${hours}-`} || n, 'createJob', repeat('0', 64), 202, 'answer', now() + make_interval(hours => ${hours})
          from generate_series(1, ${count}) n`.execute(tx);
      }
    });
  }

  await forgetIdempotencyKeys(database, signal);

  for (const tenant of [database.tenantId, other]) {
    const kept = await database.asTenant(tenant, (tx) => tx.selectFrom('idempotency_keys').select('key').execute());
    assert.deepEqual(kept.map(({ key }) => key).sort(), ['1-1', '1-2', '1-3'].map((key) => hashIdempotencyKey(tenant, key)).sort());
  }
});

test('tasks go after 30 days, dead ones after 90', limit, async () => {
  const ages = [
    ['succeeded', 29],
    ['succeeded', 31],
    ['failed', 31],
    ['dead', 31],
    ['dead', 91],
  ] as const;
  await database.asTenant(database.tenantId, async (tx) => {
    for (const [state, days] of ages)
      await sql`
        insert into tasks (id, kind, queue, subject, input, state, finished_at)
        values (${randomUUIDv7()}, 'test', 'scan', ${`${state} ${days}`}, '{}', ${state}, now() - make_interval(days => ${days}))`.execute(
        tx,
      );
  });

  const forgotten = await forgetTasks(database, { afterDays: 30, deadAfterDays: 90 }, signal);

  const kept = await database.asTenant(database.tenantId, (tx) => tx.selectFrom('tasks').select('subject').orderBy('subject').execute());
  assert.equal(forgotten, 3);
  assert.deepEqual(
    kept.map(({ subject }) => subject),
    ['dead 31', 'succeeded 29'],
  );
});

test('API keys go 90 days after they ended', limit, async () => {
  const ends = {
    'expires later': ['1 day', null],
    'expired lately': ['-89 days', null],
    expired: ['-91 days', null],
    revoked: ['1 day', '-91 days'],
  };
  await database.asTenant(database.tenantId, async (tx) => {
    for (const [name, [expires, revoked]] of [...Object.entries(ends), ['never ends', [null, null]] as const])
      await sql`
        insert into api_keys (id, user_id, name, prefix, key_hash, scopes, expires_at, revoked_at)
        values (${randomUUIDv7()}, 'alice', ${name}, 'dg_', ${randomUUIDv7().replaceAll('-', '').padEnd(64, '0')}, '{}',
          now() + ${expires}::interval, now() + ${revoked}::interval)`.execute(tx);
  });

  for (const { run } of createApiKeysFeature({ database }).duties!) await run(signal);

  const kept = await database.asTenant(database.tenantId, (tx) => tx.selectFrom('api_keys').select('name').orderBy('name').execute());
  assert.deepEqual(
    kept.map(({ name }) => name),
    ['expired lately', 'expires later', 'never ends'],
  );
});

test('deliveries go some at a time, unless they are under way', limit, async () => {
  const endpoint = randomUUIDv7();
  const left = await database.asTenant(database.tenantId, async (tx) => {
    await sql`insert into webhook_endpoints (id, user_id, url, event_types, sealed_secrets) values (${endpoint}, 'alice', 'https://a.example', '{}', '{}')`.execute(
      tx,
    );
    for (const state of ['delivered', 'failed', 'pending', 'delivered'])
      await sql`
        insert into webhook_deliveries (id, endpoint_id, event_id, event_type, payload, state, created_at)
        values (${randomUUIDv7()}, ${endpoint}, ${randomUUIDv7()}, 'job.completed', '{}', ${state}, now() - interval '31 days')`.execute(
        tx,
      );
    const rounds = [await forgetDeliveries(tx, 30, 2), await forgetDeliveries(tx, 30, 2), await forgetDeliveries(tx, 30, 2)];
    return [rounds, (await tx.selectFrom('webhook_deliveries').select('state').execute()).map(({ state }) => state)];
  });

  assert.deepEqual(left, [[2, 1, 0], ['pending']]);
});

test('the documentation says of every table how long its rows are kept', () => {
  const folder = join(import.meta.dirname, '..');
  const tables = [...readFileSync(join(folder, 'migrations/schema.txt'), 'utf8').matchAll(/^table (\w+)/gm)].map(([, name]) => name!);
  const page = readFileSync(join(folder, '../../docs/database.md'), 'utf8');
  const section = page.slice(page.indexOf('## How long rows are kept'));
  const documented = [...section.slice(0, section.indexOf('\n## ', 1)).matchAll(/`([a-z_]+)`/g)].map(([, name]) => name!);

  assert.ok(tables.length > 20);
  assert.deepEqual(
    tables.filter((name) => !documented.includes(name)),
    [],
  );
});
