import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { runCli } from '../../test/run-cli.ts';

const limit = { timeout: 60_000 };

test('router needs no database, answers by host name, and ends without fault when it is asked to', limit, async () => {
  using directory = createTemporaryDirectory();
  const holder = await listen();
  holder.close();
  let answer: Promise<Response> | undefined;

  const { exitCode, stderr } = await runCli(['router'], {
    cwd: directory.path,
    environment: environmentOf(directory.path, holder.port),
    onOutput(output, child) {
      const url = /The router is ready: (http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1];
      if (url === undefined || answer !== undefined) return;
      answer = fetch(url).finally(() => child.kill('SIGTERM'));
    },
  });

  assert.equal((await answer)?.status, 404, stderr);
  assert.equal((await answer)?.headers.get('x-deployguard-reason'), 'unknown-host');
  assert.equal(exitCode, 0, stderr);
});

test('a port of the router that another program has is told, and is no fault of ours', limit, async () => {
  using directory = createTemporaryDirectory();
  const holder = await listen();

  const { exitCode, stderr } = await runCli(['router'], { cwd: directory.path, environment: environmentOf(directory.path, holder.port) });
  holder.close();

  assert.match(stderr, /Cannot listen on 127\.0\.0\.1, port \d+: the port is in use/);
  assert.notEqual(exitCode, 70);
});

function environmentOf(directory: string, port: number): Record<string, string> {
  return { DEPLOYGUARD_DATA_DIRECTORY: `${directory}/data`, DEPLOYGUARD_DEPLOYMENTS_ROUTER_PORT: String(port) };
}

async function listen(): Promise<{ readonly port: number; close(): void }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}
