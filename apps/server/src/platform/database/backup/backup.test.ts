import assert from 'node:assert/strict';
import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { query, startTestCluster, type TestCluster } from '../../../../test/start-test-cluster.ts';
import { appendAudit, verifyAudit } from '../../audit/index.ts';
import { type Keyring, loadKeyring } from '../../keyring/index.ts';
import { openDatabase } from '../index.ts';
import { checkSchema } from '../migrations/check-schema.ts';
import { loadMigrations } from '../migrations/load-migrations.ts';
import { createMigrator } from '../migrations/migrator.ts';
import { backUpDatabase } from './back-up-database.ts';
import { restoreDatabase } from './restore-database.ts';
import type { RestoreOptions } from './restore-database.ts';

const keyring = await makeKeyring();
const migrations = loadMigrations();
const tenants = [randomUUIDv7(), randomUUIDv7()];
// What a careless text format would spoil.
const awkward = 'tab\there, line\nbreak, back\\slash, \\N, "quote", é, 🔑, \\.';

async function makeKeyring(): Promise<Keyring> {
  using directory = createTemporaryDirectory();
  return await loadKeyring({ file: join(directory.path, 'keys.json'), mayCreate: true });
}

async function backUp(url: string): Promise<Buffer> {
  let content = Buffer.alloc(0);
  await backUpDatabase(url, keyring, async (encrypted) => {
    content = await buffer(encrypted);
  });
  return content;
}

function restore(
  url: string,
  content: Buffer,
  options: Partial<Pick<RestoreOptions, 'keyring' | 'resumesTasks'>> = {},
): ReturnType<typeof restoreDatabase> {
  const migrator = createMigrator({ url, appRole: 'deployguard_app', migrations });
  return restoreDatabase(Readable.from([content]), { url, migrator, migrations, keyring, ...options });
}

async function createDatabase(cluster: TestCluster, name: string): Promise<TestCluster> {
  await query(cluster.superuserUrl, `create database ${name} owner deployguard_owner`);
  const at = (url: string): string => url.replace('/deployguard?', `/${name}?`);
  return { ...cluster, url: at(cluster.url), migrationUrl: at(cluster.migrationUrl), superuserUrl: at(cluster.superuserUrl) };
}

async function fill(url: string): Promise<void> {
  const database = openDatabase({ url });
  for (const tenantId of tenants) {
    await database.asSystem((tx) =>
      tx
        .insertInto('tenants')
        .values({ id: tenantId, tenant_id: tenantId, user_id: `${awkward} ${tenantId}`.slice(0, 255) })
        .execute(),
    );
    await database.asTenant(tenantId, async (tx) => {
      const job = { user_id: 'alice', source_platform: 'github', source_url: 'https://github.com/acme/shop', expires_at: new Date() };
      await tx
        .insertInto('jobs')
        .values(Array.from({ length: 500 }, () => ({ id: randomUUIDv7(), ...job, source_branch: awkward })))
        .execute();
      const sealed = [randomBytes(40), randomBytes(0)];
      await tx
        .insertInto('webhook_endpoints')
        .values({ id: randomUUIDv7(), user_id: 'alice', url: 'https://h', event_types: [awkward, 'NULL', ''], sealed_secrets: sealed })
        .execute();
      await appendAudit(tx, { userId: 'alice', action: 'scan_started', details: { awkward } });
      await appendAudit(tx, { userId: 'alice', action: 'scan_ended' });
    });
  }
  await database.close();
}

/** Every row of every table, as the one who sees all. */
async function readAll(url: string): Promise<unknown> {
  const names = await query<{ name: string }>(
    url,
    `select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'schema_migrations' order by 1`,
  );
  const tables = [];
  for (const { name } of names) tables.push([name, await query(url, `select row_to_json(t)::text as row from ${name} t order by 1`)]);
  return tables;
}

