import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { type CliRun, runCli } from '../../test/run-cli.ts';

test('serve needs no settings, says where it is, is healthy, and ends without fault when it is asked to', { timeout: 60_000 }, async () => {
  using directory = createTemporaryDirectory();
  chmodSync(directory.path, 0o755);
  let health: Promise<unknown> | undefined;
  let check: Promise<CliRun> | undefined;

  const { exitCode, stdout, stderr } = await runCli(['serve'], {
    cwd: directory.path,
    environment: { DEPLOYGUARD_DATA_DIRECTORY: `${directory.path}/data`, PORT: '0' },
    onOutput(output, child) {
      const url = /is ready: (http:\/\/127\.0\.0\.1:\d+) /.exec(output)?.[1];
      if (url === undefined || health !== undefined) return;
      health = fetch(`${url}/api/v2/health`).then((answer) => answer.json());
      check = runCli(['health', '--quiet'], { cwd: directory.path, environment: { PORT: new URL(url).port } });
      void Promise.allSettled([health, check]).then(() => child.kill('SIGTERM'));
    },
  });

  assert.deepEqual(await health, { status: 'healthy', service: 'deployguard-api' });
  assert.deepEqual([(await check)?.exitCode, (await check)?.output], [0, '']);
  assert.equal(exitCode, 0, stderr);
  assert.equal(JSON.parse(stdout.trim().split('\n').at(-1)!).msg, 'stopped');
});

test('serve ends with an error when its private PostgreSQL died and cannot be started again', { timeout: 120_000 }, async () => {
  using directory = createTemporaryDirectory();
  chmodSync(directory.path, 0o755);
  const data = join(directory.path, 'data', 'postgres', 'data');
  let isKilled = false;

  const { exitCode, stderr } = await runCli(['serve'], {
    cwd: directory.path,
    environment: { DEPLOYGUARD_DATA_DIRECTORY: join(directory.path, 'data'), PORT: '0' },
    onOutput(output) {
      if (isKilled || !output.includes('is ready')) return;
      isKilled = true;
      // Without its settings it does not start.
      rmSync(join(data, 'postgresql.conf'));
      process.kill(Number.parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'), 10), 'SIGKILL');
    },
  });

  assert.equal(exitCode, 5, stderr);
  assert.match(stderr, /error: PostgreSQL did not start\. The end of /);
});

test('where nothing listens, health says where it asked, and is not taken for a fault of ours', async () => {
  using directory = createTemporaryDirectory();
  const holder = await listen();
  holder.close();
  const environment = { PORT: String(holder.port), DEPLOYGUARD_HTTP_HOST: '::', DEPLOYGUARD_AUTH_API_KEYS: 'true' };

  const { exitCode, stderr } = await runCli(['health'], { cwd: directory.path, environment });

  assert.equal(exitCode, 4);
  assert.match(stderr, new RegExp(`http://\\[::1\\]:${holder.port}/api/v2/health: nothing listens there`));
});

test('a part of a service says that it needs a database that can be shared', async () => {
  using directory = createTemporaryDirectory();

  const { exitCode, stderr } = await runCli(['worker'], { cwd: directory.path });

  assert.equal(exitCode, 2);
  assert.match(stderr, /`deployguard worker` .* set DATABASE_URL\. `deployguard serve`/);
});

test('without authentication it listens on this machine only', async () => {
  using directory = createTemporaryDirectory();

  const { exitCode, stderr } = await runCli(['serve'], { cwd: directory.path, environment: { DEPLOYGUARD_HTTP_HOST: '0.0.0.0' } });

  assert.equal(exitCode, 2);
  assert.match(stderr, /listening on 0\.0\.0\.0 without authentication/);
});

test(
  'settings that name what does not fit are told all at once, by the check and at the start, and are no fault of ours',
  { timeout: 60_000 },
  async () => {
    using directory = createTemporaryDirectory();
    const file = join(directory.path, 'garbage');
    writeFileSync(file, 'garbage');
    const environment = {
      DEPLOYGUARD_DATA_DIRECTORY: join(directory.path, 'data'),
      DEPLOYGUARD_HTTP_TLS_CERTIFICATE_FILE: file,
      DEPLOYGUARD_HTTP_TLS_KEY_FILE: join(directory.path, 'missing'),
      DEPLOYGUARD_AUTH_JWT_ISSUERS: `[{ issuer: i, audiences: [a], algorithms: [RS256], publicKeyFile: ${file} }]`,
      DEPLOYGUARD_EGRESS_ALLOW: '10.0.0.0/99',
      DEPLOYGUARD_EGRESS_CA_FILE: file,
      DEPLOYGUARD_KEYRING_KEYS: 'garbage',
    };

    for (const command of [['config', 'check'], ['serve']]) {
      const { exitCode, stderr } = await runCli(command, { cwd: directory.path, environment });

      assert.equal(exitCode, 2, stderr);
      const names = stderr.split('\n').flatMap((line) => /^- ([\w.]+) \((\w+)\): /.exec(line)?.slice(1, 3).join(' ') ?? []);
      assert.deepEqual(names, [
        'http.tlsCertificateFile DEPLOYGUARD_HTTP_TLS_CERTIFICATE_FILE',
        'http.tlsKeyFile DEPLOYGUARD_HTTP_TLS_KEY_FILE',
        'auth.jwtIssuers DEPLOYGUARD_AUTH_JWT_ISSUERS',
        'egress.allow DEPLOYGUARD_EGRESS_ALLOW',
        'egress.caFile DEPLOYGUARD_EGRESS_CA_FILE',
        'keyring.keys DEPLOYGUARD_KEYRING_KEYS',
      ]);
    }
  },
);

test('a port that is in use is told, and nothing is left running', { timeout: 60_000 }, async () => {
  using directory = createTemporaryDirectory();
  chmodSync(directory.path, 0o755);
  const { port, close } = await listen();

  const { exitCode, stderr } = await runCli(['serve'], {
    cwd: directory.path,
    environment: { DEPLOYGUARD_DATA_DIRECTORY: `${directory.path}/data`, PORT: String(port) },
  });

  close();
  assert.equal(exitCode, 5, stderr);
  assert.match(stderr, new RegExp(`Cannot listen on 127\\.0\\.0\\.1, port ${port}: the port is in use`));
  assert.equal(existsSync(`${directory.path}/data/postgres/data/postmaster.pid`), false);
});

async function listen(): Promise<{ readonly port: number; close(): void }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}
