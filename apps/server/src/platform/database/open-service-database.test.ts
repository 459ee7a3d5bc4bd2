import assert from 'node:assert/strict';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { query, startTestCluster, type TestCluster } from '../../../test/start-test-cluster.ts';
import { loadMigrations } from './migrations/load-migrations.ts';
import { openServiceDatabase, type ServiceDatabase } from './open-service-database.ts';

const settings = { maxConnections: 4, statementTimeoutSeconds: 60, upgradeAtStart: true };
let cluster: TestCluster;
before(async () => {
  cluster = await startTestCluster({ isMigrated: false });
});
after(() => cluster.stop());

async function createDatabase(name: string): Promise<{ url: string; migrationUrl: string }> {
  await query(cluster.superuserUrl, `create database ${name} owner deployguard_owner`);
  return {
    url: cluster.url.replace('/deployguard?', `/${name}?`),
    migrationUrl: cluster.migrationUrl.replace('/deployguard?', `/${name}?`),
  };
}

const open = (urls: { url: string; migrationUrl?: string }, upgradeAtStart = true): Promise<ServiceDatabase> =>
  openServiceDatabase({ dataDirectory: '/nonexistent', database: { ...settings, ...urls, upgradeAtStart }, service: 'api' });

test('the embedded database is ready to use, twice, and its server is gone afterwards', { timeout: 60_000 }, async () => {
  using directory = createTemporaryDirectory();
  chmodSync(directory.path, 0o755);
  const upgrades = [];

  for (let start = 0; start < 2; start++) {
    const { database, upgraded, weakness, close } = await openServiceDatabase({
      dataDirectory: directory.path,
      database: settings,
      service: 'serve',
    });
    upgrades.push(upgraded.length);
    assert.equal(weakness, undefined);
    assert.deepEqual(await database.db.selectFrom('jobs').select('id').execute(), []);
    await close();
  }

  assert.deepEqual(upgrades, [loadMigrations().length, 0]);
});

test(
  'the death of the embedded server fails what runs on it, and nothing else: pool and listeners come back',
  { timeout: 60_000 },
  async () => {
    using directory = createTemporaryDirectory();
    chmodSync(directory.path, 0o755);
    const { database, close } = await openServiceDatabase({ dataDirectory: directory.path, database: settings, service: 'serve' });
    const heard = new Promise((resolve) => void database.listen('doorbell', resolve));
    await database.listen('ready', () => {});
    const running = database.asSystem((tx) => sql`select pg_sleep(30)`.execute(tx));
    const idle = database.db.selectFrom('jobs').select('id').execute();
    await idle;

    process.kill(Number.parseInt(readFileSync(join(directory.path, 'postgres', 'data', 'postmaster.pid'), 'utf8'), 10), 'SIGKILL');
    await assert.rejects(running);
    let rows: unknown;
    while (rows === undefined)
      rows = await database.db
        .selectFrom('jobs')
        .select('id')
        .execute()
        .catch(() => undefined);

    assert.deepEqual(rows, []);
    assert.equal(await heard, '');
    await close();
  },
);

test('replicas of a service that start at once all come up on an upgraded database', async () => {
  const urls = await createDatabase('replicas');

  const replicas = await Promise.all([open(urls), open(urls), open(urls)]);

  assert.deepEqual(
    replicas.flatMap(({ upgraded }) => upgraded).sort(),
    loadMigrations().map(({ name }) => name),
  );
  for (const { database, close } of replicas) {
    assert.deepEqual(await database.db.selectFrom('jobs').select('id').execute(), []);
    await close();
  }
});

test('who may not upgrade says what is missing', async () => {
  const urls = await createDatabase('pending');

  await assert.rejects(open(urls, false), { code: 'SCHEMA_NOT_READY', message: /lacks 0001-core.*deployguard db upgrade/ });
});

test('an application login without rights over tables starts on an upgraded database', async () => {
  const urls = await createDatabase('two_logins');
  await (await open(urls)).close();

  const { upgraded, weakness, close } = await open({ url: urls.url });
  await close();

  assert.deepEqual([upgraded, weakness], [[], undefined]);
});

test('one login for everything works, and is told to be weaker', async () => {
  const { migrationUrl } = await createDatabase('one_login');

  const { database, weakness, close } = await open({ url: migrationUrl });
  const jobs = await database.db.selectFrom('jobs').select('id').execute();
  await close();

  assert.deepEqual(jobs, []);
  assert.match(weakness!, /owns the tables/);
});

test('older software runs beside a newer schema, unless the step was breaking', async () => {
  const urls = await createDatabase('newer');
  await (await open(urls)).close();
  const record = (isBreaking: boolean): Promise<unknown> =>
    query(urls.migrationUrl, `insert into schema_migrations values ($1, $2, repeat('0', 64), $3)`, [
      isBreaking ? 9001 : 9000,
      `of the future`,
      isBreaking,
    ]);

  await record(false);
  await (await open(urls)).close();
  await record(true);

  await assert.rejects(open(urls), { code: 'SCHEMA_NOT_READY', message: /newer software/ });
});

test('a server that is not there is told', async () => {
  await assert.rejects(open({ url: 'postgresql://app@127.0.0.1:1/none' }), { code: 'DATABASE_UNREACHABLE' });
});
