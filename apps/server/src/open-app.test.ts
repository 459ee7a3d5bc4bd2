import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import type { TemporaryDirectory } from '@deployguard/testkit';
import { SignJWT } from 'jose';
import { openTestPlatform } from '../test/open-test-platform.ts';
import { createTestDatabase } from '../test/create-test-database.ts';
import type { TestLogins } from '../test/start-test-cluster.ts';
import { createFeatures } from './features/create-features.ts';
import { openApp } from './open-app.ts';
import { loadConfig } from './platform/config/index.ts';
import { openDatabase } from './platform/database/index.ts';
import type { Database } from './platform/database/index.ts';

let logins: TestLogins;
let database: Database;
let directory: TemporaryDirectory;

before(async () => {
  logins = await createTestDatabase();
  database = openDatabase({ url: logins.url });
  directory = createTemporaryDirectory();
});
after(async () => {
  await database.close();
  await logins.stop();
  directory.dispose();
});

const limit = { timeout: 30_000 };

test('with the settings that nobody made, the service serves this machine without credentials', limit, async () => {
  const { url, close } = await serve({});

  const answer = await fetch(`${url}/api/v2/api-keys`, { headers: { 'x-user-id': 'user123' } });

  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('ratelimit-policy')!, /^"user";q=600;w=60$/);
  await close();
});

test('with every way in that settings can open, each lets in and nothing else does', limit, async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  writeFileSync(join(directory.path, 'issuer.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(join(directory.path, 'secret'), `${'s'.repeat(40)}\n`);
  const proof = 'p'.repeat(40);
  writeFileSync(
    join(directory.path, 'config.yaml'),
    JSON.stringify({
      auth: {
        apiKeys: true,
        gatewayProofs: [proof],
        jwtIssuers: [
          {
            issuer: 'https://one.test',
            audiences: ['dg'],
            algorithms: ['EdDSA'],
            publicKeyFile: join(directory.path, 'issuer.pem'),
            scopes: 'all',
          },
          {
            issuer: 'https://two.test',
            audiences: ['dg'],
            algorithms: ['HS256'],
            secretFile: join(directory.path, 'secret'),
            userPrefix: 'two:',
          },
        ],
      },
    }),
  );
  // A login for the database means several replicas: limits are counted there.
  const { url, close } = await serve({ DATABASE_URL: logins.url });
  const sign = (alg: string, issuer: string, key: Parameters<SignJWT['sign']>[0]): Promise<string> =>
    new SignJWT({ scope: 'api-keys:read' })
      .setProtectedHeader({ alg })
      .setIssuer(issuer)
      .setAudience('dg')
      .setSubject('alice')
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(key);

  const statuses = [];
  for (const headers of [
    {},
    { 'x-user-id': 'alice' },
    { 'x-user-id': 'alice', 'x-gateway-proof': proof },
    { authorization: `Bearer ${await sign('EdDSA', 'https://one.test', privateKey)}` },
    { authorization: `Bearer ${await sign('HS256', 'https://two.test', Buffer.from('s'.repeat(40)))}` },
    { authorization: `Bearer ${await sign('HS256', 'https://one.test', Buffer.from('s'.repeat(40)))}` },
  ] as Record<string, string>[]) {
    statuses.push((await fetch(`${url}/api/v2/api-keys`, { headers })).status);
  }
  const users = await database.asSystem((tx) =>
    tx.selectFrom('tenants').select('user_id').where('user_id', 'like', '%alice').orderBy('user_id').execute(),
  );

  assert.deepEqual(statuses, [401, 401, 200, 200, 200, 401]);
  assert.deepEqual(
    users.map(({ user_id }) => user_id),
    ['alice', 'two:alice'],
  );
  await close();
});

async function serve(environment: Record<string, string>): Promise<{ url: string; close: () => Promise<void> }> {
  const { config } = loadConfig({ environment: { ...environment, PORT: '0' }, workingDirectory: directory.path });
  const { platform, downloadKey, close } = await openTestPlatform(database);
  const app = await openApp({ ...platform, config, downloadKey }, createFeatures(platform));
  const { url } = await app.listen(config.http);
  return {
    url,
    async close() {
      await app.close(1);
      await close();
    },
  };
}
