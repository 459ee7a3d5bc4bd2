import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect as connectPlainly } from 'node:net';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { test } from 'node:test';
import { runProcess } from '@deployguard/process';
import { openRouter, sendRaw, sendThrough, startApplication, writeTestCertificate } from '../../test/router-fixture.ts';
import type { TestContext } from '../../test/router-fixture.ts';
import { until } from '../../test/until.ts';
import { openCertificates } from './open-certificates.ts';

const limit = { timeout: 120_000 };
const host = 'shop.test.example';

async function open(context: TestContext, isWantedByAll = false, headMs = 15_000) {
  const { authority, files } = await writeTestCertificate(context);
  const { router, port } = await openRouter(context, {
    secure: { listen: { host: '127.0.0.1', port: 0 }, certificates: [files], isWantedByAll },
    headMs,
  });
  const { requests, address } = await startApplication(context, (request, response) =>
    response.end(`over ${request.headers['x-forwarded-proto']}`),
  );
  for (const name of [host, 'shop.other.example']) {
    await router.setRoute({ host: name, application: 'shop', release: 'one', upstreams: [address] });
  }
  const securePort = Number(new URL(router.secureUrl!).port);
  const connectSecurely = async (): Promise<TLSSocket> => {
    const socket = connect({ host: '127.0.0.1', port: securePort, servername: host, ca: authority });
    await once(socket, 'secureConnect');
    return socket;
  };
  return { requests, port, securePort, files, authority, ask: async (text: string) => sendThrough(await connectSecurely(), text) };
}

const get = (name: string, path = '/', more = ''): string => `GET ${path} HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n${more}\r\n`;

test('over TLS the application is told so, whatever the client says', limit, async (context) => {
  const { requests, ask, port } = await open(context);

  const secure = await ask(get(host, '/', 'X-Forwarded-Proto: http\r\nX_Forwarded_For: 10.9.9.9\r\n'));
  const plain = await sendRaw(port, get(host, '/', 'X-Forwarded-Proto: https\r\n'));

  assert.match(secure, /over https$/m);
  assert.match(plain, /over http$/m);
  assert.deepEqual(requests[0]!.headersDistinct['x-forwarded-for'], ['127.0.0.1']);
});

test('N15 requests that can be read in two ways reach no application over TLS either', limit, async (context) => {
  const { requests, ask } = await open(context);
  const smuggled = `GET /smuggled HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  const ambiguous = [
    `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\nContent-Length: 50\r\n\r\n${smuggled}`,
    `GET / HTTP/1.1\r\nHost: ${host}\r\nHost: other.test.example\r\n\r\n`,
    `GET https://other.test.example/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
  ];

  for (const text of ambiguous) assert.match(await ask(text), /^(HTTP\/1\.1 400 |$)/, text);

  assert.deepEqual(
    requests.map(({ url }) => url).filter((url) => url !== '/'),
    [],
  );
});

test('who comes without TLS is led to the same with TLS, where a certificate is for the name', limit, async (context) => {
  const { port, securePort, requests, ask } = await open(context, true);

  const led = await sendRaw(port, get(host, '/a?b=c'));
  const withoutCertificate = await sendRaw(port, get('shop.other.example'));
  const unknown = await sendRaw(port, get('unknown.test.example'));
  const secure = await ask(get(host));

  assert.match(led, new RegExp(`^HTTP/1\\.1 308 [^]*\r\nlocation: https://${host}:${securePort}/a\\?b=c\r\n`));
  assert.match(withoutCertificate, /over http$/m);
  assert.match(unknown, /^HTTP\/1\.1 404 /);
  assert.match(secure, /over https$/m);
  assert.equal(requests.length, 2);
});

test('N15 the address that one is led to cannot be another’s, or break out of its line', limit, async (context) => {
  const { port } = await open(context, true);

  const otherTarget = await sendRaw(port, `GET http://evil.example/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  const twoSlashes = await sendRaw(port, get(host, '//evil.example/'));
  const encoded = await sendRaw(port, get(host, '/%0d%0aSet-Cookie:%20a=b'));

  assert.match(otherTarget, /^HTTP\/1\.1 400 /);
  assert.match(twoSlashes, new RegExp(`\r\nlocation: https://${host}:\\d+//evil\\.example/\r\n`));
  assert.doesNotMatch(encoded, /^set-cookie/im);
});

test(
  'a certificate is chosen by the names in it, and taken anew when it was renewed; one that is broken changes nothing',
  limit,
  async (context) => {
    const { files } = await writeTestCertificate(context);
    const warnings: string[] = [];
    const certificates = openCertificates([files], (message) => warnings.push(message));
    const before = certificates.choose(host);

    certificates.refresh();
    const same = certificates.choose(host);
    writeFileSync(files.certificateFile, 'broken');
    certificates.refresh();
    certificates.refresh();
    const broken = certificates.choose(host);
    writeFileSync(files.certificateFile, `${certificates.fallback.cert as string}\n`);
    certificates.refresh();

    assert.deepEqual(
      ['localhost', host, 'a.b.test.example', 'test.example', 'example', ''].map((name) => certificates.isFor(name)),
      [true, true, false, false, false, false],
    );
    assert.equal(same, before);
    assert.equal(broken, before);
    assert.notEqual(certificates.choose(host), before);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /cannot be renewed/);
  },
);

test('a renewed certificate is also for clients that name no host', limit, async (context) => {
  const { securePort, files } = await open(context);
  const nameOf = async (): Promise<string | undefined> => {
    const socket = connect({ host: '127.0.0.1', port: securePort, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return String(subject.CN);
  };
  assert.equal(await nameOf(), 'localhost');

  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=renewed'];
  const args = ['req', '-x509', ...made, '-keyout', files.keyFile, '-out', files.certificateFile];
  await runProcess({ program: 'openssl', args, env: { PATH: '/usr/local/bin:/usr/bin:/bin' } });

  await until('it is in use', async () => (await nameOf()) === 'renewed');
});

test('N15 a client that begins no TLS is not waited for longer than for the head of a request', { timeout: 60_000 }, async (context) => {
  const { securePort } = await open(context, false, 1000);
  const client = connectPlainly(securePort, '127.0.0.1');
  context.after(() => client.destroy());

  await once(client.resume(), 'close');
});
