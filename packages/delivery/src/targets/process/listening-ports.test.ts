import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { listNamespacePorts } from './listening-ports.ts';

test('ports on which only this machine itself gets through are told apart', async () => {
  await using servers = new AsyncDisposableStack();
  const listen = async (host: string): Promise<number> => {
    const server = servers.use(createServer().listen(0, host));
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const loopback = [await listen('127.0.0.1'), await listen('127.9.8.7'), await listen('::1'), await listen('::ffff:127.0.0.1')];
  const all = [await listen('0.0.0.0'), await listen('::')];

  const found = new Map(listNamespacePorts(process.pid)!.map(({ port, isLoopback }) => [port, isLoopback]));

  assert.deepEqual(
    loopback.map((port) => found.get(port)),
    [true, true, true, true],
  );
  assert.deepEqual(
    all.map((port) => found.get(port)),
    [false, false],
  );
  assert.equal(listNamespacePorts(0), undefined);
});
