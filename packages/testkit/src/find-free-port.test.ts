import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { findFreePort } from './find-free-port.ts';

test('a port is free, and none that the system gives to connections', async () => {
  const [lowest] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/).map(Number);
  for (let count = 0; count < 20; count++) {
    const port = await findFreePort();
    assert.ok(port < lowest!, `${port} is not below ${lowest}`);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
  }
});
