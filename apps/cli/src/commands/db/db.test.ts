import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openDatabaseTools } from '@deployguard/server';
import { createTemporaryDirectory, type TemporaryDirectory } from '@deployguard/testkit';
import { type CliRun, runCli } from '../../../test/run-cli.ts';

const [tenantId, taskId] = [randomUUIDv7(), randomUUIDv7()];
let directory: TemporaryDirectory;
before(() => {
  directory = createTemporaryDirectory();
  // The database runs as another user when the tests run as root.
  chmodSync(directory.path, 0o755);
});
after(() => directory.dispose());

const dataDirectory = (name = 'data'): string => join(directory.path, name);

function run(args: string, environment: Readonly<Record<string, string>> = {}): Promise<CliRun> {
  return runCli(args.split(' '), { cwd: directory.path, environment: { DEPLOYGUARD_DATA_DIRECTORY: dataDirectory(), ...environment } });
}

async function writeRows(): Promise<void> {
  const tools = await openDatabaseTools({ dataDirectory: dataDirectory(), database: {} });
  try {
    await tools.database.asSystem((tx) =>
      tx.insertInto('tenants').values({ id: tenantId, tenant_id: tenantId, user_id: 'alice' }).execute(),
    );
    const task = { id: taskId, kind: 'job.push', queue: 'push', subject: tenantId, input: '{}' } as const;
    await tools.database.asTenant(tenantId, (tx) => tx.insertInto('tasks').values(task).execute());
  } finally {
    await tools.close();
  }
}

/** As somebody would who writes past the service. */
async function forgeEntry(): Promise<void> {
  const tools = await openDatabaseTools({ dataDirectory: dataDirectory(), database: {} });
  const hash = '0'.repeat(64);
  const entry = {
    id: randomUUIDv7(),
    seq: 1,
    user_id: 'mallory',
    action: 'scan_started',
    details: '{}',
    created_at: new Date(),
    prev_hash: hash,
    hash,
  };
  try {
    await tools.database.asTenant(tenantId, (tx) => tx.insertInto('audit_logs').values(entry).execute());
  } finally {
    await tools.close();
  }
}

test('a database goes up, is checked, goes down a step and up again, and its history tells', { timeout: 120_000 }, async () => {
  const before = await run('db current');
  const up = await run('db upgrade');
  const check = await run('db check');
  const down = await run('db downgrade');
  const differing = await run('db check');
  const again = await run('db upgrade');
  const history = await run('db history');

  assert.match(before.stdout, /^base \(\d+ pending\)$/m);
  assert.match(up.stdout, /^applied 0001-core$/m);
  assert.equal(check.exitCode, 0, check.output);
  const undone = /^undone (\d{4}-\S+)$/m.exec(down.stdout)?.[1];
  assert.equal(differing.stdout, `${undone} is pending.\n`);
  assert.equal(differing.exitCode, 5);
  assert.equal(again.stdout, `applied ${undone}\n`);
  assert.match(history.stdout, /^applied +\d{4}-\d\d-\d\dT\S+Z 0001-core$/m);
});

test('a stamp records only', async () => {
  const environment = { DEPLOYGUARD_DATA_DIRECTORY: dataDirectory('stamped') };

  const stamp = await run('db stamp 0001', environment);
  const check = await run('db check', environment);
  const audit = await run('audit verify', environment);

  assert.equal(stamp.stdout, 'recorded 0001-core\n');
  assert.equal(check.exitCode, 5);
  assert.match(audit.stderr, /lacks migrations of this version/);
});

test('a version that is none is a usage error, a server that is not there another', async () => {
  const unknown = await run('db upgrade 9999');
  const unreachable = await run('db current', { DATABASE_URL: 'postgresql://app@127.0.0.1:1/none', DEPLOYGUARD_AUTH_API_KEYS: 'true' });

  assert.deepEqual([unknown.exitCode, unreachable.exitCode], [2, 4]);
  assert.match(unknown.stderr, /There is no migration 9999/);
});

