import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { query, startTestCluster, type TestCluster } from '../../../test/start-test-cluster.ts';
import type { Database } from './index.ts';
import { openDatabase } from './open-database.ts';
import { findLoginWeakness } from './find-login-weakness.ts';
import { describeSchema, type TableDescription } from './snapshot/describe-schema.ts';
import { withClient } from './migrations/migrator.ts';

const [mine, theirs] = [randomUUIDv7(), randomUUIDv7()];
let cluster: TestCluster;
let database: Database;
let tables: readonly TableDescription[];

before(async () => {
  cluster = await startTestCluster();
  database = openDatabase({ url: cluster.url, maxConnections: 1 });
  await withClient(cluster.superuserUrl, async (client) => {
    ({ tables } = await describeSchema(client));
    // Order of tables would matter otherwise.
    await client.query('set session_replication_role = replica');
    for (const tenantId of [mine, theirs]) for (const table of tables) await client.query(buildInsert(table, tenantId));
  });
});
after(async () => {
  await database.close();
  await cluster.stop();
});

/** A row of any table: every column that must be filled, by its type. Texts pass for names, too. */
function buildInsert({ name, columns, checks }: TableDescription, tenantId: string): string {
  const mustHave: Record<string, readonly string[]> = { jobs: ['source_url'], deployments: ['repo_url'], waivers: ['rule'] };
  const filled = columns.filter(
    (column) =>
      ['id', 'tenant_id'].includes(column.name) || mustHave[name]?.includes(column.name) || (!column.isNullable && !column.hasDefault),
  );
  const values = filled.map((column) => {
    if (column.name === 'tenant_id' || column.type === 'uuid') return `'${tenantId}'`;
    if (column.type.endsWith('[]')) return `'{}'`;
    if (checks.some((check) => check.includes(column.name) && check.includes(String.raw`\d{4}-\d\d-\d\d`))) return `'2026-12-31'`;
    if (/^(text|character)/.test(column.type)) {
      const allowed = checks.find((check) => check.includes(`(${column.name} =`) || check.includes(`(${column.name})::text =`));
      return /'[^']*'/.exec(allowed ?? '')?.[0] ?? `'a${tenantId.slice(-12)}'`;
    }
    if (column.type.startsWith('timestamp')) return 'now()';
    if (column.type.startsWith('json')) return `'{}'`;
    if (column.type === 'boolean') return 'false';
    if (column.type === 'bytea') {
      const length = checks.map((check) => new RegExp(String.raw`octet_length\(${column.name}\) = (\d+)`).exec(check)?.[1]).find(Boolean);
      return `'\\x${'00'.repeat(Number(length ?? 1))}'`;
    }
    return '1';
  });
  return `insert into ${name} (${filled.map((column) => column.name).join(', ')}) values (${values.join(', ')})`;
}

test('T1: rows of another tenant are invisible and unwritable in every table, whatever the SQL', async () => {
  for (const table of tables) {
    const { name } = table;
    const counts = await database.asTenant(mine, (tx) =>
      sql<{
        all: number;
        theirs: number;
      }>`select count(*) as "all", count(*) filter (where tenant_id = ${theirs}) as theirs from ${sql.table(name)}`.execute(tx),
    );
    const update = sql`update ${sql.table(name)} set tenant_id = tenant_id where tenant_id = ${theirs}`;
    const remove = sql`delete from ${sql.table(name)} where tenant_id = ${theirs}`;
    const steal = sql`update ${sql.table(name)} set tenant_id = ${theirs}`;

    assert.deepEqual(counts.rows, [{ all: 1, theirs: 0 }], name);
    if (name !== 'audit_logs') {
      assert.equal((await database.asTenant(mine, (tx) => update.execute(tx))).numAffectedRows, 0n, name);
      assert.equal((await database.asTenant(mine, (tx) => remove.execute(tx))).numAffectedRows, 0n, name);
      await assert.rejects(
        database.asTenant(mine, (tx) => steal.execute(tx)),
        /violates/,
        name,
      );
    }
    await assert.rejects(
      database.asTenant(mine, (tx) => sql.raw(buildInsert(table, theirs)).execute(tx)),
      /new row violates row-level security policy/,
      name,
    );
  }
  const left = await query<{ rows: string }>(
    cluster.superuserUrl,
    `select count(*) as rows from (${tables.map(({ name }) => `select tenant_id from ${name}`).join(' union all ')}) every where tenant_id = $1`,
    [theirs],
  );
  assert.deepEqual(left, [{ rows: String(tables.length) }]);
});

