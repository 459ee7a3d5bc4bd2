import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { ask } from './ask-instance.ts';

const signal = new AbortController().signal;

async function open(context: TestContext, server: Server): Promise<{ host: string; port: number }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

for (const { status, path, isHealthy } of [
  { status: 200, isHealthy: true },
  { status: 302, isHealthy: true },
  { status: 404, isHealthy: true },
  { status: 426, isHealthy: true },
  { status: 500, isHealthy: false },
  { status: 503, isHealthy: false },
  { status: 204, path: '/health', isHealthy: true },
  { status: 302, path: '/health', isHealthy: true },
  { status: 404, path: '/health', isHealthy: false },
  { status: 500, path: '/health', isHealthy: false },
  { status: 200, path: '//127.0.0.1:1/health?x=/@', isHealthy: true },
]) {
  test(`${status} ${path === undefined ? 'where no path is known' : `of ${path}`} is ${isHealthy ? 'healthy' : 'not'}`, async (context) => {
    const asked: (string | undefined)[] = [];
    const server = createHttpServer((request, response) => {
      asked.push(request.url, request.headers.host);
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end('x');
    });
    const question = { hostName: 'shop.localhost', timeoutMs: 10_000, signal, ...(path && { path }) };

    const answer = await ask(await open(context, server), question);

    assert.deepEqual(answer, { isHealthy, finding: `${path ?? '/'} answers with status ${status}` });
    assert.deepEqual(asked, [path ?? '/', 'shop.localhost']);
  });
}

for (const { what, onConnection, finding } of [
  {
    what: 'one that speaks something else',
    onConnection: (socket: Socket) => socket.end('220 mail\r\n'),
    finding: 'it answers, but not in HTTP',
  },
  { what: 'one that hangs up', onConnection: (socket: Socket) => socket.destroy(), finding: 'it ends the connection without an answer' },
  {
    what: 'one with endless headers',
    onConnection: (socket: Socket) => socket.on('error', () => {}).write(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(20_000)}\r\n`),
    finding: 'it answers with more headers than the 16 KiB that are read',
  },
  {
    what: 'one whose length is no number',
    onConnection: (socket: Socket) => socket.on('error', () => {}).write('HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n'),
    finding: 'it answers with broken HTTP: Invalid character in Content-Length',
  },
  { what: 'one that says nothing', onConnection: () => {}, finding: 'it does not answer within 300 ms' },
]) {
  test(`${what} is not healthy`, async (context) => {
    const address = await open(context, createServer(onConnection));

    assert.deepEqual(await ask(address, { hostName: 'shop.localhost', timeoutMs: 300, signal }), { isHealthy: false, finding });
  });
}

test('where nobody listens, nobody is healthy', async (context) => {
  const server = createServer();
  const address = await open(context, server);
  server.close();
  await once(server, 'close');

  assert.deepEqual(await ask(address, { hostName: 'shop.localhost', timeoutMs: 10_000, signal }), {
    isHealthy: false,
    finding: 'it takes no connections',
    isRefused: true,
  });
});
