import { getTestCertificate } from '@deployguard/testkit';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createCheckedFetch } from './checked-fetch.ts';
import { createEgressPolicy } from './egress-policy.ts';
import type { EgressFailure } from './egress-policy.ts';

const ownNetwork = createEgressPolicy({ allowPrivate: true });

test('an allowed server is asked, and its answer read', async () => {
  await using server = await startServer((request, response) => {
    request.pipe(response.setHeader('x-method', request.method ?? ''));
  });
  const fetch = createCheckedFetch({ policy: ownNetwork });

  const response = await fetch(`${server.url}/path`, { method: 'POST', body: 'hello' });

  assert.equal(response.status, 200);
  assert.equal(response.headers.get('x-method'), 'POST');
  assert.equal(await response.text(), 'hello');
});

test('a server is asked as the host of the URL, or as the one that is named', async () => {
  await using server = await startServer((request, response) => response.end(request.headers.host));
  const asked = async (hostHeader?: string): Promise<string> => {
    const fetch = createCheckedFetch({ policy: ownNetwork, ...(hostHeader !== undefined && { hostHeader }) });
    return (await fetch(server.url, { headers: { host: 'ignored.example' } })).text();
  };

  assert.equal(await asked(), new URL(server.url).host);
  assert.equal(await asked('shop.example'), 'shop.example');
});

test('N1 N2 a forbidden address sees no connection, whatever form its name takes', async () => {
  await using server = await startServer((_, response) => response.end());
  const fetch = createCheckedFetch({ policy: createEgressPolicy({ lookup: async () => ['127.0.0.1'] }) });

  for (const host of ['127.0.0.1', 'localhost', '127.1', '0x7f000001', '2130706433', '[::ffff:127.0.0.1]', 'rebound.example']) {
    await assert.rejects(fetch(`http://${host}:${server.port}/`), { name: 'EgressError', code: 'ADDRESS_DENIED' }, host);
  }

  assert.equal(server.connections(), 0);
});

test('N2 every request is looked up and connected anew', async () => {
  await using server = await startServer((_, response) => response.end('ok'));
  const answers = [['127.0.0.1'], ['10.0.0.1']];
  const fetch = createCheckedFetch({
    policy: createEgressPolicy({ allowHosts: ['127.0.0.1'], lookup: async () => answers.shift() ?? [] }),
  });

  assert.equal(await (await fetch(`http://flipping.example:${server.port}/`)).text(), 'ok');
  await assert.rejects(fetch(`http://flipping.example:${server.port}/`), { code: 'ADDRESS_DENIED' });

  assert.equal(server.connections(), 1);
});

test('N3 a redirect is an answer, and not followed', async () => {
  await using inside = await startServer((_, response) => response.end('inside'));
  await using server = await startServer((_, response) => response.writeHead(302, { location: inside.url }).end());

  const response = await createCheckedFetch({ policy: ownNetwork })(server.url, { redirect: 'follow' });

  assert.equal(response.status, 302);
  assert.equal(inside.connections(), 0);
});

test('N4 whoever chose the address is told the same of each that does not work; the reasons are heard elsewhere', async () => {
  const failures: EgressFailure[] = [];
  const closed = await startServer(() => {});
  await closed[Symbol.asyncDispose]();
  await using silent = await startTcpServer((server) => server.on('connection', (socket) => socket.destroy()));
  const policy = createEgressPolicy({
    allowHosts: ['127.0.0.1'],
    lookup: async (host) => (host === 'inside.example' ? ['10.0.0.1'] : []),
    onFailure: (failure) => failures.push(failure),
  });
  const fetch = createCheckedFetch({ policy });

  const told = new Set<string>();
  for (const target of ['inside.example', 'unknown.example', `127.0.0.1:${closed.port}`, `127.0.0.1:${silent.port}`, '10.0.0.1']) {
    const error = await fetch(`http://${target}/`).then(
      () => assert.fail(target),
      (reason: unknown) => reason as Error & { code: string },
    );
    told.add(JSON.stringify([error.name, error.code, error.message, error.cause]));
  }

  assert.deepEqual([...told], ['["EgressError","REMOTE_UNREACHABLE","The server cannot be reached.",null]']);
  assert.deepEqual(
    failures.map(({ error }) => error.code),
    ['ADDRESS_DENIED', 'HOST_NOT_FOUND', 'CONNECTION_FAILED', 'CONNECTION_FAILED', 'ADDRESS_DENIED'],
  );
});

test('N5 an answer is read up to the limit, unpacked, and for so long', async () => {
  await using server = await startServer((request, response) => {
    if (request.url === '/endless') return void writeForEver(response);
    if (request.url === '/packed') return void response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(100_000)));
    if (request.url === '/half') return void response.write('half');
    // Else it never answers.
  });
  const fetch = createCheckedFetch({ policy: ownNetwork, maxResponseBytes: 65_536, timeoutSeconds: 0.3 });

  for (const path of ['/endless', '/packed']) {
    const response = await fetch(server.url + path);
    await assert.rejects(response.text(), { code: 'RESPONSE_TOO_LARGE' }, path);
  }
  await assert.rejects(fetch(`${server.url}/silent`), { code: 'TIMED_OUT' });
  const half = await fetch(`${server.url}/half`);
  await assert.rejects(half.text(), { code: 'TIMED_OUT' });
});