test('a backup is restored into an empty database, and only there', { timeout: 120_000 }, async () => {
  await run('db upgrade');
  await writeRows();
  const empty = { DEPLOYGUARD_DATA_DIRECTORY: dataDirectory('restored') };

  const backup = await run('db backup --output monday.backup --key-file backup.key');
  const twice = await run('db backup --output monday.backup --key-file backup.key');
  const refused = await run('db restore monday.backup --key-file backup.key');
  const restored = await run('db restore monday.backup --key-file backup.key', empty);
  const held = await run('tasks dead --all-tenants --json', empty);
  const redriven = await run(`tasks redrive ${taskId} --all-tenants`, empty);
  const again = await run(`tasks redrive ${taskId} --all-tenants`, empty);

  assert.match(backup.stdout, /^monday\.backup: 2 rows of \d+ tables\.\nbackup\.key: made\./);
  assert.equal(statSync(join(directory.path, 'monday.backup')).mode & 0o777, 0o600);
  assert.ok(!readFileSync(join(directory.path, 'monday.backup')).includes(tenantId));
  assert.match(twice.stderr, /monday\.backup exists/);
  assert.match(refused.stderr, /not empty/);
  assert.match(restored.stdout, /^2 rows of \d+ tables, as of \d{4}-[^]*\n1 tasks are held: /);
  assert.deepEqual([backup.exitCode, twice.exitCode, refused.exitCode, restored.exitCode], [0, 5, 5, 0]);
  const tasks = JSON.parse(held.stdout) as { id: string; tenant_id: string; state: string }[];
  assert.deepEqual(
    tasks.map(({ id, tenant_id, state }) => [id, tenant_id, state]),
    [[taskId, tenantId, 'dead']],
  );
  assert.equal(redriven.stdout, 'The task is queued.\n');
  assert.match(again.stderr, /only a dead or failed one can be tried again/);
});

test('arguments of the commands of the database that are none are usage errors, or say what is wrong, and never a fault of ours', async () => {
  writeFileSync(join(directory.path, 'garbage'), 'garbage');
  writeFileSync(join(directory.path, 'foreign.json'), JSON.stringify({ garbage: { seq: 1, hash: 'a'.repeat(64) } }));
  writeFileSync(join(directory.path, 'list.json'), '[]');
  const commands: Readonly<Record<string, number>> = {
    'audit verify --tenant garbage': 2,
    'audit verify --tenant 0193aa00-0000-7000-8000-000000000001': 2,
    'audit verify --anchors garbage': 2,
    'audit verify --anchors foreign.json': 2,
    'audit verify --anchors list.json': 2,
    'audit verify --anchors missing.json': 5,
    'audit verify --write-anchors missing/ends.json': 5,
    'db downgrade 1.5': 2,
    'db backup --output missing/a.backup --key-file backup.key': 5,
    'db backup --output a.backup --key-file garbage': 2,
    'db restore garbage --key-file backup.key': 5,
    'db restore monday.backup --key-file missing.key': 2,
    'db current --config missing.yaml': 2,
    'tasks redrive garbage --all-tenants': 2,
    'tasks redrive 0193aa00-0000-7000-8000-000000000001 --all-tenants': 2,
  };

  for (const [command, exitCode] of Object.entries(commands)) {
    const done = await run(command);

    assert.equal(done.exitCode, exitCode, `${command}: ${done.output}`);
    assert.match(done.stderr, /^error: \S/, command);
    assert.doesNotMatch(done.output, /^\s+at /m, command);
  }
});

test('O3: the audit log is verified, and one that was written past the service is not', { timeout: 120_000 }, async () => {
  const sound = await run('audit verify --write-anchors ends.json');
  await forgeEntry();
  const forged = await run('audit verify --anchors ends.json');
  writeFileSync(join(directory.path, 'nothing.json'), '{"a":1}');
  const unreadable = await run('audit verify --anchors nothing.json');

  assert.equal(sound.stdout, '0 entries of 1 tenants are as they were written.\n');
  assert.deepEqual(Object.keys(JSON.parse(readFileSync(join(directory.path, 'ends.json'), 'utf8')) as object), [tenantId]);
  assert.equal(forged.stdout, `broken: tenant ${tenantId}, entry 1 stands behind the end of the chain\n`);
  assert.deepEqual([sound.exitCode, forged.exitCode, unreadable.exitCode], [0, 5, 2]);
});

test('settings are checked without showing secrets', async () => {
  const planted = ['planted', 'value'].join('-');
  const environment = { BROKER_URL: `amqp://app:${planted}@rabbitmq/v`, DEPLOYGUARD_HTTP_PROT: '1' };
  writeFileSync(join(directory.path, 'config.yaml'), 'http:\n  port: 8080\n');

  const shown = await run('config check', environment);
  writeFileSync(join(directory.path, 'config.yaml'), 'http:\n  prot: 8080\n');
  const refused = await run('config check', environment);

  assert.match(shown.stdout, /^http\.port = 8080 {2}\(.*config\.yaml\)$/m);
  assert.match(shown.stdout, /^broker\.url = "amqp:\/\/rabbitmq\/v" {2}\(BROKER_URL\)$/m);
  assert.match(shown.stderr, /DEPLOYGUARD_HTTP_PROT is no setting\. Did you mean "DEPLOYGUARD_HTTP_PORT"\?/);
  assert.match(refused.stderr, /http\.prot: there is no such setting\. Did you mean "port"\?/);
  assert.deepEqual([shown.exitCode, refused.exitCode], [0, 2]);
  assert.ok(!shown.output.includes(planted));
});