test('a table that was forgotten would be told: each has its tenant first in its key, and the lock on, for the owner too', async () => {
  const locks = await query<{ name: string; isForced: boolean; hasPolicy: boolean; key: string; owner: string }>(
    cluster.superuserUrl,
    `select relname as name, relforcerowsecurity and relrowsecurity as "isForced", pg_get_userbyid(relowner) as owner,
       exists (select from pg_policy where polrelid = c.oid and polname = 'tenant' and polpermissive and polcmd = '*'
         and pg_get_expr(polqual, polrelid) = '(tenant_id = current_tenant())' and pg_get_expr(polwithcheck, polrelid) = '(tenant_id = current_tenant())') as "hasPolicy",
       (select attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0] where i.indrelid = c.oid and i.indisprimary) as key
     from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f') and relname <> 'schema_migrations' order by 1`,
  );

  assert.deepEqual(
    locks.filter(({ isForced, hasPolicy, key, owner }) => !isForced || !hasPolicy || key !== 'tenant_id' || owner !== 'deployguard_owner'),
    [],
  );
  assert.deepEqual(
    locks.map(({ name }) => name),
    tables.map(({ name }) => name),
  );
});

test('without a tenant there is nothing to see, and the pool carries none over', async () => {
  await database.asTenant(mine, (tx) => tx.selectFrom('jobs').select('id').execute());

  const rows = await database.db.selectFrom('jobs').select('id').execute();
  const settings =
    await sql`select current_setting('deployguard.tenant_id', true) as tenant, current_setting('deployguard.role', true) as role`.execute(
      database.db,
    );

  assert.deepEqual(rows, []);
  assert.ok(Object.values(settings.rows[0] as object).every((value) => value === '' || value === null));
});

test('a failed transaction of one tenant says nothing to the next', async () => {
  await assert.rejects(database.asTenant(theirs, (tx) => sql`select 1 / 0`.execute(tx)));

  assert.deepEqual(await database.db.selectFrom('jobs').select('id').execute(), []);
});

test('the system sees only tables that say so', async () => {
  const visible = await database.asSystem(async (tx) => {
    const counts = [];
    for (const { name } of tables) {
      const { rows } = await sql<{ count: number }>`select count(*) from ${sql.table(name)}`.execute(tx);
      if (rows[0]!.count > 0) counts.push(name);
    }
    return counts;
  });

  assert.deepEqual(visible, ['api_keys', 'duties', 'leases', 'outbox', 'tasks', 'tenants']);
  await assert.rejects(
    database.asSystem((tx) => tx.deleteFrom('audit_logs').execute()),
    /permission denied/,
  );
  await assert.rejects(
    database.asSystem((tx) => tx.updateTable('api_keys').set({ revoked_at: null }).returning('id').executeTakeFirstOrThrow()),
    /no result/,
  );
});

test('the application is not the owner: it cannot lift the lock, change tables, or rewrite the audit log', async () => {
  const attempts = [
    'alter table jobs disable row level security',
    'drop policy tenant on jobs',
    'create policy open on jobs using (true)',
    'truncate jobs',
    'create table more (id int)',
    'set role deployguard_owner',
    'update audit_logs set action = action',
    'delete from audit_logs',
    'update schema_migrations set version = 0',
    "set deployguard.role = 'backup'; select 1 / (select count(*) from jobs)",
  ];

  for (const attempt of attempts)
    await assert.rejects(query(cluster.url, attempt), /permission denied|must be owner|division by zero/, attempt);
  assert.equal(await findLoginWeakness(database.db), undefined);
});

test('a login that the lock cannot hold is told', async () => {
  const weaknesses = [];
  for (const url of [cluster.migrationUrl, cluster.superuserUrl]) {
    const other = openDatabase({ url });
    weaknesses.push(await findLoginWeakness(other.db));
    await other.close();
  }

  assert.match(weaknesses[0]!, /owns the tables/);
  assert.match(weaknesses[1]!, /bypasses row-level security/);
});

test('the owner is bound by the lock as well', async () => {
  assert.deepEqual(await query(cluster.migrationUrl, 'select id from jobs'), []);
});

test('a new row belongs to the tenant of its transaction, and large counts are numbers', async () => {
  const id = randomUUIDv7();
  await database.asTenant(mine, (tx) =>
    tx
      .insertInto('sources')
      .values({
        id,
        user_id: 'alice',
        name: 'a.bundle',
        storage_key: 'k',
        bytes: 5_000_000_000,
        sha256: '0'.repeat(64),
        expires_at: new Date(),
      })
      .execute(),
  );

  const source = await database.asTenant(mine, (tx) =>
    tx.selectFrom('sources').select(['tenant_id', 'bytes']).where('id', '=', id).executeTakeFirst(),
  );

  assert.deepEqual(source, { tenant_id: mine, bytes: 5_000_000_000 });
});

test('a statement that runs too long is cancelled', async () => {
  const hasty = openDatabase({ url: cluster.url, statementTimeoutSeconds: 1 });

  await assert.rejects(
    hasty.asTenant(mine, (tx) => sql`select pg_sleep(10)`.execute(tx)),
    /statement timeout/,
  );

  await hasty.close();
});