test('N5 an answer with a status that HTTP does not know is a failure, and the request over', async (context) => {
  await using server = await startTcpServer((tcp) => {
    tcp.on('connection', (socket) => socket.on('data', () => socket.end('HTTP/1.1 600 Odd\r\nContent-Length: 5\r\n\r\nhello')));
  });
  const fetch = createCheckedFetch({ policy: ownNetwork, timeoutSeconds: 4321 });
  const started = context.mock.method(globalThis, 'setTimeout');
  const cleared = context.mock.method(globalThis, 'clearTimeout');

  await assert.rejects(fetch(server.url), { name: 'EgressError', code: 'CONNECTION_FAILED' });

  const [deadline] = started.mock.calls.filter(({ arguments: [, milliseconds] }) => milliseconds === 4_321_000);
  assert.ok(cleared.mock.calls.some(({ arguments: [timer] }) => timer === deadline!.result));
});

test('a request that is over is not said to be late afterwards', async (context) => {
  await using server = await startServer((request, response) => {
    if (request.url === '/empty') response.writeHead(204).end();
    else response.end('hello');
  });
  const fetch = createCheckedFetch({ policy: ownNetwork, timeoutSeconds: 1234 });
  const started = context.mock.method(globalThis, 'setTimeout');
  const cleared = context.mock.method(globalThis, 'clearTimeout');

  await fetch(`${server.url}/empty`);
  await (await fetch(server.url)).text();
  await (await fetch(server.url)).body!.cancel();
  await assert.rejects(fetch('http://127.0.0.1:1/'), { code: 'CONNECTION_FAILED' });

  const deadlines = started.mock.calls.filter(({ arguments: [, milliseconds] }) => milliseconds === 1_234_000).map(({ result }) => result);
  const ended = new Set(cleared.mock.calls.map(({ arguments: [timer] }) => timer));
  assert.equal(deadlines.filter((timer) => ended.has(timer)).length, 4);
});

test('N5 a server that is silent from the start is given up, over TLS as well', async () => {
  await using server = await startTcpServer(() => {});
  const fetch = createCheckedFetch({ policy: ownNetwork, timeoutSeconds: 0.3 });

  for (const scheme of ['http', 'https']) {
    await assert.rejects(fetch(`${scheme}://127.0.0.1:${server.port}/`), { code: 'TIMED_OUT' }, scheme);
  }
});

test('N5 one server is asked by so many connections at a time', async () => {
  let [open, peak] = [0, 0];
  await using server = await startServer((_, response) => {
    peak = Math.max(peak, ++open);
    setImmediate(() => {
      open--;
      response.end();
    });
  });
  const fetch = createCheckedFetch({ policy: ownNetwork, maxConnections: 2 });

  await Promise.all(Array.from({ length: 12 }, async () => await (await fetch(server.url)).text()));

  assert.ok(peak <= 2, `${peak}`);
});

test('certificates are verified, and authorities of one’s own can be trusted', async () => {
  const { key, certificate, authority } = await getTestCertificate();
  await using server = await listen(createSecureServer({ key, cert: certificate }, (_, response) => response.end('secure')));
  const url = `https://localhost:${server.port}/`;

  const trusting = createCheckedFetch({ policy: ownNetwork, trustedCertificates: [authority] });
  assert.equal(await (await trusting(url)).text(), 'secure');
  assert.equal(await (await trusting(`https://127.0.0.1:${server.port}/`)).text(), 'secure');

  await assert.rejects(createCheckedFetch({ policy: ownNetwork })(url), { code: 'CONNECTION_FAILED' });
  const misled = createEgressPolicy({ allowPrivate: true, lookup: async () => ['127.0.0.1'] });
  const impostor = createCheckedFetch({ policy: misled, trustedCertificates: [authority] });
  await assert.rejects(impostor(`https://other.example:${server.port}/`), { code: 'CONNECTION_FAILED' });
});

test('an abort is the caller’s own', async () => {
  await using server = await startServer(() => {});
  const fetch = createCheckedFetch({ policy: ownNetwork });
  const reason = new Error('cancelled');

  await assert.rejects(fetch(server.url, { signal: AbortSignal.abort(reason) }), (error) => error === reason);
});

function writeForEver(response: {
  write(chunk: Buffer): boolean;
  once(event: 'drain', listener: () => void): unknown;
  destroyed: boolean;
}): void {
  while (!response.destroyed) {
    if (!response.write(Buffer.alloc(16_384))) return void response.once('drain', () => writeForEver(response));
  }
}

interface TestServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  connections(): number;
}

async function startServer(listener: RequestListener): Promise<TestServer> {
  return await listen(createServer(listener));
}

async function startTcpServer(prepare: (server: Server) => void): Promise<TestServer> {
  const server = createTcpServer();
  prepare(server);
  return await listen(server);
}

async function listen(server: Server): Promise<TestServer> {
  let connections = 0;
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
