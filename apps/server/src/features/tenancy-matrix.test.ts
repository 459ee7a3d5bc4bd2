import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { request as startRequest } from 'node:http';
import { scopes } from '@deployguard/contracts';
import { addressOf, describeService, exampleOf, fillPath } from '../../test/documented-operations.ts';
import type { DocumentedApi, DocumentedOperation } from '../../test/documented-operations.ts';
import { openTestApp } from '../../test/open-test-app.ts';
import type { TestApp } from '../../test/open-test-app.ts';
import { createTestDatabase } from '../../test/create-test-database.ts';
import { query } from '../../test/start-test-cluster.ts';
import type { TestLogins } from '../../test/start-test-cluster.ts';
import { createResource } from '../../test/test-resources.ts';
import { openDatabase } from '../platform/database/index.ts';
import type { Database } from '../platform/database/index.ts';

// Every operation of the OpenAPI document is tried as every wrong caller. A feature joins by being listed; if it has ids in its paths,
// `test/test-resources.ts` must know how to make one.

/** And no number of a part. */
const isId = (id: string): boolean => id.length > 5;
const limit = { timeout: 240_000 };
const collections = [
  'applications',
  'deployments',
  'findings',
  'imports',
  'report-uploads',
  'jobs',
  'webhooks',
  'api-keys',
  'tasks',
  'waivers',
] as const;

/** Two locks keep tenants apart. Each must do it alone. */
const locks: Readonly<Record<string, (logins: TestLogins) => Database>> = {
  'both locks': ({ url }) => openDatabase({ url }),
  'the condition in each query alone, for a login that row-level security does not bind': ({ superuserUrl }) =>
    openDatabase({ url: superuserUrl }),
  'row-level security alone, for queries that forget the condition': ({ url }) => {
    const database = openDatabase({ url });
    return { ...database, asTenant: (tenantId, work) => database.asTenant(tenantId, (tx) => work(tx.withoutPlugins())) };
  },
};

