import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { createCredentialsClient } from './credentials-client.ts';
import type { CredentialsClient } from './credentials-client.ts';

const token = randomBytes(20).toString('hex');
const origins = ['https://git.example.com'];
const request = { credentialsId: 'cred-abc-123', userId: 'user123', url: 'https://git.example.com/org/repo.git' };

test('credentials are asked for in the name of the user', async () => {
  await using service = await startService({ username: 'deploy', token, origins });
  const client = createCredentialsClient({ serviceUrl: `${service.url}/`, serviceToken: 'service-token' });

  const credentials = await client.load(request);

  assert.deepEqual(credentials.reveal(), { username: 'deploy', password: token });
  const [{ method, url, headers }] = service.requests as [TestRequest];
  assert.equal(`${method} ${url}`, 'GET /api/credentials/cred-abc-123');
  assert.equal(headers['x-user-id'], 'user123');
  assert.equal(headers['x-target-origin'], 'https://git.example.com');
  assert.equal(headers.authorization, 'Bearer service-token');
});

test('a service below a path, and a token without a user name', async () => {
  await using service = await startService({ token, username: null, expires: 'never', origins });

  const credentials = await createCredentialsClient({ serviceUrl: `${service.url}/auth/v1` }).load(request);

  assert.deepEqual(credentials.reveal(), { password: token });
  assert.equal(service.requests[0]?.url, '/auth/v1/api/credentials/cred-abc-123');
  assert.equal(service.requests[0]?.headers.authorization, undefined);
});

test('credentials show nothing however they are printed', async () => {
  await using service = await startService({ username: 'deploy', token, origins });

  const credentials = await service.client.load(request);

  for (const printed of [
    String(credentials),
    `${credentials}`,
    JSON.stringify({ credentials }),
    inspect({ credentials }, { depth: 9, showHidden: true }),
  ]) {
    assert.ok(printed.includes('[redacted]') && !printed.includes(token) && !printed.includes('deploy'), printed);
  }
});

test('G20 credentials of one server are not given out for another', async () => {
  await using service = await startService({ token, origins: ['https://git.example.com', 'https://other.example:8443/path', 'nonsense'] });

  for (const url of ['https://git.example.com/a.git', 'https://GIT.example.com:443/b', 'https://other.example:8443/c']) {
    assert.deepEqual((await service.client.load({ ...request, url })).reveal(), { password: token }, url);
  }
  for (const url of [
    'https://evil.example/a.git',
    'https://git.example.com.evil.example/a.git',
    'https://git.example.com@evil.example/a.git',
    'https://git.example.com:8443/a.git',
    'https://other.example/c',
  ]) {
    await assert.rejects(service.client.load({ ...request, url }), { code: 'CREDENTIALS_NOT_FOR_ORIGIN' }, url);
  }
});

test('G20 credentials that do not say which servers they are for go nowhere, unless the operator says it', async () => {
  await using service = await startService({ token });
  const usualOrigins = ['https://git.example.com', 'ssh://git.example.com'];
  const client = createCredentialsClient({ serviceUrl: service.url, usualOrigins });

  await assert.rejects(service.client.load(request), (error: Error & { code: string }) => {
    assert.equal(error.code, 'CREDENTIALS_NOT_FOR_ORIGIN');
    assert.match(error.message, /"origins".*auth\.credentialsOrigins/);
    return !inspect(error, { depth: 9 }).includes(token);
  });
  assert.deepEqual((await client.load(request)).reveal(), { password: token });
  await assert.rejects(client.load({ ...request, url: 'https://evil.example/a.git' }), { code: 'CREDENTIALS_NOT_FOR_ORIGIN' });
  await using limited = await startService({ token, origins: ['https://other.example'] });
  const both = createCredentialsClient({ serviceUrl: limited.url, usualOrigins });
  await assert.rejects(both.load(request), { code: 'CREDENTIALS_NOT_FOR_ORIGIN' });
});

test('for other addresses than https and ssh the service is not even asked', async () => {
  await using service = await startService({ token });

  for (const url of ['http://git.example.com/a.git', 'git@git.example.com:a.git', 'file:///a', 'https://', '']) {
    await assert.rejects(service.client.load({ ...request, url }), { code: 'CREDENTIALS_NOT_FOR_ORIGIN' }, url);
  }

  assert.equal(service.requests.length, 0);
});