for (const [from, to] of [
  [15, 18],
  [18, 15],
] as const) {
  describe(`from PostgreSQL ${from} to ${to}`, () => {
    let source: TestCluster;
    let target: TestCluster;
    before(async () => {
      [source, target] = await Promise.all([
        startTestCluster({ majorVersion: from }),
        startTestCluster({ majorVersion: to, isMigrated: false }),
      ]);
      await fill(source.url);
    });
    after(async () => {
      await source.stop();
      await target.stop();
    });

    test('drill: all rows of all tenants are back, the audit chains hold, and the lock between tenants is on', async () => {
      const content = await backUp(source.migrationUrl);
      const summary = await restore(target.migrationUrl, content);

      assert.deepEqual(await readAll(target.superuserUrl), await readAll(source.superuserUrl));
      assert.equal(summary.rows, 2 * (1 + 500 + 1 + 2 + 1));
      assert.deepEqual(await checkSchema(target.migrationUrl), []);
      const database = openDatabase({ url: target.url });
      for (const tenantId of tenants) assert.deepEqual((await verifyAudit(database, tenantId)).fault, undefined);
      assert.deepEqual(await database.db.selectFrom('jobs').select('id').execute(), []);
      assert.equal((await database.asTenant(tenants[0]!, (tx) => tx.selectFrom('jobs').select('id').execute())).length, 500);
      await database.close();
    });

    test('what waited or ran is held, unless somebody wants it to go on', async () => {
      const [held, resumed] = [await createDatabase(target, 'held'), await createDatabase(target, 'resumed')];
      const states = ['failed', 'queued', 'running', 'succeeded'];
      for (const state of states) {
        await query(
          source.superuserUrl,
          `insert into tasks (tenant_id, id, kind, queue, subject, input, state, lease_owner, lease_until, finished_at)
           select $1, $2, 'job.push', 'push', $3, '{}', $4, case $4 when 'running' then 'worker' end, case $4 when 'running' then now() end,
             case when $4 in ('failed', 'succeeded') then now() end`,
          [tenants[0]!, randomUUIDv7(), state, state],
        );
      }
      const content = await backUp(source.migrationUrl);
      await query(source.superuserUrl, 'delete from tasks');

      const summaries = [await restore(held.migrationUrl, content), await restore(resumed.migrationUrl, content, { resumesTasks: true })];

      const statesIn = async ({ superuserUrl }: TestCluster): Promise<(string | undefined)[]> =>
        (await query<{ state: string }>(superuserUrl, 'select state from tasks order by subject')).map(({ state }) => state);
      assert.deepEqual(await statesIn(held), ['failed', 'dead', 'dead', 'succeeded']);
      assert.deepEqual(await statesIn(resumed), states);
      assert.deepEqual(
        summaries.map(({ heldTasks }) => heldTasks),
        [2, 0],
      );
    });

    test('what is not whole, or of another key, is refused and leaves nothing', { timeout: 60_000 }, async () => {
      const empty = await createDatabase(target, 'damaged');
      const content = await backUp(source.migrationUrl);
      const flipped = (at: number): Buffer => Buffer.from(content.map((byte, index) => (index === at ? byte ^ 1 : byte)));
      const damaged = [
        Buffer.alloc(0),
        content.subarray(0, 20),
        content.subarray(0, content.length >> 1),
        content.subarray(0, -1),
        Buffer.concat([content, Buffer.from([0])]),
        flipped(3),
        flipped(20),
        flipped(41),
        flipped(content.length >> 1),
        flipped(content.length - 1),
      ];

      for (const [index, variant] of damaged.entries()) {
        await assert.rejects(
          restore(empty.migrationUrl, variant),
          { code: /^(?:CONTENT_DAMAGED|KEY_UNKNOWN|KEY_REFUSED)$/ },
          String(index),
        );
      }
      await assert.rejects(restore(empty.migrationUrl, content, { keyring: await makeKeyring() }), { code: 'KEY_UNKNOWN' });
      const rows = await query(empty.superuserUrl, 'select (select count(*) from tenants) + (select count(*) from jobs) as rows');
      assert.deepEqual(rows, [{ rows: '0' }]);
      assert.deepEqual(await checkSchema(empty.migrationUrl), []);
    });

    test('a database that is not empty is left alone', async () => {
      const content = await backUp(source.migrationUrl);
      const rowsBefore = await readAll(source.superuserUrl);

      await assert.rejects(restore(source.migrationUrl, content), { code: 'RESTORE_REFUSED', message: /not empty/ });

      assert.deepEqual(await readAll(source.superuserUrl), rowsBefore);
      assert.deepEqual(await checkSchema(source.migrationUrl), []);
    });

    test('a login that cannot see all rows makes no backup', async () => {
      await assert.rejects(backUp(source.url), { code: 'BACKUP_REFUSED', message: /"deployguard_app" does not own/ });
    });

    test('a backup of other migrations is refused', async () => {
      const other = await createDatabase(target, 'other');
      const content = await backUp(source.migrationUrl);
      const known = migrations.map((migration, index) => (index === 0 ? { ...migration, checksum: 'f'.repeat(64) } : migration));
      const url = other.migrationUrl;

      const refused = restoreDatabase(Readable.from([content]), {
        url,
        migrator: createMigrator({ url, migrations: known }),
        migrations: known,
        keyring,
      });

      await assert.rejects(refused, { code: 'RESTORE_REFUSED', message: /0001-core/ });
    });

    test('nothing of the rows is readable in the backup', async () => {
      const content = await backUp(source.migrationUrl);

      assert.ok(!content.includes('alice') && !content.includes('acme') && !content.includes('tenants'));
    });
  });
}