test('a server that goes away in the middle fails the transaction, not the process, and the next one is served', async () => {
  const lost: Error[] = [];
  const other = openDatabase({ url: cluster.url, maxConnections: 2, onConnectionLost: (error) => lost.push(error) });
  const cut = (pid: number): Promise<unknown> => query(cluster.superuserUrl, 'select pg_terminate_backend($1, 5000)', [pid]);
  const cutMyself = other.asTenant(mine, async (tx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
    await cut(rows[0]!.pid);
    return tx.selectFrom('jobs').select('id').execute();
  });

  await assert.rejects(cutMyself, /connection/);
  const jobs = await other.asTenant(mine, (tx) => tx.selectFrom('jobs').select('id').execute());
  await other.close();

  assert.equal(jobs.length, 1);
  assert.ok(lost.length > 0);
});

test('listeners hear their channel, and are told when something may have been missed', { timeout: 20_000 }, async () => {
  const heard: string[] = [];
  let wake = (): void => {};
  const next = (): Promise<void> => new Promise((resolve) => (wake = resolve));
  const follow = await database.listen('doorbell', (payload) => {
    heard.push(payload);
    wake();
  });
  await database.listen('other', (payload) => assert.equal(payload, ''));

  const first = next();
  await sql`select pg_notify('doorbell', 'one')`.execute(database.db);
  await first;
  const again = next();
  await query(cluster.superuserUrl, `select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %'`);
  await again;
  const last = next();
  await sql`select pg_notify('doorbell', 'two')`.execute(database.db);
  await last;
  await follow.close();
  await sql`select pg_notify('doorbell', 'three')`.execute(database.db);

  assert.deepEqual(heard, ['one', '', 'two']);
});

test('who sleeps in the middle of a transaction loses it, and others get its locks', async () => {
  const sleepy = openDatabase({ url: cluster.url, maxConnections: 1, idleTransactionSeconds: 1 });
  const rename = (name: string) => sql`update jobs set user_id = ${name} where tenant_id = ${mine}`;
  const others = Promise.withResolvers<void>();

  const sleeping = sleepy.asTenant(mine, async (tx) => {
    await rename('sleepy').execute(tx);
    database.asTenant(mine, (other) => rename('awake').execute(other)).then(() => others.resolve(), others.reject);
    await others.promise;
  });

  await assert.rejects(sleeping);
  await others.promise;
  const { rows } = await database.asTenant(mine, (tx) =>
    sql<{ user_id: string }>`select user_id from jobs where tenant_id = ${mine}`.execute(tx),
  );
  assert.deepEqual(rows, [{ user_id: 'awake' }]);
  await sleepy.close();
});

test('statements that stay prepared are planned anew each time, since tables grow', async () => {
  const single = openDatabase({ url: cluster.url, maxConnections: 1 });
  const count = () => single.asTenant(mine, (tx) => sql`select count(*) from jobs where tenant_id = ${mine}`.execute(tx));

  for (let time = 0; time < 20; time++) await count();

  const { rows } = await single.asTenant(mine, (tx) =>
    sql<{ custom_plans: number; generic_plans: number }>`
      select custom_plans, generic_plans from pg_prepared_statements where statement like 'select count%from jobs%'`.execute(tx),
  );
  assert.equal(rows.length, 1);
  assert.ok(rows[0]!.custom_plans >= 10);
  assert.equal(rows[0]!.generic_plans, 0);
  await single.close();
});

test('connections are counted: those at work, those that wait for work, and who waits for one', async () => {
  const [started, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const atRest = database.countConnections();
  const first = database.asTenant(mine, async (tx) => {
    await sql`select 1`.execute(tx);
    started.resolve();
    await mayEnd.promise;
  });
  await started.promise;
  const second = database.asTenant(mine, (tx) => sql`select 1`.execute(tx));
  while (database.countConnections().waiting === 0) await delay(5);

  const atWork = database.countConnections();

  mayEnd.resolve();
  await Promise.all([first, second]);
  assert.deepEqual({ ...atRest, idle: 0 }, { busy: 0, idle: 0, waiting: 0, max: 1 });
  assert.deepEqual(atWork, { busy: 1, idle: 0, waiting: 1, max: 1 });
});

test('a connection that breaks is told, but not while all of them are being closed', async () => {
  const lost: Error[] = [];
  const breakUnder = async (close: boolean): Promise<number> => {
    const other = openDatabase({ url: cluster.url, applicationName: 'breaking', onConnectionLost: (error) => lost.push(error) });
    const sleeping = assert.rejects(other.asTenant(mine, (tx) => sql`select pg_sleep(600)`.execute(tx)));
    const isAsleep = (): Promise<object[]> =>
      query(cluster.superuserUrl, `select 1 from pg_stat_activity where application_name = 'breaking' and wait_event = 'PgSleep'`);
    while ((await isAsleep()).length === 0) await delay(20);
    const closed = close ? other.close() : undefined;
    await query(cluster.superuserUrl, `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'breaking'`);
    await sleeping;
    await (closed ?? other.close());
    return lost.length;
  };

  const whileClosing = await breakUnder(true);
  const before = await breakUnder(false);

  assert.equal(whileClosing, 0);
  assert.ok(before > 0);
});
