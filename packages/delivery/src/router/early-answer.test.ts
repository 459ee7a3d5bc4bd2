import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request as ask } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestListener } from 'node:http';
import { Agent as SecureAgent, request as askSecurely } from 'node:https';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { openRouter, startApplication, writeTestCertificate } from '../../test/router-fixture.ts';
import { until } from '../../test/until.ts';
import type { Address } from '../targets/target.ts';
import type { Route } from './router.ts';

const limit = { timeout: 60_000 };
const host = 'localhost';
const upload = Buffer.alloc(3_000_000, 'u');
const repetitions = 6;
const refusal = 'This is too much. '.repeat(100);
const isRefused = `413 ${refusal}`;

function routeTo(address: Address): Route {
  return { host, application: 'shop', release: 'one', upstreams: [address] };
}

/** Does something as soon as the head of a request is there, and reads nothing more. */
async function startRaw(context: TestContext, onHead: (socket: Socket) => void): Promise<Address> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.once('data', () => {
      socket.pause();
      onHead(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

/** Sends all of it as fast as it is taken. */
function send(sent: ClientRequest): ClientRequest {
  for (let at = 0; at < upload.length; at += 100_000) sent.write(upload.subarray(at, at + 100_000));
  return sent.end();
}

async function readAnswer(sent: ClientRequest): Promise<string> {
  try {
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const reason = response.headers['x-deployguard-reason'];
    return `${response.statusCode} ${String(reason ?? (await text(response)))}`;
  } catch (error) {
    return (error as Error).message;
  }
}

const lengthOrNot = [{ 'content-length': upload.length }, {}];

/** The answers that uploads got: of one connection and of one for each, with their length and in chunks. */
async function uploadInAllWays(context: TestContext, port: number): Promise<string[]> {
  const kept = new Agent({ keepAlive: true, maxSockets: 1 });
  context.after(() => kept.destroy());
  const found = new Set<string>();
  for (const agent of [kept, false as const]) {
    for (const headers of lengthOrNot) {
      for (let count = 0; count < repetitions; count++) {
        found.add(await readAnswer(send(ask({ host: '127.0.0.1', port, method: 'POST', headers: { host, ...headers }, agent }))));
      }
    }
  }
  return [...found];
}

const refusals: Record<string, RequestListener> = {
  'answers and reads nothing': (_, response) => response.writeHead(413).end(refusal),
  'answers and closes the connection': (_, response) => response.writeHead(413, { connection: 'close' }).end(refusal),
  'answers and destroys the connection': (request, response) =>
    response.writeHead(413, { 'content-length': refusal.length }).end(refusal, () => request.socket.destroy()),
};

for (const [what, listener] of Object.entries(refusals)) {
  test(`the answer of an application that ${what} comes through before the upload is over`, limit, async (context) => {
    const { router, port } = await openRouter(context);
    const application = await startApplication(context, listener);
    await router.setRoute(routeTo(application.address));

    assert.deepEqual(await uploadInAllWays(context, port), [isRefused]);
    assert.equal(application.requests.length, 4 * repetitions);
  });
}

const answers = {
  'that keeps the connection': `HTTP/1.1 413 Too Large\r\nContent-Length: ${refusal.length}\r\n\r\n${refusal}`,
  'that ends the connection': `HTTP/1.1 413 Too Large\r\nContent-Length: ${refusal.length}\r\nConnection: close\r\n\r\n${refusal}`,
  'in chunks': `HTTP/1.1 413 Too Large\r\nTransfer-Encoding: chunked\r\n\r\n${refusal.length.toString(16)}\r\n${refusal}\r\n0\r\n\r\n`,
  'that ends with the connection': `HTTP/1.0 413 Too Large\r\n\r\n${refusal}`,
};
const ends: Record<string, (socket: Socket) => void> = {
  closed: (socket) => socket.destroy(),
  'reset later': (socket) => setTimeout(() => socket.resetAndDestroy(), 10),
  'ended, and nothing is read': (socket) => socket.end(),
};

for (const [form, answer] of Object.entries(answers)) {
  for (const [what, end] of Object.entries(ends)) {
    test(`an answer ${form} comes through before the upload is over, when the connection is ${what}`, limit, async (context) => {
      const { router, port } = await openRouter(context);
      await router.setRoute(routeTo(await startRaw(context, (socket) => void socket.write(answer, () => end(socket)))));

      assert.deepEqual(await uploadInAllWays(context, port), [isRefused]);
    });
  }
}

test('the answer comes through TLS before the upload is over', limit, async (context) => {
  const { files, authority } = await writeTestCertificate(context);
  const { router } = await openRouter(context, {
    secure: { listen: { host: '127.0.0.1', port: 0 }, certificates: [files], isWantedByAll: false },
  });
  const application = await startApplication(context, refusals['answers and closes the connection']!);
  await router.setRoute(routeTo(application.address));
  const { port } = new URL(router.secureUrl!);
  const kept = new SecureAgent({ keepAlive: true, maxSockets: 1 });
  context.after(() => kept.destroy());

  const found = new Set<string>();
  for (const agent of [kept, false as const]) {
    for (let count = 0; count < repetitions; count++) {
      const at = { host: '127.0.0.1', port, method: 'POST', headers: { host }, agent, servername: host, ca: authority };
      found.add(await readAnswer(send(askSecurely(at))));
    }
  }

  assert.deepEqual([...found], [isRefused]);
});

test('who sends all before reading finds the answer, on a connection that ends with it as well', limit, async (context) => {
  const { router, port } = await openRouter(context);
  const application = await startApplication(context, refusals['answers and reads nothing']!);
  await router.setRoute(routeTo(application.address));

  const found = [];
  for (const name of [host, 'nobody.localhost']) {
    const client = connect(port, '127.0.0.1').pause();
    client.on('error', () => {});
    client.write(`POST / HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\nContent-Length: ${upload.length}\r\n\r\n`);
    await new Promise((resolve) => client.write(upload, resolve));
    found.push((await text(client)).slice(0, 12));
    client.destroy();
  }

  assert.deepEqual(found, ['HTTP/1.1 413', 'HTTP/1.1 404']);
});

test('what follows the rest of an upload on a connection that ends is not passed on', limit, async (context) => {
  const { router, port } = await openRouter(context);
  const application = await startApplication(context, (_, response) => response.end());
  await router.setRoute(routeTo(application.address));
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  context.after(() => void client.destroy());
  client.once('data', () => client.write(`-halfGET /behind HTTP/1.1\r\nHost: ${host}\r\n\r\n`));

  client.write('POST / HTTP/1.1\r\nHost: nobody.localhost\r\nContent-Length: 9\r\n\r\nhalf');
  await once(client, 'end');
  await readAnswer(ask({ host: '127.0.0.1', port, path: '/other', headers: { host }, agent: false }).end());

  assert.deepEqual(
    application.requests.map(({ url }) => url),
    ['/other'],
  );
});

test('no connection is left when the answers were early', limit, async (context) => {
  const { router, port } = await openRouter(context);
  const application = await startApplication(context, refusals['answers and closes the connection']!);
  await router.setRoute(routeTo(application.address));
  const count = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
  const before = count();

  const sending = Array.from({ length: 20 }, () =>
    readAnswer(send(ask({ host: '127.0.0.1', port, method: 'POST', headers: { host }, agent: false }))),
  );

  assert.deepEqual([...new Set(await Promise.all(sending))], [isRefused]);
  await until('all are closed', () => count() <= before);
});

test('who resets the connection without an answer ended it, and is not said to take none', limit, async (context) => {
  const { router, port } = await openRouter(context);
  await router.setRoute(routeTo(await startRaw(context, (socket) => socket.resetAndDestroy())));

  assert.deepEqual(await uploadInAllWays(context, port), ['502 broken-answer']);
});

test('an upload that nobody reads is cut off by a drain, which its sender is told', limit, async (context) => {
  const { router, port } = await openRouter(context);
  const application = await startApplication(context, () => {});
  await router.setRoute(routeTo(application.address));
  const answer = readAnswer(send(ask({ host: '127.0.0.1', port, method: 'POST', headers: { host }, agent: false })));
  await until('it is under way', () => application.requests.length === 1);

  const cut = await router.drain([application.address], { limitMs: 50 });

  assert.equal(cut, 1);
  assert.equal(await answer, '503 cut-off');
});

test('an upload that its sender breaks off is broken off at the application', limit, async (context) => {
  const { router, port } = await openRouter(context);
  let [received, isClosed, isWhole] = [0, false, false];
  const application = await startApplication(context, (request) =>
    request
      .on('data', (chunk: Buffer) => (received += chunk.length))
      .on('end', () => (isWhole = true))
      .on('error', () => {})
      .on('close', () => (isClosed = true)),
  );
  await router.setRoute(routeTo(application.address));
  const sent = ask({ host: '127.0.0.1', port, method: 'POST', headers: { host }, agent: false });
  sent.on('error', () => {});
  sent.write(upload);
  await until('it is under way', () => received === upload.length);

  sent.destroy();
  await until('the application is told', () => isClosed);

  assert.equal(isWhole, false);
});
