import assert from 'node:assert/strict';
import { createCipheriv, createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request as ask } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import { Agent as SecureAgent, request as askSecurely } from 'node:https';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openRouter, startApplication, writeTestCertificate } from '../../test/router-fixture.ts';

const limit = { timeout: 240_000 };
const host = 'localhost';
const answerBytes = 6_000_011;

/** Bytes without any order, different for each number. */
function makeBytes(number: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, number), Buffer.alloc(16)).update(Buffer.alloc(answerBytes));
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The bytes of the number that the path names, in one of three forms. */
const answerInForms: RequestListener = (request, response) => {
  const number = Number(request.url!.slice(1));
  const bytes = makeBytes(number);
  if (number % 3 === 0) {
    response.writeHead(200, { 'content-length': bytes.length });
    response.end(bytes);
  } else if (number % 3 === 1) {
    // In chunks of which several lie in one piece that is read.
    Readable.from(bytes.length === 0 ? [] : pieces(bytes, 5000)).pipe(response);
  } else {
    Readable.from(pieces(bytes, 300_000)).pipe(response);
  }
};

function* pieces(bytes: Buffer, length: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

for (const isSecure of [false, true]) {
  test(
    `large answers at once arrive as they were sent, at fast and at slow readers${isSecure ? ', encrypted' : ''}`,
    limit,
    async (context) => {
      const { files, authority } = await writeTestCertificate(context);
      const secure = { listen: { host: '127.0.0.1', port: 0 }, certificates: [files], isWantedByAll: false } as const;
      const { router, port } = await openRouter(context, isSecure ? { secure } : {});
      const application = await startApplication(context, answerInForms);
      await router.setRoute({ host, application: 'shop', release: 'one', upstreams: [application.address] });
      const agent = isSecure ? new SecureAgent({ keepAlive: true, maxSockets: 6 }) : new Agent({ keepAlive: true, maxSockets: 6 });
      context.after(() => agent.destroy());
      const at = { agent, host: '127.0.0.1', headers: { host } };

      async function fetchDigest(number: number): Promise<string> {
        const path = `/${number}`;
        const sent = isSecure
          ? askSecurely({ ...at, port: new URL(router.secureUrl!).port, path, servername: host, ca: authority }).end()
          : ask({ ...at, port, path }).end();
        const [response] = (await once(sent, 'response')) as [IncomingMessage];
        const hash = createHash('sha256');
        let count = 0;
        for await (const piece of response as AsyncIterable<Buffer>) {
          hash.update(piece);
          if (number % 2 === 1 && ++count % 20 === 0) await delay(5);
        }
        return hash.digest('hex');
      }

      const numbers = Array.from({ length: 18 }, (_, index) => index);
      const found = await Promise.all(numbers.map(fetchDigest));

      assert.deepEqual(
        found,
        numbers.map((number) => digest(makeBytes(number))),
      );
    },
  );
}

test('what goes through a WebSocket in large pieces stays as it is', limit, async (context) => {
  const { router, port } = await openRouter(context);
  const application = await startApplication(context, (_, response) => response.end());
  application.server.on('upgrade', (_, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    socket.end(makeBytes(1));
  });
  await router.setRoute({ host, application: 'shop', release: 'one', upstreams: [application.address] });
  const client = connect(port, '127.0.0.1');
  client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n`);

  const heard: Buffer[] = [];
  for await (const piece of client as AsyncIterable<Buffer>) {
    heard.push(piece);
    if (heard.length % 10 === 0) await delay(2);
  }

  const all = Buffer.concat(heard);
  assert.equal(digest(all.subarray(all.indexOf('\r\n\r\n') + 4)), digest(makeBytes(1)));
});