for (const [lock, open] of Object.entries(locks)) {
  describe(lock, () => {
    let logins: TestLogins;
    let database: Database;
    let service: TestApp;
    let api: DocumentedApi;
    let mallory: Record<string, string>;
    const idsOfAlice: string[] = [];

    before(async () => {
      logins = await createTestDatabase();
      database = open(logins);
      service = await openTestApp({ database });
      api = describeService(service);
      mallory = await service.asUser('mallory');
      for (const collection of [...collections, ...collections]) {
        idsOfAlice.push(...Object.values(await createResource(service, `/api/v2/${collection}`, 'alice')).filter(isId));
        await createResource(service, `/api/v2/${collection}`, 'mallory');
      }
    });
    after(async () => {
      await service.close();
      await database.close();
      await logins.stop();
    });

    test(
      'T1 T10: to another tenant nothing exists: every operation on an id answers 404 in the words for what never was, and changes nothing',
      limit,
      async () => {
        const things = new Map<string, Readonly<Record<string, string>>>();
        for (const { path } of onIds(api)) things.set(path, await createResource(service, path, 'alice'));
        const rowsBefore = await dumpTenant(logins, 'alice');

        for (const operation of onIds(api)) {
          const answer = await send(service, api, operation, mallory, fillPath(operation.path, things.get(operation.path)!));
          const never = Object.entries(things.get(operation.path)!).map(([name, id]) => [name, isId(id) ? neverMade : id]);
          const absent = await send(service, api, operation, mallory, fillPath(operation.path, Object.fromEntries(never)));

          assert.deepEqual([answer.status, withoutIds(answer.body)], [404, withoutIds(absent.body)], operation.operationId);
        }
        assert.deepEqual(await dumpTenant(logins, 'alice'), rowsBefore);
      },
    );

    test('T10: a name or key that another tenant uses is free', limit, async () => {
      const alice = await service.asUser('alice');
      const scan = async (headers: Record<string, string>): Promise<Answer> =>
        post(service, { ...headers, 'idempotency-key': 'nightly' }, '/api/v2/jobs', {
          source_platform: 'generic',
          source_id: await upload(service, headers),
        });
      const name = async (headers: Record<string, string>): Promise<Answer> =>
        post(service, headers, '/api/v2/api-keys', { name: 'nightly', scopes: ['jobs:read'] });

      const answers = [await scan(alice), await scan(mallory), await name(alice), await name(mallory)];

      assert.deepEqual(
        answers.map(({ status }) => status),
        [202, 202, 201, 201],
        answers.map(({ body }) => body).join(' '),
      );
      const [ofAlice, ofMallory] = answers.map(({ body }) => (JSON.parse(body) as { id?: string }).id);
      assert.notEqual(ofAlice, ofMallory);
    });

    test('T1: a thing of one’s own and a part of another’s do not go together', limit, async () => {
      const [mine, theirs] = await Promise.all(['mallory', 'alice'].map((user) => createResource(service, '/api/v2/webhooks', user)));
      const job = await createResource(service, '/api/v2/jobs', 'mallory');
      const other = await createResource(service, '/api/v2/jobs', 'alice');
      await query(logins.superuserUrl, `update jobs set status = 'awaiting_selection' where id = $1`, [job['id']]);
      const select = async (secretId: string) =>
        post(service, mallory, `/api/v2/jobs/${job['id']}/secrets/select`, { secret_ids: [secretId] });
      const source = await upload(service, await service.asUser('alice'));
      const scan = async (sourceId: string) => post(service, mallory, '/api/v2/jobs', { source_platform: 'generic', source_id: sourceId });

      const replay = await post(service, mallory, `/api/v2/webhooks/${mine!['id']}/deliveries/${theirs!['delivery_id']}/replay`);
      const selected = await select(other['secret_id']!);
      const scanned = await scan(source);
      const release = await createResource(service, '/api/v2/releases', 'alice');
      const renew = async (id: string) => post(service, mallory, '/api/v2/deployments', { from_release_id: id });
      const renewed = await renew(release['id']!);

      assert.equal(replay.status, 404);
      assert.deepEqual([selected.status, withoutIds(selected.body)], [422, withoutIds((await select(neverMade)).body)]);
      assert.deepEqual([scanned.status, withoutIds(scanned.body)], [422, withoutIds((await scan(neverMade)).body)]);
      assert.deepEqual([renewed.status, withoutIds(renewed.body)], [422, withoutIds((await renew(neverMade)).body)]);
      assert.equal((await select(job['secret_id']!)).status, 200);
    });

    test('T1: lists show nothing of another tenant, whatever is asked of them', limit, async () => {
      const alice = await service.asUser('alice');
      for (const operation of api.operations.filter(
        ({ method, path, scope }) => method === 'GET' && !path.includes('{') && scope !== undefined,
      )) {
        for (const search of await listQuestions(service, operation, alice)) {
          const { status, body } = await send(service, api, operation, mallory, `${operation.path}?${search}`);

          assert.equal(status, 200, `${operation.operationId} ${search}: ${body}`);
          assert.doesNotMatch(body, /alice/, `${operation.operationId} ${search}`);
          assert.deepEqual(
            idsOfAlice.filter((id) => body.includes(id)),
            [],
            `${operation.operationId} ${search}`,
          );
        }
      }
    });

    test('N9 T1: no event of another tenant comes over a WebSocket either', limit, async () => {
      const streams = api.operations.filter(({ responses }) => responses['200']?.content?.['text/event-stream'] !== undefined);
      assert.ok(streams.length > 0);

      for (const operation of streams) {
        assert.equal(await upgrade(service, await addressOf(service, operation, 'alice'), mallory), 404, operation.operationId);
        assert.equal(await upgrade(service, await addressOf(service, operation, 'mallory'), mallory), 101, operation.operationId);
      }
    });

    test('T12: an idempotency key of another tenant is a new one', limit, async () => {
      const body = { source_platform: 'generic', source_url: 'https://git.example.com/same.git' };
      const key = { 'idempotency-key': 'one-key-for-two-tenants' };

      const first = await post(service, { ...(await service.asUser('alice')), ...key }, '/api/v2/jobs', body);
      const second = await post(service, { ...mallory, ...key }, '/api/v2/jobs', body);

      assert.deepEqual([first.status, second.status], [202, 202]);
      assert.notEqual(idOf(first), idOf(second));
    });
  });
}

