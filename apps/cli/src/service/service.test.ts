import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { runCli } from '../../test/run-cli.ts';

test('serve needs no settings, says where it is, and ends without fault when it is asked to', { timeout: 60_000 }, async () => {
  using directory = createTemporaryDirectory();
  chmodSync(directory.path, 0o755);
  let health: Promise<unknown> | undefined;

  const { exitCode, stdout, stderr } = await runCli(['serve'], {
    cwd: directory.path,
    environment: { DEPLOYGUARD_DATA_DIRECTORY: `${directory.path}/data`, PORT: '0' },
    onOutput(output, child) {
      const url = /is ready: (http:\/\/127\.0\.0\.1:\d+) /.exec(output)?.[1];
      if (url === undefined || health !== undefined) return;
      health = fetch(`${url}/api/v2/health`)
        .then((answer) => answer.json())
        .finally(() => child.kill('SIGTERM'));
    },
  });

  assert.deepEqual(await health, { status: 'healthy', service: 'deployguard-api' });
  assert.equal(exitCode, 0, stderr);
  assert.equal(JSON.parse(stdout.trim().split('\n').at(-1)!).msg, 'stopped');
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

test('a port that is in use is told, and nothing is left running', { timeout: 60_000 }, async () => {
  using directory = createTemporaryDirectory();
  chmodSync(directory.path, 0o755);
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;

  const { exitCode, stderr } = await runCli(['serve'], {
    cwd: directory.path,
    environment: { DEPLOYGUARD_DATA_DIRECTORY: `${directory.path}/data`, PORT: String(port) },
  });

  other.close();
  assert.equal(exitCode, 5, stderr);
  assert.match(stderr, new RegExp(`Cannot listen on 127\\.0\\.0\\.1, port ${port}: the port is in use`));
  assert.equal(existsSync(`${directory.path}/data/postgres/data/postmaster.pid`), false);
});
