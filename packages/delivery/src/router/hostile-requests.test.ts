import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { openRouter, sendRaw, startApplication } from '../../test/router-fixture.ts';
import type { RouterFixture, TestApplication, TestContext } from '../../test/router-fixture.ts';

const limit = { timeout: 120_000 };
const host = 'shop.localhost';

async function openWithApplication(
  context: TestContext,
  options: Parameters<typeof openRouter>[1] = {},
): Promise<RouterFixture & TestApplication> {
  const router = await openRouter(context, options);
  const application = await startApplication(context, (_, response) => response.end('answer'));
  await router.router.setRoute({ host, application: 'shop', release: 'one', upstreams: [application.address] });
  return { ...router, ...application };
}

/** Each ends the connection, so that an answer can be read to its end. */
const close = 'Connection: close\r\n';

test('N15 requests that two programs could read in two ways reach no application', limit, async (context) => {
  const { port, requests } = await openWithApplication(context);
  const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: shop.localhost\r\n\r\n';
  const ambiguous = {
    'length and chunks': `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    'chunks and length': `POST / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n${smuggled}`,
    'two lengths': `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\nContent-Length: 50\r\n\r\n${smuggled}`,
    'a length of two': `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0, 50\r\n\r\n${smuggled}`,
    'a signed length': `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: +0\r\n\r\n${smuggled}`,
    'an unknown coding': `POST / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`,
    'chunks, but not at last': `POST / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`,
    'a space before the colon': `POST / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${smuggled}`,
    'a folded line': `POST / HTTP/1.1\r\nHost: ${host}\r\nX-A: b\r\n Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${smuggled}`,
    'a bare line feed': `POST / HTTP/1.1\r\nHost: ${host}\r\nX-A: b\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${smuggled}`,
    'a bare carriage return': `GET / HTTP/1.1\r\nHost: ${host}\r\nX-A: b\rTransfer-Encoding: chunked\r\n\r\n${smuggled}`,
    'a zero byte': `GET / HTTP/1.1\r\nHost: ${host}\r\nX-A: b\0c\r\n\r\n${smuggled}`,
    'a chunk size that is none': `POST / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n${smuggled}`,
    'two hosts': `GET / HTTP/1.1\r\nHost: ${host}\r\nHost: other.localhost\r\n${close}\r\n`,
    'no host': `GET / HTTP/1.1\r\n${close}\r\n`,
    'an empty host': `GET / HTTP/1.1\r\nHost:\r\n${close}\r\n`,
    'another host in the target': `GET http://other.localhost/ HTTP/1.1\r\nHost: ${host}\r\n${close}\r\n`,
    'a target that is no path': `GET ..%2f HTTP/1.1\r\nHost: ${host}\r\n${close}\r\n`,
    'a connection that takes the host out': `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close, host\r\n\r\n`,
    'a connection that takes the length out': `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 44\r\nConnection: close, content-length\r\n\r\n${smuggled}`,
    'HTTP/0.9': `GET /\r\n\r\n`,
  };

  const passed: string[] = [];
  for (const [name, text] of Object.entries(ambiguous)) {
    const answer = await sendRaw(port, text);
    if (!answer.startsWith('HTTP/1.1 400 ') && answer !== '') passed.push(`${name}: ${answer.slice(0, 60)}`);
  }

  assert.deepEqual(passed, []);
  // A request that was whole before the fault came may have arrived; none that was hidden in another one.
  assert.deepEqual(
    requests.map(({ url }) => url).filter((url) => url !== '/'),
    [],
  );
});

