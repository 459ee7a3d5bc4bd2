import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { connect } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { runProcess } from '@deployguard/process';
import { createTemporaryDirectory, getTestCertificate } from '@deployguard/testkit';
import type { TemporaryDirectory, TestCertificate } from '@deployguard/testkit';
import { openTestApp } from '../../../test/open-test-app.ts';
import type { TestApp } from '../../../test/open-test-app.ts';
import { checkHealth } from '../../check-health.ts';
import { loadTls } from './tls.ts';

let directory: TemporaryDirectory;
let certificate: TestCertificate;
let service: TestApp;
const fileOf = (name: string): string => join(directory.path, name);

before(async () => {
  directory = createTemporaryDirectory();
  certificate = await getTestCertificate();
  writeFileSync(fileOf('tls.crt'), certificate.certificate);
  writeFileSync(fileOf('tls.key'), certificate.key);
  service = await openTestApp({
    tls: { certificateFile: fileOf('tls.crt'), keyFile: fileOf('tls.key'), checkSeconds: 0.1 },
    slowClientSeconds: 1,
  });
});
after(async () => {
  await service.close();
  directory.dispose();
});

const limit = { timeout: 20_000 };

test('the service speaks TLS 1.2 and 1.3, and nothing older', limit, async () => {
  const versions = [];
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const socket = await open({ minVersion: version, maxVersion: version });
    versions.push(socket.getProtocol());
    socket.destroy();
  }

  assert.deepEqual(versions, ['TLSv1.2', 'TLSv1.3']);
  // Security level 0 lets the client offer what is long out of use.
  await assert.rejects(open({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }), /alert|version/i);
});

test('over TLS browsers are told to stay with it', limit, async () => {
  const socket = await open({});
  socket.end('GET /api/v2/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');

  const answer = await text(socket);

  assert.match(answer, /^HTTP\/1\.1 200 /);
  assert.match(answer, /strict-transport-security: max-age=/i);
});

test('N15: over TLS as well, headers that do not come to an end are cut off, and those that are too large refused', limit, async () => {
  const slow = await open({});
  slow.write('GET /api/v2/health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
  const large = await open({});
  large.write(`GET /api/v2/health HTTP/1.1\r\nHost: localhost\r\nX-Large: ${'a'.repeat(20_000)}\r\n\r\n`);

  const statuses = await Promise.all([slow, large].map(async (socket) => (await text(socket)).split(' ', 2)[1]));

  assert.deepEqual(statuses, ['408', '431']);
});

test('over TLS as well the service is found healthy by its settings, whatever name its certificate is for', limit, async () => {
  const { hostname: host, port } = new URL(service.url);
  const { http, telemetry } = service.platform.config;
  const settings = { ...http, host, port: Number(port) };

  const healthy = await checkHealth({ http: { ...settings, tlsCertificateFile: fileOf('tls.crt') }, telemetry });

  assert.equal(healthy, `https://127.0.0.1:${port}/api/v2/health`);
  await assert.rejects(checkHealth({ http: settings, telemetry }), { code: 'NOT_HEALTHY' });
});

test('a renewed certificate is used for new connections; files that do not fit leave the old one in use', limit, async () => {
  const first = await serialOfService();
  writeFileSync(fileOf('tls.crt'), 'not a certificate');
  await logged('certificate files cannot be used');
  const broken = await serialOfService();
  const renewed = await createSelfSigned();
  writeFileSync(fileOf('tls.key'), renewed.key);
  writeFileSync(fileOf('tls.crt'), renewed.certificate);
  await logged('renewed certificate in use');

  assert.equal(broken, first);
  assert.notEqual(await serialOfService(), first);
});

test('key and certificate that do not belong together are refused at start', limit, async () => {
  const other = await createSelfSigned();
  writeFileSync(fileOf('other.key'), other.key);
  writeFileSync(fileOf('mine.crt'), certificate.certificate);

  await assert.rejects(loadTls({ certificateFile: fileOf('mine.crt'), keyFile: fileOf('other.key') }), /key values mismatch/i);
});

async function open(options: ConnectionOptions): Promise<TLSSocket> {
  const { port } = new URL(service.url);
  const socket = connect({ port: Number(port), host: '127.0.0.1', servername: 'localhost', ca: certificate.authority, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

async function serialOfService(): Promise<string> {
  const socket = await open({ rejectUnauthorized: false });
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

/** Waits for a line of the log; each connection gives the service a turn. */
async function logged(message: string): Promise<void> {
  while (!service.log.some((line) => line.includes(message))) (await open({ rejectUnauthorized: false })).destroy();
}

async function createSelfSigned(): Promise<{ key: string; certificate: string }> {
  const args = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
  ];
  const { exitCode } = await runProcess({
    program: 'openssl',
    args: [...args, '-keyout', 'renewed.key', '-out', 'renewed.crt'],
    cwd: directory.path,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
  });
  assert.equal(exitCode, 0);
  return { key: readFileSync(fileOf('renewed.key'), 'utf8'), certificate: readFileSync(fileOf('renewed.crt'), 'utf8') };
}