describe('whoever asks', () => {
  let service: TestApp;
  let api: DocumentedApi;
  let closed: DocumentedOperation[];

  before(async () => {
    service = await openTestApp();
    api = describeService(service);
    closed = api.operations.filter(({ scope }) => scope !== undefined);
  });
  after(() => service.close());

  test('T1 T8: without credentials that are good, every operation but those of health answers 401', limit, async () => {
    const alice = await service.asUser('alice');
    const [revoked, expired] = [await createKey(service, alice), await createKey(service, alice)];
    const unusable: readonly Record<string, string>[] = [
      {},
      { 'x-user-id': 'alice' },
      { 'x-api-key': revoked.key },
      { 'x-api-key': expired.key },
      { 'x-api-key': `${revoked.key.slice(0, -1)}~` },
      { authorization: `Bearer ${revoked.key}` },
      { authorization: 'Basic YWxpY2U6YWxpY2U=' },
      await service.asUser('alice', scopes, '1 hour ago'),
    ];
    // Used before, so that whatever is remembered of it must be forgotten.
    assert.equal((await fetch(`${service.url}/api/v2/jobs`, { headers: { 'x-api-key': revoked.key } })).status, 200);
    await fetch(`${service.url}/api/v2/api-keys/${revoked.id}`, { method: 'DELETE', headers: alice });
    await expireKey(service, expired.id);

    for (const operation of closed) {
      const address = await addressOf(service, operation, 'alice');
      for (const [index, headers] of unusable.entries()) {
        // The original scanner service tells a wrong key from none.
        const expected = 'x-api-key' in headers && /^\/(?:api\/v1|ws)\//.test(operation.path) ? 403 : 401;
        const { status } = await send(service, api, operation, headers, address);
        assert.equal(status, expected, `${operation.operationId}, credentials ${index}`);
      }
    }
    const open = api.operations.filter(({ scope }) => scope === undefined).map(({ operationId }) => operationId);
    assert.deepEqual(open, ['getScannerHealth', 'pingScanner', 'getHealth', 'getReadiness']);
  });

  test('T3: without its scope, but with all others, every operation answers 403', limit, async () => {
    for (const operation of closed) {
      const others = scopes.filter((scope) => scope !== operation.scope);

      const { status } = await send(
        service,
        api,
        operation,
        await service.asUser('alice', others),
        await addressOf(service, operation, 'alice'),
      );

      assert.equal(status, 403, operation.operationId);
    }
  });

  test('T1 G1 P1: an id that is none is refused, and leads nowhere', limit, async () => {
    const alice = await service.asUser('alice');
    const malformed = [
      '0',
      '-1',
      'null',
      '%00',
      '%2e%2e',
      '..%2f..%2fhealth',
      '--help',
      "'%20or%20''='",
      '%ff',
      neverMade.replaceAll('-', ''),
      `${neverMade}0`,
      'a'.repeat(4000),
      '%E2%80%AE',
      '*',
    ];

    for (const operation of onIds(api)) {
      for (const id of malformed) {
        const { status } = await send(service, api, operation, alice, operation.path.replaceAll(/\{[^}]+\}/g, id));

        assert.ok([400, 404, 422].includes(status), `${operation.operationId} ${id.slice(0, 40)} answered ${status}`);
      }
    }
  });

  test('T2: no operation takes a property that its schema does not name', limit, async () => {
    for (const operation of api.operations.filter(({ requestBody }) => requestBody?.content['application/json'] !== undefined)) {
      const address = await addressOf(service, operation, 'alice');
      for (const name of ['tenant_id', 'user_id', 'status', 'id', 'scopes_granted', 'is_admin', '__proto__x']) {
        const body = { ...(exampleOf(operation, api) as object), [name]: neverMade };

        const { status } = await send(service, api, operation, await service.asUser('alice'), address, body);

        assert.equal(status, 422, `${operation.operationId} ${name}`);
      }
    }
  });
});

const neverMade = '00000000-0000-7000-8000-000000000000';

