import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const script = join(import.meta.dirname, 'services');
const directory = mkdtempSync(join(tmpdir(), 'dg-services-test-'));
// The servers run under another account when root starts them.
chmodSync(directory, 0o711);
const state = join(directory, 'services');
const env = { ...process.env, DEPLOYGUARD_SERVICES_DIRECTORY: state, DEPLOYGUARD_SERVICES_LINGER_SECONDS: '1' };

after(async () => {
  await services('down');
  rmSync(directory, { recursive: true, force: true });
});

test('callers at the same time share one server', async () => {
  const answers = await Promise.all(Array.from({ length: 5 }, async () => await services('up', 'redis')));

  assert.equal(new Set(answers).size, 1);
  assert.match(answers[0]!, /^REDIS_URL=redis:\/\/:[0-9a-f]{32}@127\.0\.0\.1:\d+\/0\n$/);
  assert.match(await services('status'), /redis: up on port \d+/);
  await services('down');
});

test('a killed server comes back at the same address, with its data', async () => {
  const before = await services('up', 'redis', 'postgres');
  await services('run', 'redis', 'redis-cli', 'set', 'a', '1');
  await services('run', 'postgres', 'psql', '-d', 'deployguard', '-c', 'create table kept (a int); insert into kept values (7)');
  await services('kill', 'redis', 'postgres');
  assert.match(await services('status'), /postgres: down[^]*redis: down/);
  const again = await services('up', 'redis', 'postgres');

  assert.equal(again, before);
  assert.equal(await services('run', 'redis', 'redis-cli', 'get', 'a'), '1\n');
  assert.equal(await services('run', 'postgres', 'psql', '-d', 'deployguard', '-Atc', 'select a from kept'), '7\n');
  await services('stop', 'redis', 'postgres');
  assert.equal(await services('up', 'redis', 'postgres'), before);
  await services('down');
});

test('a server whose first start fails is made once more, and it is told', async () => {
  const programs = join(directory, 'faulty');
  mkdirSync(programs);
  const { stdout: redis } = await execute('sh', ['-c', 'command -v redis-server']);
  const started = join(directory, 'started');
  writeFileSync(started, '');
  chmodSync(started, 0o666);
  const faulty = `#!/bin/sh\necho >> ${started}\n[ "$(wc -l < ${started})" -gt 1 ] || { echo no luck; exit 1; }\nexec ${redis.trim()} "$@"\n`;
  writeFileSync(join(programs, 'redis-server'), faulty, { mode: 0o755 });
  chmodSync(programs, 0o755);

  const { stdout, stderr } = await execute(script, ['up', 'redis'], { env: { ...env, PATH: `${programs}:${process.env['PATH']}` } });

  assert.match(stdout, /^REDIS_URL=/);
  assert.match(stderr, /redis did not start[^]*no luck\nIt is tried once more/);
  assert.match(await services('status'), /redis: up/);
  await services('down');
});

test('nothing stays after down', async () => {
  const port = portOf(await services('up', 'redis'));

  await services('down');

  assert.deepEqual(readdirSync(state), ['locks']);
  assert.equal(await isListening(port), false);
});

test('servers end after the last process that they were started for, whoever it was', async () => {
  const [first, second] = [spawn('sleep', ['1000']), spawn('sleep', ['1000'])];
  const port = portOf(await services('up', '--for', String(first.pid), 'redis'));
  await services('up', '--for', String(second.pid), 'redis');

  first.kill('SIGKILL');
  await once(first, 'exit');
  await setTimeout(2500);
  assert.equal(await isListening(port), true);
  second.kill('SIGKILL');
  await once(second, 'exit');

  for (let tries = 0; tries < 100 && (await isListening(port)); tries++) await setTimeout(100);
  assert.equal(await isListening(port), false);
});

test('what died while nobody used it begins anew', async () => {
  const place = {
    env: { ...env, DEPLOYGUARD_SERVICES_DIRECTORY: join(directory, 'restarted'), DEPLOYGUARD_SERVICES_LINGER_SECONDS: '30' },
  };
  const user = spawn('sleep', ['1000']);
  const before = await execute(script, ['up', '--for', String(user.pid), 'redis'], place);
  await execute(script, ['kill', 'redis'], place);
  user.kill('SIGKILL');
  await once(user, 'exit');

  const after = await execute(script, ['up', '--for', String(process.pid), 'redis'], place);
  await execute(script, ['down'], place);

  assert.match(after.stdout, /^REDIS_URL=/);
  assert.notEqual(after.stdout, before.stdout);
});

