import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { test } from 'node:test';
import { createEgressPolicy } from './egress-policy.ts';
import type { EgressPolicy } from './egress-policy.ts';
import { startEgressProxy } from './start-egress-proxy.ts';
import type { EgressProxyOptions } from './start-egress-proxy.ts';

const ownNetwork = createEgressPolicy({ allowPrivate: true });

test('an allowed connection carries bytes both ways', async () => {
  await using fixture = await startFixture(ownNetwork);
  const socket = await fixture.request(`127.0.0.1:${fixture.port}`);

  socket.write('ping');
  const answer = await readUntil(socket, 'ping');

  assert.match(answer, /^HTTP\/1\.1 200 /);
  assert.equal(fixture.connections.length, 1);
});

test('N2 N3 G22 a forbidden target sees no connection, whatever form its name takes', async () => {
  await using fixture = await startFixture(createEgressPolicy());
  for (const host of ['127.0.0.1', 'localhost', '127.1', '2130706433', '[::ffff:127.0.0.1]', '[::1]']) {
    const answer = await readAll(await fixture.request(`${host}:${fixture.port}`));
    assert.match(answer, /^HTTP\/1\.1 403 /, host);
  }

  assert.equal(fixture.connections.length, 0);
  assert.ok(fixture.proxy.refusals.every((refusal) => refusal.code === 'ADDRESS_DENIED'));
});

test('N2 a name is looked up once for a connection, so that a second answer changes nothing', async () => {
  const answers = [['127.0.0.1'], ['10.0.0.1']];
  let lookups = 0;
  const policy = createEgressPolicy({ allowHosts: ['127.0.0.1'], lookup: async () => answers[lookups++] ?? [] });
  await using fixture = await startFixture(policy);

  const first = await fixture.request(`flipping.example:${fixture.port}`);
  first.write('x');
  assert.match(await readUntil(first, 'x'), /^HTTP\/1\.1 200 /);
  const second = await readAll(await fixture.request(`flipping.example:${fixture.port}`));

  assert.match(second, /^HTTP\/1\.1 403 /);
  assert.deepEqual([lookups, fixture.connections.length], [2, 1]);
});

test('N4 every refusal reads the same', async () => {
  const policy = createEgressPolicy({
    allowHosts: ['127.0.0.1'],
    lookup: async (host) => (host === 'inside.example' ? ['10.0.0.1'] : []),
  });
  await using fixture = await startFixture(policy);
  const closedPort = await findClosedPort();

  const answers = new Set<string>();
  for (const target of ['inside.example:443', 'unknown.example:443', `127.0.0.1:${closedPort}`, 'nonsense', '127.0.0.1:0', 'a@b:1']) {
    answers.add(await readAll(await fixture.request(target)));
  }

  assert.equal(answers.size, 1);
  const codes = fixture.proxy.refusals.map((refusal) => refusal.code);
  assert.deepEqual(codes.slice(0, 4), ['ADDRESS_DENIED', 'HOST_NOT_FOUND', 'CONNECTION_FAILED', 'REQUEST_INVALID']);
});

test('other programs of the machine cannot use the proxy', async () => {
  await using fixture = await startFixture(ownNetwork);

  for (const credentials of ['', 'deployguard:', `deployguard:${'a'.repeat(32)}`]) {
    assert.match(await readAll(await fixture.request(`127.0.0.1:${fixture.port}`, credentials)), /^HTTP\/1\.1 407 /);
  }
  assert.equal(fixture.connections.length, 0);
});

test('only tunnels are made: a plain request through the proxy is refused', async () => {
  await using fixture = await startFixture(ownNetwork);
  const proxy = new URL(fixture.proxy.url);
  const socket = connect(Number(proxy.port), proxy.hostname);

  socket.write(`GET http://127.0.0.1:${fixture.port}/ HTTP/1.1\r\nHost: x\r\n\r\n`);

  assert.match(await readAll(socket), /^HTTP\/1\.1 405 /);
  assert.equal(fixture.connections.length, 0);
});

test('connections are bounded in number', async () => {
  await using fixture = await startFixture(ownNetwork, { maxConnections: 1 });
  const first = await fixture.request(`127.0.0.1:${fixture.port}`);
  await readUntil(first, '\r\n\r\n');

  assert.match(await readAll(await fixture.request(`127.0.0.1:${fixture.port}`)), /^HTTP\/1\.1 403 /);
});

test('G15 an endless answer ends at the limit', async () => {
  await using fixture = await startFixture(ownNetwork, { maxReceivedBytes: 1_000_000 }, (socket) => {
    const send = (): void => {
      while (!socket.destroyed && socket.write(Buffer.alloc(65_536)));
    };
    socket.on('drain', send).on('error', () => {});
    send();
  });

  await readAll(await fixture.request(`127.0.0.1:${fixture.port}`));

  assert.equal(fixture.proxy.isExhausted, true);
  assert.ok(fixture.proxy.receivedBytes < 1_200_000);
});

test('G15 N5 a connection on which nothing moves is closed', async () => {
  await using fixture = await startFixture(ownNetwork, { idleTimeoutSeconds: 0.2 });

  assert.match(await readAll(await fixture.request(`127.0.0.1:${fixture.port}`)), /^HTTP\/1\.1 200 /);
});

test('closing ends what is open', async () => {
  const fixture = await startFixture(ownNetwork);
  const socket = await fixture.request(`127.0.0.1:${fixture.port}`);
  await readUntil(socket, '\r\n\r\n');

  await fixture.proxy.close();
  await readAll(socket);

  await assert.rejects(fixture.request('127.0.0.1:1'), { code: 'ECONNREFUSED' });
  await fixture[Symbol.asyncDispose]();
});

/** A server that sends back what it gets, and a proxy before it. */
async function startFixture(
  policy: EgressPolicy,
  options: EgressProxyOptions = {},
  onConnection = (socket: Socket): unknown => socket.pipe(socket),
) {
  const connections: Socket[] = [];
  const server = createServer((socket) => {
    connections.push(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  const port = await listen(server);
  const proxy = await startEgressProxy(policy, options);
  return {
    port,
    proxy,
    connections,
    async request(target: string, credentials?: string): Promise<Socket> {
      const url = new URL(proxy.url);
      const socket = connect(Number(url.port), url.hostname);
      await once(socket, 'connect');
      const basic = Buffer.from(credentials ?? `${url.username}:${url.password}`).toString('base64');
      socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\nProxy-Authorization: Basic ${basic}\r\n\r\n`);
      return socket;
    },
    async [Symbol.asyncDispose]() {
      await proxy.close();
      for (const socket of connections) socket.destroy();
      server.close();
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function findClosedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.on('error', () => {});
  socket.on('data', (chunk) => (text += chunk.toString('latin1').slice(0, 1000)));
  if (!socket.closed) await once(socket, 'close');
  return text;
}

async function readUntil(socket: Socket, end: string): Promise<string> {
  let text = '';
  while (!text.endsWith(end)) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    text += chunk.toString('latin1');
  }
  return text;
}