test('N11 what only a proxy may say is not taken from users', limit, async (context) => {
  const { port, requests } = await openWithApplication(context);
  const lies = [
    'X-Forwarded-For: 10.9.9.9',
    'x_forwarded_for: 10.9.9.9',
    'X_Forwarded-For: 10.9.9.9',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Host: evil.example',
    'X-Forwarded-Port: 1',
    'Forwarded: for=10.9.9.9',
    'X-Real-IP: 10.9.9.9',
    'Proxy-Authorization: Basic eA==',
  ];

  await sendRaw(port, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close, x-forwarded-for\r\n${lies.join('\r\n')}\r\n\r\n`);

  const [request] = requests;
  assert.deepEqual(request?.headersDistinct['x-forwarded-for'], ['127.0.0.1']);
  assert.deepEqual(request.headersDistinct['x-forwarded-proto'], ['http']);
  assert.deepEqual(request.headersDistinct['x-forwarded-host'], [host]);
  assert.deepEqual(request.headersDistinct['x-forwarded-port'], [String(port)]);
  assert.doesNotMatch(request.rawHeaders.join('\n'), /10\.9\.9\.9|evil|eA==|_/);
});

test('N11 the word of a trusted proxy is taken, and added to', limit, async (context) => {
  const { port, requests } = await openWithApplication(context, { trustedProxies: ['127.0.0.1'] });

  await sendRaw(port, `GET / HTTP/1.1\r\nHost: ${host}\r\n${close}X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n\r\n`);

  assert.equal(requests[0]?.headers['x-forwarded-for'], '203.0.113.7, 127.0.0.1');
  assert.equal(requests[0].headers['x-forwarded-proto'], 'https');
});

test('what is meant for one hop is not passed on, in either direction', limit, async (context) => {
  const { router, port } = await openRouter(context);
  const application = await startApplication(context, (_, response) => {
    response.writeHead(200, {
      connection: 'close, x-hop',
      'x-hop': 'private',
      'proxy-authenticate': 'Basic',
      'x-kept': 'yes',
      'keep-alive': 'timeout=9',
    });
    response.end('answer');
  });
  await router.setRoute({ host, application: 'shop', release: 'one', upstreams: [application.address] });

  const head = `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close, X-Secret-Hop\r\nX-Secret-Hop: 1\r\nTE: trailers\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nX-Kept: yes\r\n\r\n`;
  const answer = await sendRaw(port, head);

  const sent = application.requests[0]!.headers;
  assert.deepEqual(
    ['x-secret-hop', 'te', 'upgrade', 'http2-settings'].filter((name) => name in sent),
    [],
  );
  assert.equal(sent['x-kept'], 'yes');
  assert.doesNotMatch(answer, /x-hop|proxy-authenticate|timeout=9/i);
  assert.match(answer, /x-kept: yes/i);
});

test('N15 heads that are too large are refused, and a head that never ends is not waited for', { timeout: 120_000 }, async (context) => {
  const { port, requests } = await openWithApplication(context, { headMs: 500 });

  const large = await sendRaw(port, `GET / HTTP/1.1\r\nHost: ${host}\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`);
  const endless = await sendRaw(port, `GET / HTTP/1.1\r\nHost: ${host}\r\nX-Endless: `);

  assert.match(large, /^HTTP\/1\.1 431 /);
  assert.match(endless, /^HTTP\/1\.1 408 /);
  assert.equal(requests.length, 0);
});

test('a tunnel is not opened', limit, async (context) => {
  const { port, requests } = await openWithApplication(context);

  const answer = await sendRaw(port, `CONNECT ${host}:22 HTTP/1.1\r\nHost: ${host}\r\n\r\n`);

  assert.doesNotMatch(answer, /^HTTP\/1\.1 2/);
  assert.equal(requests.length, 0);
});

test('answers that are no HTTP, or lie about their length, reach nobody as something else', limit, async (context) => {
  const { router, port } = await openRouter(context);
  const answers = [
    'nonsense\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy',
    'HTTP/1.1 200 OK\r\nX-A: b\r\n\0: c\r\n\r\n',
  ];

  const statuses: string[] = [];
  for (const text of answers) {
    const application = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(text, 'latin1'));
    });
    application.listen(0, '127.0.0.1');
    await once(application, 'listening');
    context.after(() => void application.close());
    const address = { host: '127.0.0.1', port: (application.address() as AddressInfo).port };
    await router.setRoute({ host, application: 'shop', release: 'one', upstreams: [address] });
    statuses.push((await sendRaw(port, `GET / HTTP/1.1\r\nHost: ${host}\r\n${close}\r\n`)).slice(9, 12));
  }

  assert.deepEqual(statuses, ['502', '502', '502', '502']);
});

test('a WebSocket that is asked for behind an unanswered request ends its own connection, and no other', limit, async (context) => {
  const { port } = await openWithApplication(context);
  const upgrade = (name: string): string =>
    `GET / HTTP/1.1\r\nHost: ${name}\r\n\r\nGET / HTTP/1.1\r\nHost: ${name}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;

  for (const name of [host, 'nobody.localhost']) await sendRaw(port, upgrade(name));

  assert.match(await sendRaw(port, `GET / HTTP/1.1\r\nHost: ${host}\r\n${close}\r\n`), /^HTTP\/1\.1 200 /);
});

test('what an application writes behind its status, in whatever letters, keeps no answer back', limit, async (context) => {
  const { router, port } = await openRouter(context);
  for (const phrase of ['Page non trouv\xe9e', Buffer.from('Не найдено').toString('latin1'), '']) {
    const application = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(`HTTP/1.1 404 ${phrase}\r\nContent-Length: 4\r\n\r\ngone`, 'latin1'));
    });
    application.listen(0, '127.0.0.1');
    await once(application, 'listening');
    context.after(() => void application.close());
    const address = { host: '127.0.0.1', port: (application.address() as AddressInfo).port };
    await router.setRoute({ host, application: 'shop', release: 'one', upstreams: [address] });

    for (const method of ['GET', 'DELETE']) {
      const answer = await sendRaw(port, `${method} / HTTP/1.1\r\nHost: ${host}\r\n${close}\r\n`);

      assert.match(answer, /^HTTP\/1\.1 404 /);
      assert.match(answer, /\r\n\r\ngone$/);
    }
  }
});
