import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Instance } from '../targets/target.ts';
import { runSmokeTests } from './smoke-test.ts';

const head = 'HTTP/1.1 200 OK\r\n';

for (const { answer, fault } of [
  { answer: `${head}X-Long: ${'x'.repeat(20_000)}\r\n`, fault: 'it answers with more headers than the 16 KiB that are read' },
  {
    answer: `${head}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzzz\r\n`,
    fault: 'it answers with broken HTTP: Invalid character in chunk size',
  },
  { answer: `${head}Content-Length: 50\r\n\r\nhello`, fault: 'it ends the connection before its answer is whole' },
  {
    answer: `${head}Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello`,
    fault: 'it answers with a body that is not packed in the way it says',
  },
  { answer: '220 mail\r\n', fault: 'it answers, but not in HTTP' },
  { answer: '', fault: 'it ends the connection without an answer' },
]) {
  test(`a smoke test says what is wrong with an answer: ${fault}`, async () => {
    const server = createServer((socket) => socket.on('error', () => {}).once('data', () => socket.end(answer)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await using _ = server;

    await assert.rejects(runSmokeTests(anInstance(server.address()), [{ path: '/' }], options), {
      code: 'SMOKE_FAILED',
      message: `Smoke test GET /: ${fault}.`,
    });
  });
}

test('a smoke test asks by its method, and a whole answer has its time', async () => {
  const asked: string[] = [];
  const server = createHttpServer(async ({ method, url }, response) => {
    asked.push(`${method} ${url}`);
    response.writeHead(method === 'HEAD' ? 204 : 200).flushHeaders();
    // The first bytes come at once.
    if (url === '/slow') await delay(300);
    response.end('Sign in');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await using _ = server;
  const instance = anInstance(server.address());

  await runSmokeTests(
    instance,
    [
      { path: '/', method: 'HEAD', status: 204 },
      { path: '/', bodyIncludes: 'Sign in', latencyMs: 20_000 },
      { path: '/slow', latencyMs: 20_000 },
    ],
    options,
  );
  const slow = runSmokeTests(instance, [{ path: '/slow', method: 'GET', latencyMs: 200 }, { path: '/never' }], options);
  await assert.rejects(slow, {
    code: 'SMOKE_FAILED',
    message: /^Smoke test GET \/slow: the answer took [3-9]\d\d+ ms, 200 ms are allowed\.$/,
  });
  const head = runSmokeTests(instance, [{ path: '/', method: 'HEAD' }], options);
  await assert.rejects(head, { code: 'SMOKE_FAILED', message: 'Smoke test HEAD /: status 204 instead of 200.' });

  assert.deepEqual(asked, ['HEAD /', 'GET /', 'GET /slow', 'GET /slow', 'HEAD /']);
});

const options = { hostName: 'shop.localhost', signal: new AbortController().signal };

function anInstance(address: string | AddressInfo | null): Instance {
  return {
    id: 'shop-1',
    application: 'shop',
    release: 'one',
    address: { host: '127.0.0.1', port: (address as AddressInfo).port },
    startedAt: '',
    handle: { pid: 1, startTicks: 1 },
  };
}
