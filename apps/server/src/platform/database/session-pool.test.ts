import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { query, startTestCluster, type TestCluster } from '../../../test/start-test-cluster.ts';
import type { Database } from './index.ts';
import { openDatabase } from './open-database.ts';

const tenantId = randomUUIDv7();
let cluster: TestCluster;
let database: Database;
before(async () => {
  cluster = await startTestCluster();
  // One connection, so that what it has prepared can be asked for.
  database = openDatabase({ url: cluster.url, maxConnections: 1 });
  await query(cluster.superuserUrl, 'insert into tenants (tenant_id, id, user_id) values ($1, $1, $2)', [tenantId, 'alice']);
});
after(async () => {
  await database.close();
  await cluster.stop();
});

async function countPrepared(text: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from pg_prepared_statements where statement like ${text}`.execute(database.db);
  return rows[0]!.count;
}

test('a transaction that does nothing is never begun, and what it would have been for is forgotten', async () => {
  const result = await database.asTenant(tenantId, async () => 'done');
  const failed = database.asTenant(tenantId, () => Promise.reject(new Error('no')));

  assert.equal(result, 'done');
  await assert.rejects(failed, { message: 'no' });
  assert.deepEqual(await database.db.selectFrom('tenants').select('user_id').execute(), []);
});

test('a failed first statement undoes its transaction and leaves the connection usable', async () => {
  const failed = database.asTenant(tenantId, (tx) => sql`select nonsense`.execute(tx));

  await assert.rejects(failed, { code: '42703' });
  const users = await database.asTenant(tenantId, (tx) => tx.selectFrom('tenants').select('user_id').execute());
  assert.deepEqual(users, [{ user_id: 'alice' }]);
});

test('statements that come often are prepared; those of all columns are not, for a newer version may add one while they run', async () => {
  await query(cluster.superuserUrl, 'create table boxes (id integer); grant all on boxes to public; insert into boxes values (1)');
  const readAll = (): Promise<unknown> => sql`select * from boxes`.execute(database.db).then(({ rows }) => rows);
  const readIds = (): Promise<unknown> =>
    sql`select id, (select count(*) from boxes) from boxes`.execute(database.db).then(({ rows }) => rows);
  for (let round = 0; round < 8; round++) await Promise.all([readAll(), readIds()]);

  await query(cluster.superuserUrl, 'alter table boxes add size integer default 7');

  assert.deepEqual(await readAll(), [{ id: 1, size: 7 }]);
  assert.deepEqual(await readIds(), [{ id: 1, count: 1 }]);
  assert.equal(await countPrepared('select id, (select count(*) from boxes) from boxes'), 1);
  assert.equal(await countPrepared('select * from boxes'), 0);
});

test('statements without number do not fill the memory of the database', async () => {
  for (let round = 0; round < 8; round++) await database.db.selectFrom('tenants').select('id').where('user_id', '=', 'x').execute();
  for (let number = 0; number < 30; number++) await sql`select ${sql.raw(String(number))} as one`.execute(database.db);

  assert.equal(await countPrepared('select % as one'), 0);
  assert.equal(await countPrepared('%from "tenants"%'), 1);
});

test('a connection that breaks under a statement is told as a database that cannot be reached, and the next one works', async () => {
  const isReady = (): Promise<boolean> =>
    database.db
      .selectFrom('tenants')
      .select('id')
      .execute()
      .then(
        () => true,
        () => false,
      );
  const unreachable = { name: 'DatabaseError', code: 'DATABASE_UNREACHABLE' };
  for (const work of [
    () => sql`select pg_sleep(600)`.execute(database.db),
    () => database.asTenant(tenantId, (tx) => sql`select pg_sleep(600)`.execute(tx)),
  ]) {
    const sleeping = work();
    const broken = assert.rejects(sleeping, unreachable);

    const checkpointer = await findCheckpointer();
    // It says nothing as it ends, and the server starts anew: but not before it has noticed.
    process.kill(await findSleeper(), 'SIGKILL');

    await broken;
    while ([undefined, checkpointer].includes(await findCheckpointer())) await delay(50);
    while (!(await isReady())) await delay(50);
  }
});

test('a connection that the server ends is told as a database that cannot be reached', async () => {
  const sleeping = database.asTenant(tenantId, (tx) => sql`select pg_sleep(600)`.execute(tx));
  const broken = assert.rejects(sleeping, { name: 'DatabaseError', code: 'DATABASE_UNREACHABLE' });

  await query(cluster.superuserUrl, 'select pg_terminate_backend($1)', [await findSleeper()]);

  await broken;
});

/** A process that the server starts anew with itself; undefined while it does not let anybody in. */
async function findCheckpointer(): Promise<number | undefined> {
  const found = await query<{ pid: number }>(
    cluster.superuserUrl,
    `select pid from pg_stat_activity where backend_type = 'checkpointer'`,
  ).catch(() => []);
  return found[0]?.pid;
}

/** The process in which a statement of the application sleeps. */
async function findSleeper(): Promise<number> {
  for (;;) {
    const [sleeper] = await query<{ pid: number }>(
      cluster.superuserUrl,
      `select pid from pg_stat_activity where wait_event = 'PgSleep' and usename = 'deployguard_app'`,
    );
    if (sleeper !== undefined) return sleeper.pid;
    await delay(50);
  }
}
