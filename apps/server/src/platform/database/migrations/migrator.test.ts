import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { query, startTestCluster, type TestCluster } from '../../../../test/start-test-cluster.ts';
import { describeSchema } from '../snapshot/describe-schema.ts';
import { loadMigrations, parseMigration } from './load-migrations.ts';
import { createMigrator, resolveVersion, withClient } from './migrator.ts';

const appRole = 'deployguard_app';
let cluster: TestCluster;
before(async () => {
  cluster = await startTestCluster({ isMigrated: false });
});
after(() => cluster.stop());

const first = parseMigration(
  '0001-boxes.sql',
  '-- migrate:up\ncreate table boxes (tenant_id uuid, id int);\n-- migrate:down\ndrop table boxes;\n',
);
const second = parseMigration(
  '0002-size.sql',
  '-- migrate:up\nalter table boxes add size int;\n-- migrate:down\nalter table boxes drop size;\n',
);

async function createDatabase(name: string): Promise<string> {
  await query(cluster.superuserUrl, `create database ${name} owner deployguard_owner`);
  return cluster.migrationUrl.replace('/deployguard?', `/${name}?`);
}

async function listTables(url: string): Promise<string[]> {
  const rows = await query<{ name: string }>(url, `select tablename as name from pg_tables where schemaname = 'public' order by 1`);
  return rows.map(({ name }) => name);
}

test('every migration of the service goes up, down to what was before, and up to the same again', async () => {
  const migrations = loadMigrations();
  const migrator = createMigrator({ url: await createDatabase('there_and_back'), appRole });
  const url = cluster.migrationUrl.replace('/deployguard?', '/there_and_back?');
  const listings: string[] = [];
  // A column that comes back stands behind the others, where nobody looks for it.
  const describe = (): Promise<string> => withClient(url, async (client) => sortLines((await describeSchema(client)).text));

  for (const { version } of migrations) {
    listings.push(await describe());
    await migrator.upgrade(version);
    const above = await describe();
    await migrator.downgrade(version - 1);
    assert.equal(await describe(), listings.at(-1));
    await migrator.upgrade(version);
    assert.equal(await describe(), above);
  }
  await migrator.downgrade(0);

  assert.equal(await describe(), listings[0]);
  assert.deepEqual(await listTables(url), ['schema_migrations']);
});

/** Of each table by itself. */
function sortLines(description: string): string {
  return description
    .split('\n\n')
    .map((table) => table.split('\n').sort().join('\n'))
    .join('\n\n');
}

test('replicas that start at once do each step once', async () => {
  const url = await createDatabase('three_replicas');

  const done = await Promise.all([1, 2, 3, 4, 5, 6].map(() => createMigrator({ url, appRole, migrations: [first, second] }).upgrade()));

  assert.deepEqual(
    done
      .flat()
      .map(({ name }) => name)
      .sort(),
    ['0001-boxes', '0002-size'],
  );
});

test('a step that fails leaves nothing behind and says where', async () => {
  const url = await createDatabase('failing');
  const broken = parseMigration(
    '0002-wrong.sql',
    '-- migrate:up\ncreate table lids (id int);\nselect nonsense;\n-- migrate:down\ndrop table lids;\n',
  );
  const migrator = createMigrator({ url, migrations: [first, broken] });

  const upgrade = migrator.upgrade();

  await assert.rejects(upgrade, {
    code: 'MIGRATION_FAILED',
    message: /0002-wrong: column "nonsense" does not exist \(line 3 of its part\)/,
  });
  assert.deepEqual(await listTables(url), ['boxes', 'schema_migrations']);
});

test('a migration that changed after being applied is refused', async () => {
  const url = await createDatabase('changed');
  await createMigrator({ url, migrations: [first] }).upgrade();
  const edited = parseMigration('0001-boxes.sql', '-- migrate:up\ncreate table boxes (id bigint);\n-- migrate:down\ndrop table boxes;\n');
  const migrator = createMigrator({ url, migrations: [edited, second] });

  const upgrade = migrator.upgrade();

  await assert.rejects(upgrade, { code: 'MIGRATION_CHANGED', message: /0001-boxes\.sql/ });
  assert.deepEqual(
    (await migrator.history()).map(({ state }) => state),
    ['changed', 'pending'],
  );
});

test('older software knows that newer software was here and does not undo what it does not know', async () => {
  const url = await createDatabase('newer');
  await createMigrator({ url, migrations: [first, second] }).upgrade();
  const older = createMigrator({ url, migrations: [first] });

  const history = await older.history();

  assert.deepEqual(
    history.map(({ name, state }) => [name, state]),
    [
      ['0001-boxes', 'applied'],
      ['0002-size', 'unknown'],
    ],
  );
  assert.deepEqual(await older.upgrade(), []);
  await assert.rejects(older.downgrade(0), { code: 'MIGRATION_UNKNOWN' });
});

test('a login that may not change tables is told so', async () => {
  await createDatabase('not_mine');
  const migrator = createMigrator({ url: cluster.url.replace('/deployguard?', '/not_mine?'), migrations: [first] });

  await assert.rejects(migrator.upgrade(), {
    code: 'DATABASE_RIGHTS_MISSING',
    message: /"deployguard_app" lacks rights: permission denied for schema public/,
  });
});

test('a stamp records without running', async () => {
  const url = await createDatabase('stamped');
  const migrator = createMigrator({ url, migrations: [first, second] });

  await migrator.stamp(1);

  assert.deepEqual(
    (await migrator.history()).map(({ state }) => state),
    ['applied', 'pending'],
  );
  assert.deepEqual(await listTables(url), ['schema_migrations']);
});

test('a step gives way to running queries instead of stopping everybody behind it', async () => {
  const url = await createDatabase('busy');
  await createMigrator({ url, migrations: [first] }).upgrade();
  const migrator = createMigrator({ url, migrations: [first, second], lockTimeoutSeconds: 0.1 });

  await withClient(url, async (reader) => {
    await reader.query('begin; select * from boxes');
    const upgrade = migrator.upgrade();
    // The step waits for the reader; others do not wait for the step longer than its time.
    for (let i = 0; i < 3; i++) await query(url, 'select * from boxes');
    await reader.query('commit');
    assert.deepEqual(
      (await upgrade).map(({ name }) => name),
      ['0002-size'],
    );
  });
});

test('files need their number, both parts and a telling name', () => {
  const up = '-- migrate:up\nselect 1;\n-- migrate:down\n';

  assert.throws(() => parseMigration('1-x.sql', up), { code: 'MIGRATION_INVALID' });
  assert.throws(() => parseMigration('0001-x.sql', 'select 1;'), { code: 'MIGRATION_INVALID' });
  assert.throws(() => parseMigration('0001-x.sql', '-- migrate:up\n\n-- migrate:down\n'), { code: 'MIGRATION_INVALID' });
  assert.equal(parseMigration('0001-x.sql', `-- breaking\n${up}`).isBreaking, true);
  assert.equal(parseMigration('0001-x.sql', up).isBreaking, false);
});

test('a version is named by number, name, head, base or steps from here', () => {
  const migrations = [first, second];

  const versions = ['head', 'base', '+1', '-1', '2', '0002', '0001-boxes', '-9'].map((word) => resolveVersion(word, migrations, 1));

  assert.deepEqual(versions, [2, 0, 2, 0, 2, 2, 1, 0]);
  assert.throws(() => resolveVersion('9', migrations, 1), { code: 'MIGRATION_UNKNOWN', message: /0001 to 0002/ });
});
