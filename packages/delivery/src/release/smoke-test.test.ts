import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
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
    const { port } = server.address() as AddressInfo;
    const instance: Instance = {
      id: 'shop-1',
      application: 'shop',
      release: 'one',
      address: { host: '127.0.0.1', port },
      startedAt: '',
      handle: { pid: 1, startTicks: 1 },
    };

    await assert.rejects(runSmokeTests(instance, [{ path: '/' }], { hostName: 'shop.localhost', signal: new AbortController().signal }), {
      code: 'SMOKE_FAILED',
      message: `Smoke test GET /: ${fault}.`,
    });
  });
}
