import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createTestDatabase } from '../../../../test/create-test-database.ts';
import { query } from '../../../../test/start-test-cluster.ts';
import type { TestLogins } from '../../../../test/start-test-cluster.ts';
import { openDatabase } from '../../database/index.ts';
import type { Database } from '../../database/index.ts';
import { createDatabaseRateLimitStore } from './database-store.ts';
import { openTestApp } from '../../../../test/open-test-app.ts';
import { createMemoryRateLimitStore } from './memory-store.ts';
import { createRateLimiter } from './rate-limiter.ts';
import type { RateBucket, RateLimit, RateLimitStore } from './rate-limiter.ts';

const limit = { timeout: 30_000 };
const rule: RateLimit = { name: 'user', requests: 25, windowSeconds: 60 };

const tenantId = randomUUIDv7();
let logins: TestLogins;
let database: Database;
before(async () => {
  logins = await createTestDatabase();
  await query(logins.superuserUrl, `insert into tenants (tenant_id, id, user_id) values ('${tenantId}', '${tenantId}', 'alice')`);
  database = openDatabase({ url: logins.url });
});
after(async () => {
  await database.close();
  await logins.stop();
});

// One contract for all stores.
for (const [name, open] of [
  ['memory', () => createMemoryRateLimitStore()],
  ['database', () => createDatabaseRateLimitStore(database)],
] as const satisfies readonly (readonly [string, () => RateLimitStore])[]) {
  test(`${name}: of many requests at once on three replicas, as many are allowed as the limit says`, limit, async () => {
    const store = open();
    const now = clock(60_000 * 1000);
    const replicas = [1, 2, 3].map(() => createRateLimiter(store, now));

    const verdicts = await Promise.all(Array.from({ length: 90 }, (_, index) => replicas[index % 3]!.take(rule, subject('a'))));

    const allowed = verdicts.filter(({ isAllowed }) => isAllowed).length;
    assert.equal(allowed, rule.requests);
  });

  test(`${name}: a new window begins from nothing`, limit, async () => {
    const now = clock(60_000 * 2000);
    const limiter = createRateLimiter(open(), now);
    for (let count = 0; count < 30; count++) await limiter.take(rule, subject('b'));
    const before = await limiter.take(rule, subject('b'));

    now.advance(60_000);
    const after = await limiter.take(rule, subject('b'));

    assert.deepEqual([before.isAllowed, before.remaining, before.resetSeconds], [false, 0, 60]);
    assert.equal(after.isAllowed, true);
  });

  test(`${name}: what one uses up is not missing for another`, limit, async () => {
    const limiter = createRateLimiter(open(), clock(60_000 * 3000));
    for (let count = 0; count < 30; count++) await limiter.take(rule, subject('c'));

    assert.equal((await limiter.take(rule, subject('d'))).isAllowed, true);
  });
}

test('what remains is counted down to nothing, on one replica exactly', limit, async () => {
  const limiter = createRateLimiter(createMemoryRateLimitStore(), clock(0));

  const remaining = [];
  for (let count = 0; count < 26; count++) remaining.push((await limiter.take(rule, { key: 'a' })).remaining);

  assert.deepEqual(remaining, [...Array.from({ length: 25 }, (_, index) => 24 - index), 0]);
});

test('the store is asked for a tenth of the limit at a time', limit, async () => {
  const amounts: number[] = [];
  const memory = createMemoryRateLimitStore();
  const limiter = createRateLimiter({ take: (...draw) => (amounts.push(draw[2]), memory.take(...draw)) }, clock(0));

  for (let count = 0; count < 25; count++) await limiter.take(rule, { key: 'a' });

  assert.deepEqual(
    amounts,
    Array.from({ length: 9 }, () => 3),
  );
});

test('while the store is down, each replica counts alone', limit, async () => {
  const limiter = createRateLimiter({ take: () => Promise.reject(new Error('down')) }, clock(0));

  const verdicts = [];
  for (let count = 0; count < 30; count++) verdicts.push((await limiter.take(rule, { key: 'a' })).isAllowed);

  assert.equal(verdicts.filter(Boolean).length, rule.requests);
});

test('over HTTP: headers tell the limit, and whoever is over it is told when to come back', limit, async () => {
  const service = await openTestApp({
    database,
    userLimit: { name: 'user', requests: 2, windowSeconds: 3600 },
    addressLimit: { name: 'address', requests: 2, windowSeconds: 3600 },
  });
  const ask = async (headers: Record<string, string>): Promise<Response> => fetch(`${service.url}/api/v2/api-keys`, { headers });
  const alice = await service.asUser('alice');

  const first = await ask(alice);
  await ask(alice);
  const third = await ask(alice);
  const bob = await ask(await service.asUser('bob'));
  const guesses = [await ask({}), await ask({}), await ask({ 'x-api-key': 'dgk_guess' })];

  assert.equal(first.headers.get('ratelimit-policy'), '"user";q=2;w=3600');
  assert.match(first.headers.get('ratelimit')!, /^"user";r=1;t=\d+$/);
  assert.equal(third.status, 429);
  assert.ok(Number(third.headers.get('retry-after')) > 0);
  assert.equal(((await third.json()) as { code: string }).code, 'RATE_LIMITED');
  assert.equal(bob.status, 200);
  // Failed attempts count for the address, and do not lock out who has credentials.
  assert.deepEqual(
    guesses.map(({ status }) => status),
    [401, 401, 429],
  );
  assert.equal((await ask(await service.asUser('carol'))).status, 200);
  await service.close();
});

/** One who has signed in; the process keeps runs apart in a store that outlives them. */
function subject(name: string): RateBucket {
  return { tenantId, key: `${name}-${process.pid}` };
}

function clock(start: number): (() => number) & { advance(milliseconds: number): void } {
  let time = start;
  return Object.assign(() => time, { advance: (milliseconds: number) => void (time += milliseconds) });
}
