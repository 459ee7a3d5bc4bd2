import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { createTemporaryDirectory, type TemporaryDirectory } from '@deployguard/testkit';
import { query } from '../../../../test/start-test-cluster.ts';
import { chooseSystemUser } from './choose-system-user.ts';
import { findPostgres, type PostgresInstallation } from './find-postgres.ts';
import { preparePrograms } from './prepare-programs.ts';
import { isServer } from './server-processes.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './start-embedded-postgres.ts';

let temporary: TemporaryDirectory;
let directory: string;
let running: EmbeddedPostgres[];
beforeEach(() => {
  temporary = createTemporaryDirectory();
  // The server runs as another user when the tests run as root.
  chmodSync(temporary.path, 0o755);
  directory = join(temporary.path, 'postgres');
  running = [];
});
afterEach(async () => {
  for (const postgres of running) await postgres.stop();
  temporary.dispose();
});

async function start(options: Partial<Parameters<typeof startEmbeddedPostgres>[0]> = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ directory, as: 'owner', isDurable: false, ...options });
  running.push(postgres);
  return postgres;
}

/** Another process that owns the server until it is killed. */
async function startOwnerProcess(): Promise<ChildProcess> {
  const module = join(import.meta.dirname, 'start-embedded-postgres.ts');
  const script = `import { startEmbeddedPostgres } from ${JSON.stringify(module)};
    const { pid } = await startEmbeddedPostgres({ directory: ${JSON.stringify(directory)}, as: 'owner' });
    console.log(pid); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

test('what was stored is there after a stop and a start, and the server is gone in between', async () => {
  const before = await start();
  await query(before.migrationUrl, 'create table notes (text text)');
  await query(before.migrationUrl, `insert into notes values ('kept')`);

  const pid = before.pid!;
  await before.stop();
  const isStopped = !isServer(pid);
  const after = await start();

  assert.ok(isStopped);
  assert.deepEqual(await query(after.migrationUrl, 'select text from notes'), [{ text: 'kept' }]);
  assert.equal(after.majorVersion, 18);
});

test('the server never runs as root, and only its user and we can reach its files and its socket', async () => {
  const { pid } = await start();

  const { uid, mode } = statSync(join(directory, 'data'));
  const serverUid = Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

  assert.equal(serverUid, uid);
  assert.notEqual(serverUid, 0);
  assert.equal(mode & 0o777, 0o700);
  assert.equal(statSync(join(directory, 'run')).mode & 0o777, 0o700);
  assert.equal(statSync(join(directory, 'postgres.log')).mode & 0o777, 0o600);
  assert.match(readFileSync(join(directory, 'data', 'pg_hba.conf'), 'utf8'), /^local all all peer map=deployguard\n$/);
});

test('the server of an owner that was killed is taken over, with all that was committed', { timeout: 30_000 }, async () => {
  const owner = await startOwnerProcess();
  const guest = await start({ as: 'guest' });
  await query(guest.migrationUrl, 'create table notes (text text)');
  await query(guest.migrationUrl, `insert into notes values ('kept')`);

  owner.kill('SIGKILL');
  await once(owner, 'exit');
  const next = await start();

  assert.equal(next.pid, guest.pid);
  assert.deepEqual(await query(next.migrationUrl, 'select text from notes'), [{ text: 'kept' }]);
});

test('there is one owner: a second is refused by name, a guest may use the server and leaves it running', async () => {
  const owner = await start();

  await assert.rejects(startEmbeddedPostgres({ directory, as: 'owner' }), {
    code: 'DATABASE_IN_USE',
    message: new RegExp(`in use by process ${process.pid}: only one service`),
  });
  const guest = await start({ as: 'guest' });
  await guest.stop();

  assert.deepEqual(await query(owner.url, 'select 1 as one'), [{ one: 1 }]);
});

test('a guest without an owner runs the server for itself', async () => {
  const guest = await start({ as: 'guest' });

  await guest.stop();

  assert.equal(existsSync(join(directory, 'data', 'postmaster.pid')), false);
});

test('three that start at once share one server', async () => {
  const all = await Promise.all([start({ as: 'guest' }), start({ as: 'guest' }), start({ as: 'guest' })]);

  assert.equal(new Set(all.map(({ pid }) => pid)).size, 1);
});

test('a server that dies is brought back', { timeout: 30_000 }, async () => {
  const postgres = await start();
  const first = postgres.pid!;

  process.kill(first, 'SIGKILL');
  while (postgres.pid === undefined || postgres.pid === first) await new Promise((resolve) => setImmediate(resolve));
  let answer: unknown;
  while (answer === undefined) answer = (await query(postgres.url, 'select 1 as one').catch(() => [undefined]))[0];

  assert.deepEqual(answer, { one: 1 });
});

test('a server that dies is brought back even while its last statement goes on', { timeout: 60_000 }, async () => {
  const postgres = await start();
  // Works without waiting for anything, and so does not notice for a while.
  const busy = query(postgres.migrationUrl, 'select sum(n) from generate_series(1, 5000000) n').catch(() => {});
  while (
    (
      await query(
        postgres.url.replace('deployguard_app', 'postgres'),
        `select from pg_stat_activity where state = 'active' and query like 'select sum%'`,
      )
    ).length === 0
  );
  const first = postgres.pid!;

  process.kill(first, 'SIGKILL');
  let answer: unknown;
  while (answer === undefined) answer = (await query(postgres.url, 'select 1 as one').catch(() => [undefined]))[0];

  assert.deepEqual(answer, { one: 1 });
  assert.notEqual(postgres.pid, first);
  await busy;
});

test('the lock file of a killed server whose process id is another program now does not stop the next', async () => {
  const postgres = await start();
  const lockFile = readFileSync(join(directory, 'data', 'postmaster.pid'), 'utf8');
  await postgres.stop();
  writeFileSync(join(directory, 'data', 'postmaster.pid'), lockFile.replace(/^\d+/, '1'));

  const next = await start();

  assert.deepEqual(await query(next.url, 'select 1 as one'), [{ one: 1 }]);
});

test('nor do the lock files of a killed server whose process id is another program of the same user now', { timeout: 60_000 }, async () => {
  const postgres = await start();
  const { uid } = statSync(join(directory, 'data'));
  const locks = [join(directory, 'data', 'postmaster.pid'), join(directory, 'run', '.s.PGSQL.5432.lock')];
  const texts = locks.map((lock) => readFileSync(lock, 'utf8'));
  await postgres.stop();
  const other = spawn('sleep', ['300'], process.getuid!() === 0 ? { uid } : {});
  for (const [index, lock] of locks.entries()) writeFileSync(lock, texts[index]!.replace(/^\d+/, String(other.pid)));

  const next = await start().finally(() => other.kill());

  assert.deepEqual(await query(next.url, 'select 1 as one'), [{ one: 1 }]);
});

test('the version that made the data opens it', async () => {
  const made = await start({ majorVersion: 15 });
  await made.stop();

  const opened = await start();
  const version = await query<{ server_version: string }>(opened.url, 'show server_version');

  assert.equal(opened.majorVersion, 15);
  assert.match(version[0]!.server_version, /^15\./);
  assert.throws(() => findPostgres(15, []), { code: 'DATABASE_BINARIES_MISSING', message: /made by PostgreSQL 15.*found: none/ });
});

test('the user of the server gets past the data directory, and a folder above that bars the way is named', async () => {
  const above = join(temporary.path, 'above');
  directory = join(above, 'data', 'postgres');
  mkdirSync(dirname(directory), { recursive: true });
  chmodSync(dirname(directory), 0o700);
  await (await start()).stop();

  chmodSync(above, 0o700);
  const again = startEmbeddedPostgres({ directory, as: 'owner', isDurable: false });

  // Who is not root is the user of the server, and may pass.
  if (process.getuid!() === 0) await assert.rejects(again, { code: 'DATABASE_START_FAILED', message: /may not pass .*\/above\. / });
  else await (await again).stop();
});

test('a deep folder gets its socket elsewhere', async () => {
  directory = join(temporary.path, 'a'.repeat(120), 'postgres');
  mkdirSync(dirname(directory), { recursive: true });
  chmodSync(dirname(directory), 0o755);

  const { url } = await start();

  assert.match(decodeURIComponent(url), /host=\/tmp\/deployguard-[0-9a-f]{16}$/);
  assert.deepEqual(await query(url, 'select 1 as one'), [{ one: 1 }]);
  rmSync(decodeURIComponent(new URL(url).searchParams.get('host')!), { recursive: true });
});

test('the log of the server holds no values of statements that failed', async () => {
  const planted = ['planted', 'value', process.pid].join('-');
  const { migrationUrl } = await start();
  await query(migrationUrl, 'create table notes (text text primary key)');
  await query(migrationUrl, 'insert into notes values ($1)', [planted]);

  await assert.rejects(query(migrationUrl, 'insert into notes values ($1)', [planted]), /duplicate key/);
  await assert.rejects(query(migrationUrl, `insert into nowhere values ('${planted}')`), /does not exist/);

  const log = readFileSync(join(directory, 'postgres.log'), 'utf8');
  assert.match(log, /duplicate key/);
  assert.ok(!log.includes(planted));
});

test('programs from a package without its links, in a place that only root can read, are copied and complete', async () => {
  const packaged = findPostgres(18);
  const place = join(temporary.path, 'private', 'package');
  mkdirSync(place, { recursive: true });
  cpSync(join(packaged.directory, '..', 'package.json'), join(place, 'package.json'));
  cpSync(packaged.directory, join(place, 'native'), { recursive: true, verbatimSymlinks: true });
  for (const name of readdirSync(join(place, 'native', 'lib'))) {
    const file = join(place, 'native', 'lib', name);
    if (lstatSync(file).isSymbolicLink()) rmSync(file);
  }
  chmodSync(join(temporary.path, 'private'), 0o700);
  const installation: PostgresInstallation = { ...packaged, directory: join(place, 'native') };
  const user = chooseSystemUser(join(temporary.path, 'none'));

  const programs = preparePrograms(installation, user, join(temporary.path, 'cache'));

  const isCopied = programs.startsWith(join(temporary.path, 'cache'));
  // Who is not root owns the private place, and so can use it where it is.
  assert.equal(isCopied, process.getuid!() === 0);
  const child = spawn(join(programs, 'postgres'), ['--version'], {
    env: {},
    ...(process.getuid!() === 0 ? { uid: user.uid, gid: user.gid } : {}),
  });
  const [output] = (await once(child.stdout, 'data')) as [Buffer];
  assert.match(output.toString(), /^postgres \(PostgreSQL\) 18\./);
});
