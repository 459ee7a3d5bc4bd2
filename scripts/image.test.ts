// Builds the image and runs it for real. Takes minutes, root, and podman or docker: in CI it runs, elsewhere by npm run test:image.
//   DEPLOYGUARD_CONTAINER_TOOL         default: podman or docker; further words are flags of every command, such as `podman --runtime runc`
//   DEPLOYGUARD_CONTAINER_BUILD_FLAGS  default: the npm settings and authorities of this machine as secrets
//   DEPLOYGUARD_CONTAINER_RUN_FLAGS    default: none, or limits that this machine can give, such as `--ulimit nofile=4096:4096`
//   DEPLOYGUARD_BASE_IMAGE             default: one that scripts/base-image makes
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Job } from '@deployguard/contracts';
import { createTemporaryDirectory, findFreePort, startTestServices } from '@deployguard/testkit';
import { aToken } from '../apps/cli/test/a-token.ts';
import { aWorkTree } from '../apps/cli/test/a-work-tree.ts';
import { runCli } from '../apps/cli/test/run-cli.ts';
import { findBaseImage } from './find-base-image.ts';
import { areContainersWanted, findContainerTool } from './find-container-tool.ts';
import type { ContainerTool } from './find-container-tool.ts';

const limit = { timeout: 1_200_000 };
const isWanted = process.env['CI'] || areContainersWanted(process.env);
let tool: ContainerTool;
const execute = promisify(execFile);
const root = dirname(import.meta.dirname);
const image = 'localhost/deployguard-test';
// As strict as it can be run: nothing is writable but the data and /tmp.
const strict = [
  '--read-only',
  '--tmpfs',
  '/tmp:mode=1777',
  '--cap-drop',
  'all',
  '--security-opt',
  'no-new-privileges',
  '--network',
  'host',
];

