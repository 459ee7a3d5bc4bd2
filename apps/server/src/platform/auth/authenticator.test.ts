import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { openTestApp } from '../../../test/open-test-app.ts';
import type { TestApp } from '../../../test/open-test-app.ts';
import { createEchoFeature } from '../../../test/echo-feature.ts';
import { createAuthenticator } from './authenticator.ts';
import { createApiKeyToken } from './api-key-token.ts';

let service: TestApp;
let local: TestApp;
let alice: Record<string, string>;

before(async () => {
  service = await openTestApp({ features: [createEchoFeature()] });
  local = await openTestApp({ database: service.database, withoutCredentials: true, features: [createEchoFeature()] });
  alice = await service.asUser('alice');
});
after(async () => {
  await local.close();
  await service.close();
});

const limit = { timeout: 30_000 };

test('the same user has one tenant, whichever way they come in, and two users have two', limit, async () => {
  const { key } = await makeKey();

  const ways = [alice, service.asGateway('alice'), { 'x-api-key': key }, { authorization: `Bearer ${key}` }];
  const callers = await Promise.all(ways.map((headers) => callerOf(service, headers)));
  const bob = await callerOf(service, service.asGateway('bob'));

  assert.deepEqual(
    callers.map(({ user_id, via }) => [user_id, via]),
    [
      ['alice', 'jwt'],
      ['alice', 'gateway'],
      ['alice', 'api-key'],
      ['alice', 'api-key'],
    ],
  );
  assert.equal(new Set(callers.map(({ tenant_id }) => tenant_id)).size, 1);
  assert.notEqual(bob.tenant_id, callers[0]!.tenant_id);
});

test('a user whose first requests come at once gets one tenant', limit, async () => {
  const first = Array.from({ length: 20 }, () => callerOf(service, service.asGateway('newcomer')));

  assert.equal(new Set((await Promise.all(first)).map(({ tenant_id }) => tenant_id)).size, 1);
});

test('a key that is revoked, has expired or never was lets nobody in', limit, async () => {
  const { key, id } = await makeKey();
  const revoked = await makeKey();
  await fetch(`${service.url}/api/v2/api-keys/${revoked.id}`, { method: 'DELETE', headers: alice });
  const before = await statusOf(service, { 'x-api-key': key });

  await expire(id);

  assert.equal(before, 200);
  assert.deepEqual(
    await Promise.all([key, revoked.key, createApiKeyToken(), 'dgk_1', ''].map((token) => statusOf(service, { 'x-api-key': token }))),
    [401, 401, 401, 401, 401],
  );
});

test('N13: a key in the address counts for nothing', limit, async () => {
  const { key } = await makeKey();

  for (const name of ['api_key', 'access_token', 'token', 'x-api-key']) {
    const { status } = await fetch(`${service.url}/test/caller?${name}=${key}`);
    assert.equal(status, 401, name);
  }
});

test('N13: a key is kept as its hash only, and its use is noted', limit, async () => {
  const { key, id } = await makeKey();
  await statusOf(service, { 'x-api-key': key });

  const { tenant_id } = await callerOf(service, alice);
  const row = await service.database.asTenant(tenant_id, (tx) =>
    tx.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst(),
  );

  assert.ok(!JSON.stringify(row).includes(key.slice(12)));
  assert.ok(row!.last_used_at! > new Date(Date.now() - 60_000));
});

test('nobody is called as the service itself is in the audit log', limit, async () => {
  const statuses = await Promise.all(
    [service.asGateway('system'), await service.asUser('system')].map((headers) => statusOf(service, headers)),
  );

  assert.deepEqual(statuses, [401, 401]);
});