function onIds({ operations }: DocumentedApi): DocumentedOperation[] {
  return operations.filter(({ path, scope }) => path.includes('{') && scope !== undefined);
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function send(
  service: TestApp,
  api: DocumentedApi,
  operation: DocumentedOperation,
  credentials: Record<string, string>,
  path: string,
  body: unknown = exampleOf(operation, api),
): Promise<Answer> {
  const [type] = Object.keys(operation.requestBody?.content ?? {});
  const answer = await fetch(service.url + path, {
    method: operation.method,
    headers: { ...credentials, ...(type === undefined ? {} : { 'content-type': type }) },
    ...(type === undefined ? {} : { body: type === 'application/json' ? JSON.stringify(body) : 'content' }),
    redirect: 'manual',
    signal: AbortSignal.timeout(60_000),
  });
  return { status: answer.status, body: await answer.text() };
}

async function post({ url }: TestApp, headers: Record<string, string>, path: string, body?: unknown): Promise<Answer> {
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { ...headers, ...json },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.text() };
}

async function upload({ url }: TestApp, headers: Record<string, string>): Promise<string> {
  const answer = await fetch(`${url}/api/v2/sources`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-git-bundle' },
    body: `# v2 git bundle\n${'0'.repeat(40)} refs/heads/main\n\n`,
  });
  return ((await answer.json()) as { id: string }).id;
}

/** The status of the answer to an upgrade: 101 when a stream opens, which is closed at once. */
async function upgrade({ url }: TestApp, path: string, headers: Record<string, string>): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  startRequest(url + path, {
    headers: {
      ...headers,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    },
  })
    .on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response.statusCode!);
    })
    .on('response', (response) => {
      response.resume();
      resolve(response.statusCode!);
    })
    .on('error', reject)
    .end();
  return promise;
}

/** Every filter with every value that the document names or that is of another tenant, and the cursor of that tenant's own page. */
async function listQuestions({ url }: TestApp, operation: DocumentedOperation, alice: Record<string, string>): Promise<string[]> {
  const names = operation.parameters.filter((parameter) => parameter.in === 'query');
  const filters = names.flatMap(({ name, schema }) => {
    if (schema.enum !== undefined) return schema.enum.map((value) => `${name}=${String(value)}`);
    return name === 'user_id' ? ['user_id=alice'] : name === 'limit' ? ['limit=200'] : name === 'offset' ? ['offset=0', 'offset=1'] : [];
  });
  if (!names.some(({ name }) => name === 'cursor')) return ['', ...filters];
  const page = (await (await fetch(`${url}${operation.path}?limit=1`, { headers: alice })).json()) as { next_cursor: string | null };
  assert.ok(page.next_cursor !== null, `${operation.operationId} has fewer than two things of alice`);
  return ['', ...filters, `cursor=${page.next_cursor}`];
}

/** Every row of the tenant, as the owner of the database’s files sees it. */
async function dumpTenant({ superuserUrl }: TestLogins, userId: string): Promise<Record<string, unknown[]>> {
  const tables = await query<{ name: string }>(
    superuserUrl,
    `select quote_ident(table_name) as name from information_schema.columns
     where table_schema = 'public' and column_name = 'tenant_id' and table_name <> 'tenants' order by 1`,
  );
  const dump: Record<string, unknown[]> = {};
  for (const { name } of tables) {
    dump[name] = await query(
      superuserUrl,
      `select to_jsonb(t) as row from ${name} t where tenant_id = (select tenant_id from tenants where user_id = $1) order by to_jsonb(t)::text`,
      [userId],
    );
  }
  return dump;
}

async function createKey({ url }: TestApp, headers: Record<string, string>): Promise<{ id: string; key: string }> {
  const answer = await fetch(`${url}/api/v2/api-keys`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'of the matrix', scopes: [...scopes] }),
  });
  const { api_key: made, key } = (await answer.json()) as { api_key: { id: string }; key: string };
  return { id: made.id, key };
}

async function expireKey({ database }: TestApp, id: string): Promise<void> {
  const tenants = await database.asSystem((tx) => tx.selectFrom('tenants').select('tenant_id').execute());
  for (const { tenant_id: tenantId } of tenants) {
    await database.asTenant(tenantId, (tx) =>
      tx
        .updateTable('api_keys')
        .set({ expires_at: new Date(0) })
        .where('id', '=', id)
        .execute(),
    );
  }
}

/** What differs from request to request. */
function withoutIds(body: string): string {
  return body.replaceAll(/"(requestId|instance|timestamp)":"[^"]*"/g, '');
}

function idOf({ body }: Answer): unknown {
  return (JSON.parse(body) as { id: unknown }).id;
}