test('a token goes over https alone, a key over ssh, to the servers that they are for', async () => {
  const key = { private_key: `-----BEGIN OPENSSH PRIVATE KEY-----\n${token}`, known_hosts: 'git.example.com ssh-ed25519 AAAA' };
  await using tokens = await startService({ token, origins });
  await using keys = await startService({ ...key, origins: ['ssh://git.example.com', 'ssh://git@other.example:2222/any'] });
  const loadKey = (url: string) => keys.client.load({ ...request, url });

  const revealed = (await loadKey('ssh://git@git.example.com/org/repo.git')).reveal();

  assert.deepEqual(revealed, { privateKey: `${key.private_key}\n`, knownHosts: `${key.known_hosts}\n` });
  assert.equal(keys.requests[0]?.headers['x-target-origin'], 'ssh://git.example.com');
  await loadKey('ssh://jane@other.example:2222/a');
  for (const url of ['ssh://git@git.example.com:2222/a', 'ssh://git@other.example/a', 'https://git.example.com/a.git']) {
    await assert.rejects(loadKey(url), { code: 'CREDENTIALS_NOT_FOR_ORIGIN' }, url);
  }
  await assert.rejects(tokens.client.load({ ...request, url: 'ssh://git@git.example.com/a' }), { code: 'CREDENTIALS_NOT_FOR_ORIGIN' });
});

test('G21 N7 no id leads to another path, and no user adds a header', async () => {
  await using service = await startService({ token });
  const ids = ['', '.', '..', '../users', 'a/b', 'a%2fb', 'a?b', 'a#b', 'a b', 'a\r\nb', 'é', 'x'.repeat(201)];
  const users = ['', 'a\r\nX-User-ID: b', 'a b', 'a\0', 'é', 'x'.repeat(256)];

  for (const credentialsId of ids)
    await assert.rejects(service.client.load({ ...request, credentialsId }), { code: 'CREDENTIALS_NOT_FOUND' });
  for (const userId of users) await assert.rejects(service.client.load({ ...request, userId }), { code: 'CREDENTIALS_NOT_FOUND' });

  assert.equal(service.requests.length, 0);
});

test('what the service says is told without what it said', async () => {
  const cases = [
    { status: 404, code: 'CREDENTIALS_NOT_FOUND' },
    { status: 403, code: 'CREDENTIALS_NOT_FOUND' },
    { status: 401, code: 'CREDENTIALS_REFUSED' },
    { status: 500, code: 'CREDENTIALS_UNAVAILABLE' },
    { status: 302, code: 'CREDENTIALS_UNAVAILABLE' },
  ];
  for (const { status, code } of cases) {
    await using service = await startService((response) => response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(token));
    await assert.rejects(service.client.load(request), (error: Error & { code: string }) => {
      assert.equal(error.code, code, String(status));
      assert.ok(!inspect(error, { depth: 9 }).includes(token));
      return true;
    });
  }
});

test('an answer that is none is refused, and not quoted', async () => {
  const answers = [
    '',
    `{"token": ${token}`,
    `"${token}"`,
    '{}',
    { token: '' },
    { token: 1 },
    { token: `a\r\n${token}` },
    { token, username: `a:b` },
    { token, origins: token },
    { private_key: token, known_hosts: 'a' },
    { private_key: `-----BEGIN PRIVATE KEY-----\n${token}` },
  ];

  for (const answer of answers) {
    await using service = await startService(answer);
    await assert.rejects(service.client.load(request), (error: Error & { code: string }) => {
      assert.equal(error.code, 'CREDENTIALS_UNREADABLE');
      assert.ok(!inspect(error, { depth: 9 }).includes(token));
      return true;
    });
  }
});

test('N5 a service that is silent, endless or gone is unavailable', async () => {
  await using silent = await startService(() => {});
  await using endless = await startService((response) => response.end(Buffer.alloc(1_000_000, ' ')));
  const gone = await startService({ token });
  await gone[Symbol.asyncDispose]();

  for (const service of [silent, endless, gone]) await assert.rejects(service.client.load(request), { code: 'CREDENTIALS_UNAVAILABLE' });
});

interface TestRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

interface TestService extends AsyncDisposable {
  readonly url: string;
  readonly client: CredentialsClient;
  readonly requests: readonly TestRequest[];
}

async function startService(answer: object | string | ((response: ServerResponse) => void)): Promise<TestService> {
  const requests: TestRequest[] = [];
  const server = createServer(({ method, url, headers }, response) => {
    requests.push({ method, url, headers });
    if (typeof answer === 'function') answer(response);
    else response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url,
    client: createCredentialsClient({ serviceUrl: url, timeoutSeconds: 0.5 }),
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