test('when the place is taken away nobody keeps watching it', async () => {
  const place = join(directory, 'taken');
  const { stdout } = await execute(script, ['up', '--for', String(process.pid), 'redis'], {
    env: { ...env, DEPLOYGUARD_SERVICES_DIRECTORY: place },
  });
  assert.match(stdout, /^REDIS_URL=/);

  await execute(script, ['down'], { env: { ...env, DEPLOYGUARD_SERVICES_DIRECTORY: place } });
  rmSync(place, { recursive: true });

  const isWatched = (): boolean => listWatchedPlaces().includes(place);
  for (let tries = 0; tries < 100 && isWatched(); tries++) await setTimeout(100);
  assert.equal(isWatched(), false);
});

test('a place that belongs to someone else, and is a link, is refused', async () => {
  const link = join(directory, 'link');
  symlinkSync('/tmp', link);

  await assert.rejects(execute(script, ['up', 'redis'], { env: { ...env, DEPLOYGUARD_SERVICES_DIRECTORY: link } }), { code: 1 });
});

test('passwords are for oneself alone', async () => {
  await services('up', 'redis');

  assert.equal(statSync(join(state, 'redis')).mode & 0o077, 0);
  await services('down');
});

test('what is no command or service is a usage error', async () => {
  for (const args of [[], ['nonsense'], ['up', 'oracle'], ['kill'], ['run', 'redis'], ['up', '--for', '999999999']]) {
    await assert.rejects(services(...args), { code: 2 }, args.join(' '));
  }
  assert.equal(existsSync(join(state, 'oracle')), false);
});

test('where there is a MinIO it is the S3 server, which gets its password in a file', async () => {
  const programs = join(directory, 'programs');
  mkdirSync(programs);
  // What the script needs of it: it takes its keys from where it is told, listens where it is told, and says when it is ready.
  writeFileSync(
    join(programs, 'minio'),
    `#!${process.execPath}
const { readFileSync } = require('node:fs');
const [port] = process.argv[process.argv.indexOf('--address') + 1].split(':').slice(1);
const keys = readFileSync(process.env.MINIO_CONFIG_ENV_FILE, 'utf8');
const about = JSON.stringify({ arguments: process.argv.slice(2), environment: process.env, keys });
require('node:http').createServer(({ url }, response) => response.end(url === '/minio/health/ready' ? '' : about)).listen(port, '127.0.0.1');
`,
    { mode: 0o755 },
  );
  const withMinio = { ...env, PATH: `${programs}:${process.env['PATH']}` };
  const run = async (...args: readonly string[]): Promise<string> => (await execute(script, args, { env: withMinio })).stdout;

  const printed = await run('up', 's3');
  const settings = Object.fromEntries([...printed.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]));
  const about = (await (await fetch(settings['S3_ENDPOINT_URL']!)).json()) as { arguments: string[]; environment: object; keys: string };
  await run('kill', 's3');
  const again = await run('up', 's3');
  await run('down');

  assert.equal(again, printed);
  assert.equal(about.arguments[0], 'server');
  assert.match(
    about.keys,
    new RegExp(`^MINIO_ROOT_USER=${settings['S3_ACCESS_KEY']}\nMINIO_ROOT_PASSWORD=${settings['S3_SECRET_KEY']}$`, 'm'),
  );
  assert.ok(!JSON.stringify([about.arguments, about.environment]).includes(settings['S3_SECRET_KEY']!));
  await assert.rejects(execute(script, ['up', 's3'], { env: { ...withMinio, DEPLOYGUARD_S3_SERVER: 'swift' } }), /ceph or minio/);
});

async function services(...args: readonly string[]): Promise<string> {
  return (await execute(script, args, { env })).stdout;
}

/** Of all watches of this machine, as their environment tells (proc(5)). */
function listWatchedPlaces(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((id) => {
      try {
        if (!readFileSync(`/proc/${id}/cmdline`, 'utf8').endsWith('services\0watch\0')) return [];
        return /(?:^|\0)DEPLOYGUARD_SERVICES_DIRECTORY=([^\0]*)/.exec(readFileSync(`/proc/${id}/environ`, 'utf8'))?.[1] ?? [];
      } catch {
        // It has ended.
        return [];
      }
    });
}

function portOf(printed: string): number {
  return Number(/:(\d+)\//.exec(printed)?.[1]);
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