if (!isWanted) test('the image', { skip: 'it is built and run by npm run test:image, and in CI' }, () => {});
else {
  const containers: string[] = [];
  const volumes: string[] = [];
  const repository = aWorkTree();
  repository.commit({ 'settings.ini': `token = ${aToken('in a container')}\n` });

  before(async () => {
    const base = await findBaseImage();
    tool = await findContainerTool(base, process.env);
    const flags = ['--build-arg', `BASE_IMAGE=${base}`, '--network', 'host', '--tag', image, ...tool.buildFlags];
    await container('build', ...flags, root);
  }, limit);
  after(async () => {
    for (const name of containers) await container('rm', '--force', '--volumes', name).catch(() => {});
    for (const name of volumes) await container('volume', 'rm', '--force', name).catch(() => {});
    await container('rmi', '--force', image).catch(() => {});
    repository[Symbol.dispose]();
  });

  const start = async (
    volume: string | undefined,
    environment: Readonly<Record<string, string>>,
    ...command: string[]
  ): Promise<string> => {
    const name = `deployguard-test-${randomBytes(4).toString('hex')}`;
    containers.push(name);
    if (volume !== undefined) volumes.push(volume.split(':')[0]!);
    const settings = Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
    const flags = [...strict, ...tool.runFlags, ...(volume === undefined ? [] : ['--volume', volume])];
    await container('run', '--detach', '--name', name, ...flags, ...settings, image, ...command);
    return name;
  };

  test('the image runs as an unprivileged user and scans a repository that is mounted read-only, without network', limit, async () => {
    const flags = [...strict.slice(0, -1), 'none', ...tool.runFlags, '--volume', `${repository.path}:/repository:ro`];
    const run = (...args: string[]) => container('run', '--rm', ...flags, ...args);

    const { stdout: user } = await run('--entrypoint', 'id', image, '--user');
    const scan = await run(image, 'scan', '--repo-path', '/repository', '--quiet').catch(
      (error: { code: number; stdout: string }) => error,
    );

    assert.equal(user.trim(), '10001');
    assert.equal('code' in scan ? scan.code : 0, 1);
    assert.match(scan.stdout, /settings\.ini:1/);
  });

  test('the whole service runs in one container, does a job, ends in time and goes on with what it had', limit, async () => {
    const port = await findFreePort();
    const volume = `deployguard-test-${randomBytes(4).toString('hex')}`;
    const environment = { PORT: String(port), DEPLOYGUARD_AUTH_API_KEYS: 'true' };
    const name = await start(`${volume}:/data`, environment);
    await waitUntilReady(port, name);
    const { stdout: key } = await container('exec', name, 'deployguard', 'api-keys', 'issue', '--user', 'alice');
    const client = { DEPLOYGUARD_SERVER: `http://127.0.0.1:${port}`, DEPLOYGUARD_API_KEY: key.trim() };

    await doJob(repository.path, client, [name]);
    await container('stop', '--time', '30', name);
    const { stdout: exitCode } = await container('inspect', '--format', '{{.State.ExitCode}}', name);
    await container('start', name);
    await waitUntilReady(port, name);
    const { stdout } = await runCli(['jobs', 'list', '--json'], { environment: client });

    assert.equal(exitCode.trim(), '0');
    assert.deepEqual(
      (JSON.parse(stdout) as Job[]).map(({ status }) => status),
      ['cleaned'],
    );
    await container('stop', '--time', '30', name);
  });

  test('the service runs as three containers over PostgreSQL, RabbitMQ and S3, with keys that a fourth one made', limit, async () => {
    await using services = await startTestServices(['postgres', 'rabbitmq', 's3']);
    using directory = createTemporaryDirectory();
    const database = `image_${randomBytes(6).toString('hex')}`;
    await services.run('postgres', 'psql', '--quiet', '--command', `create database ${database}`);
    const url = new URL(services.environment['DATABASE_URL']!);
    url.pathname = `/${database}`;
    const keys = `deployguard-test-${randomBytes(4).toString('hex')}`;
    // As the service `keys` of compose.yaml.
    const script = 'test -f /keys/keyring.json || deployguard keyring create /keys/keyring.json && chown -R 10001:10001 /keys';
    const capabilities = ['--cap-add', 'CHOWN', '--cap-add', 'DAC_OVERRIDE', '--user', '0:0', '--entrypoint', '/bin/sh'];
    const runFlags = [...strict, ...tool.runFlags, ...capabilities, '--volume', `${keys}:/keys`];
    for (let times = 0; times < 2; times++) await container('run', '--rm', ...runFlags, image, '-c', script);
    const port = await findFreePort();
    const environment = {
      DATABASE_URL: url.href,
      BROKER_URL: services.environment['RABBITMQ_URL']!,
      S3_ENDPOINT_URL: services.environment['S3_ENDPOINT_URL']!,
      S3_ACCESS_KEY: services.environment['S3_ACCESS_KEY']!,
      S3_SECRET_KEY: services.environment['S3_SECRET_KEY']!,
      S3_BUCKET: database.replace('_', '-'),
      DEPLOYGUARD_KEYRING_FILE: '/keys/keyring.json',
      DEPLOYGUARD_AUTH_API_KEYS: 'true',
      DEPLOYGUARD_WORKER_TEMPORARY_DIRECTORY: '/data',
      PORT: String(port),
    };
    const api = await start(`${keys}:/keys:ro`, environment, 'api');
    const others = [await start(`${keys}:/keys:ro`, environment, 'worker'), await start(`${keys}:/keys:ro`, environment, 'scheduler')];
    await waitUntilReady(port, api);
    const { stdout: key } = await container('exec', api, 'deployguard', 'api-keys', 'issue', '--user', 'alice');

    const client = { DEPLOYGUARD_SERVER: `http://127.0.0.1:${port}`, DEPLOYGUARD_API_KEY: key.trim(), HOME: directory.path };
    await doJob(repository.path, client, [api, ...others]);

    for (const name of [api, ...others]) {
      await container('stop', '--time', '30', name);
      const { stdout: exitCode } = await container('inspect', '--format', '{{.State.ExitCode}}', name);
      assert.equal(exitCode.trim(), '0');
    }
    await services.run('postgres', 'psql', '--quiet', '--command', `drop database ${database} with (force)`);
  });
}

function container(...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return execute(tool.program, [...tool.flags, ...args], { maxBuffer: 64 * 1024 * 1024 });
}

async function doJob(repository: string, environment: Readonly<Record<string, string>>, names: readonly string[]): Promise<void> {
  const run = async (args: readonly string[], exitCode = 0): Promise<string> => {
    const done = await runCli(args, { cwd: repository, environment });
    if (done.exitCode !== exitCode) assert.fail(`${args.join(' ')}: ${done.output}${await readLogs(names)}`);
    return done.stdout;
  };
  const { id } = JSON.parse(await run(['jobs', 'create', '--wait', '--json', '--quiet'], 1)) as Job;
  await run(['jobs', 'select', id, '--all']);
  await run(['jobs', 'clean', id, '--wait', '--quiet']);
  using directory = createTemporaryDirectory();
  await run(['jobs', 'download', id, '--output', join(directory.path, 'cleaned.zip')]);
}

async function waitUntilReady(port: number, name: string): Promise<void> {
  for (let tries = 0; tries < 240; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v2/health/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await delay(250);
  }
  assert.fail(`${name} is not ready:\n${await readLogs([name])}`);
}

async function readLogs(names: readonly string[]): Promise<string> {
  const logs = await Promise.all(names.map((name) => container('logs', name)));
  return logs.map(({ stdout, stderr }, index) => `${names[index]}:\n${stdout}${stderr}`).join('\n');
}