test('an answer to bad credentials does not tell what was wrong with them', limit, async () => {
  const answers = await Promise.all(
    [{}, { 'x-api-key': createApiKeyToken() }, { authorization: 'Bearer eyJ.e30.' }, { 'x-user-id': 'alice' }].map(async (headers) => {
      const answer = await fetch(`${service.url}/test/caller`, { headers: headers as Record<string, string> });
      return {
        status: answer.status,
        scheme: answer.headers.get('www-authenticate'),
        problem: (await answer.json()) as { detail: string },
      };
    }),
  );

  assert.deepEqual(new Set(answers.map(({ status, scheme, problem }) => `${status} ${scheme} ${problem.detail}`)).size, 1);
  assert.equal(answers[0]!.scheme, 'Bearer realm="deployguard"');
});

test('on this machine without authentication, the examples of the guide work as they stand there', limit, async () => {
  const named = await callerOf(local, { 'x-user-id': 'user123' });
  const unnamed = await callerOf(local, {});

  assert.deepEqual([named.user_id, named.via, unnamed.user_id], ['user123', 'local', 'local']);
  assert.notEqual(named.tenant_id, unnamed.tenant_id);
});

test('without authentication a page of another site gets nowhere, even if its name leads here (DNS rebinding)', limit, async () => {
  const { port } = new URL(local.url);
  const hosts = [
    `localhost:${port}`,
    `127.0.0.1:${port}`,
    `app.localhost:${port}`,
    `evil.example.com:${port}`,
    '127.0.0.1.evil.example.com',
    'localhost.evil.example.com',
  ];

  const answers = await Promise.all(hosts.map((host) => requestWithHost(Number(port), host)));

  assert.deepEqual(answers, [200, 200, 200, 403, 403, 403]);
});

test('without authentication the service does not listen beyond this machine', limit, async () => {
  const other = await openTestApp({ database: service.database, withoutCredentials: true });

  for (const host of ['0.0.0.0', '::', '192.0.2.1', 'example.com']) {
    await assert.rejects(other.app.listen({ host, port: 0 }), /Without authentication/);
  }
  await other.close();
});

test('without authentication no origin may be let in by *', limit, async () => {
  await assert.rejects(openTestApp({ database: service.database, withoutCredentials: true, allowedOrigins: ['*'] }), /CORS_ORIGINS=\*/);
});

for (const [what, options] of Object.entries({
  'a gateway whose proof is short': { gateway: { proofs: ['changeme'] } },
  'a gateway without a proof': { gateway: { proofs: [] } },
  'a gateway beside a door that is open': { gateway: { proofs: ['p'.repeat(32)] }, withoutCredentials: true },
})) {
  test(`O4: ${what} is refused at start`, () => {
    assert.throws(() => createAuthenticator({ database: service.database, apiKeys: true, ...options }));
  });
}

async function callerOf({ url }: TestApp, headers: Record<string, string>) {
  const answer = await fetch(`${url}/test/caller`, { headers });
  assert.equal(answer.status, 200);
  return (await answer.json()) as { tenant_id: string; user_id: string; via: string };
}

async function statusOf({ url }: TestApp, headers: Record<string, string>): Promise<number> {
  return (await fetch(`${url}/test/caller`, { headers })).status;
}

async function makeKey(): Promise<{ key: string; id: string }> {
  const answer = await fetch(`${service.url}/api/v2/api-keys`, {
    method: 'POST',
    headers: { ...alice, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'test', scopes: ['jobs:read'] }),
  });
  const { key, api_key } = (await answer.json()) as { key: string; api_key: { id: string } };
  return { key, id: api_key.id };
}

async function expire(id: string): Promise<void> {
  const { tenant_id } = await callerOf(service, alice);
  await service.database.asTenant(tenant_id, (tx) =>
    tx
      .updateTable('api_keys')
      .set({ expires_at: new Date(0) })
      .where('id', '=', id)
      .execute(),
  );
}

/** `fetch` does not let one choose the host. */
async function requestWithHost(port: number, host: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  request({ host: '127.0.0.1', port, path: '/test/caller', headers: { host }, agent: false }, (answer) => {
    answer.resume();
    resolve(answer.statusCode!);
  })
    .on('error', reject)
    .end();
  return promise;
}
