import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApiKey, ApiKeyWithSecret } from '@deployguard/contracts';
import { openTestApp } from '../../../test/open-test-app.ts';
import type { TestApp } from '../../../test/open-test-app.ts';
import { verifyAudit } from '../../platform/audit/index.ts';

let service: TestApp;
let alice: Record<string, string>;

before(async () => {
  service = await openTestApp();
  alice = await service.asUser('alice');
});
after(() => service.close());

const limit = { timeout: 30_000 };
const path = '/api/v2/api-keys';

test('a new key is shown once, works at once, and is listed without its secret', limit, async () => {
  const { key, api_key } = await create({ name: 'ci', scopes: ['jobs:read', 'api-keys:read'], expires_in_days: 90 });

  const list = await call('GET', path, undefined, { 'x-api-key': key });
  const shown = await call('GET', `${path}/${api_key.id}`);

  assert.deepEqual([list.status, shown.status], [200, 200]);
  assert.ok(!list.text.includes(key) && !shown.text.includes(key));
  const { created_at, expires_at, last_used_at, ...rest } = shown.json as ApiKey;
  assert.deepEqual(rest, {
    id: api_key.id,
    name: 'ci',
    prefix: key.slice(0, 12),
    scopes: ['jobs:read', 'api-keys:read'],
    user_id: 'alice',
    revoked_at: null,
    made_by: null,
  });
  assert.equal(Math.round((Date.parse(expires_at!) - Date.parse(created_at)) / 86_400_000), 90);
  assert.ok(last_used_at !== null);
});

test('T3: nobody grants what they may not do themselves', limit, async () => {
  const { key } = await create({ name: 'narrow', scopes: ['api-keys:write', 'api-keys:read'] });
  const wide = await create({ name: 'wide', scopes: ['jobs:write'] });
  const headers = { 'x-api-key': key };

  const grant = await call('POST', path, { name: 'escalated', scopes: ['jobs:write'] }, headers);
  const rotate = await call('POST', `${path}/${wide.api_key.id}/rotate`, {}, headers);
  const within = await call('POST', path, { name: 'same', scopes: ['api-keys:read'] }, headers);

  assert.deepEqual([grant.status, rotate.status, within.status], [403, 403, 201]);
  assert.equal(await letsIn(wide.key), true);
});

test('T3: a key that is made, or rotated, with a key ends no later than that', limit, async () => {
  const scopes = ['api-keys:write', 'api-keys:read'];
  const maker = await create({ name: 'for a day', scopes, expires_in_days: 1 });
  const lasting = await create({ name: 'lasting', scopes });
  const headers = { 'x-api-key': maker.key };

  const unlimited = await create({ name: 'made without end', scopes }, headers);
  const longer = await call('POST', path, { name: 'longer', scopes, expires_in_days: 2 }, headers);
  const rotated = await call('POST', `${path}/${lasting.api_key.id}/rotate`, {}, headers);
  const itself = await call('POST', `${path}/${maker.api_key.id}/rotate`, { overlap_seconds: 60 }, headers);

  assert.equal(unlimited.api_key.expires_at, maker.api_key.expires_at);
  assert.equal(unlimited.api_key.made_by, maker.api_key.id);
  assert.deepEqual([longer.status, rotated.status, itself.status], [403, 403, 201]);
  assert.ok(longer.text.includes(maker.api_key.expires_at!));
  const successor = (itself.json as ApiKeyWithSecret).api_key;
  assert.deepEqual([successor.expires_at, successor.made_by], [maker.api_key.expires_at, null]);
  // What it made is its successor's now.
  assert.equal(((await call('GET', `${path}/${unlimited.api_key.id}`)).json as ApiKey).made_by, successor.id);
});

test('a key is revoked with all that was made with it, directly or not, and with what it rotated; others stay', limit, async () => {
  const scopes = ['api-keys:write', 'api-keys:read'];
  const root = await create({ name: 'root', scopes });
  const child = await create({ name: 'child', scopes }, { 'x-api-key': root.key });
  const grandchild = await create({ name: 'grandchild', scopes: ['api-keys:read'] }, { 'x-api-key': child.key });
  const [other, taken] = [await create({ name: 'other', scopes }), await create({ name: 'taken', scopes: ['api-keys:read'] })];
  const got = (await call('POST', `${path}/${taken.api_key.id}/rotate`, {}, { 'x-api-key': child.key })).json as ApiKeyWithSecret;
  // Whoever rotates what it was made with, depends on what it got.
  const heir = (await call('POST', `${path}/${root.api_key.id}/rotate`, {}, { 'x-api-key': child.key })).json as ApiKeyWithSecret;

  const revoked = await call('DELETE', `${path}/${heir.api_key.id}`);

  assert.equal(revoked.status, 202);
  const ended = [child, grandchild, got, heir].map(({ key }) => key);
  assert.deepEqual(
    await Promise.all(ended.map(async (key) => (await call('GET', path, undefined, { 'x-api-key': key })).status)),
    [401, 401, 401, 401],
  );
  assert.equal((await call('GET', path, undefined, { 'x-api-key': other.key })).status, 200);
  const audit = await call('GET', '/api/v2/audit?limit=10');
  const entries = (audit.json as { items: { action: string; details: Record<string, unknown> }[] }).items;
  const acts = entries.filter(({ action, details }) => action === 'api_key_revoked' && details['revoked_with'] === heir.api_key.id);
  assert.deepEqual(
    acts.map(({ details }) => details['api_key_id']).sort(),
    [child, grandchild, got].map(({ api_key: { id } }) => id).sort(),
  );
});

test('a rotated key ends at once, or after the overlap that was asked for', limit, async () => {
  const [abrupt, gentle] = [await create(), await create()];

  const first = await call('POST', `${path}/${abrupt.api_key.id}/rotate`);
  const second = await call('POST', `${path}/${gentle.api_key.id}/rotate`, { overlap_seconds: 3600 });

  const [next, later] = [first.json, second.json] as ApiKeyWithSecret[];
  assert.deepEqual([await letsIn(abrupt.key), await letsIn(next!.key)], [false, true]);
  assert.deepEqual([await letsIn(gentle.key), await letsIn(later!.key)], [true, true]);
  assert.notEqual(next!.api_key.id, abrupt.api_key.id);
  assert.deepEqual(next!.api_key.scopes, abrupt.api_key.scopes);
});

test('a key is rotated once: of several attempts at once, one succeeds', limit, async () => {
  const { api_key } = await create();

  const attempts = await Promise.all(
    Array.from({ length: 5 }, () => call('POST', `${path}/${api_key.id}/rotate`, { overlap_seconds: 60 })),
  );

  assert.deepEqual(attempts.map(({ status }) => status).sort(), [201, 409, 409, 409, 409]);
});

test('a rotation does not make a key live longer than it would have', limit, async () => {
  const { api_key } = await create({ name: 'short', scopes: ['jobs:read'], expires_in_days: 1 });

  const { json } = await call('POST', `${path}/${api_key.id}/rotate`, { overlap_seconds: 604_800 });

  const old = (await call('GET', `${path}/${api_key.id}`)).json as ApiKey;
  assert.equal(old.expires_at, api_key.expires_at);
  assert.equal((json as ApiKeyWithSecret).api_key.expires_at, api_key.expires_at);
});

test('revoking ends a key for good; again it is no error', limit, async () => {
  const { key, api_key } = await create();

  const first = await call('DELETE', `${path}/${api_key.id}`);
  const again = await call('DELETE', `${path}/${api_key.id}`);
  const rotate = await call('POST', `${path}/${api_key.id}/rotate`);

  assert.deepEqual([first.status, again.status, rotate.status], [202, 202, 409]);
  const { revoked_at: revokedAt, ...rest } = first.json as ApiKey;
  assert.deepEqual({ ...rest, revoked_at: null }, api_key);
  assert.ok(revokedAt !== null);
  assert.deepEqual(again.json, first.json);
  assert.equal(await letsIn(key), false);
});

test('pages follow each other without gaps while keys are added, by cursor, or by offset with a total', limit, async () => {
  const carol = await service.asUser('carol');
  for (let index = 0; index < 5; index++) await create({ name: `key ${index}`, scopes: ['jobs:read'] }, carol);

  const first = await page('?limit=2', carol);
  await create({ name: 'added', scopes: ['jobs:read'] }, carol);
  const second = await page(`?limit=2&cursor=${first.next_cursor}`, carol);
  const third = await page(`?limit=2&cursor=${second.next_cursor}`, carol);
  const jumped = await page('?limit=2&offset=4', carol);

  assert.deepEqual(
    [first, second, third].map(({ items }) => items.map(({ name }) => name)),
    [['key 4', 'key 3'], ['key 2', 'key 1'], ['key 0']],
  );
  assert.equal(third.next_cursor, null);
  assert.deepEqual([jumped.items.map(({ name }) => name), jumped.total], [['key 1', 'key 0'], 6]);
});

test('a cursor that is none, and cursor and offset together, are refused', limit, async () => {
  const { next_cursor: cursor } = await page('?limit=1');

  for (const query of [
    '?cursor=abc',
    '?cursor=AAAAAAAAAAAAAAAAAAAAA.',
    `?cursor=${cursor}&offset=1`,
    '?limit=0',
    '?limit=201',
    '?limit=1&limit=2',
  ]) {
    assert.equal((await call('GET', path + query)).status, 422, query);
  }
});

test('every change of a key stands in the audit log, with who and from where, and the chain holds', limit, async () => {
  const dora = await service.asUser('dora');
  const { api_key } = await create({ name: 'audited', scopes: ['jobs:read'] }, { ...dora, 'x-request-id': 'req-create' });
  await call('POST', `${path}/${api_key.id}/rotate`, { overlap_seconds: 60 }, { ...dora, 'x-request-id': 'req-rotate' });
  await call('DELETE', `${path}/${api_key.id}`, undefined, { ...dora, 'x-request-id': 'req-revoke' });

  const tenantId = await service.database.asSystem(
    async (tx) => (await tx.selectFrom('tenants').select('tenant_id').where('user_id', '=', 'dora').executeTakeFirstOrThrow()).tenant_id,
  );
  const entries = await service.database.asTenant(tenantId, (tx) =>
    tx.selectFrom('audit_logs').select(['action', 'user_id', 'ip', 'request_id']).orderBy('seq').execute(),
  );
  const verdict = await verifyAudit(service.database, tenantId);

  assert.deepEqual(entries, [
    { action: 'api_key_created', user_id: 'dora', ip: '127.0.0.1', request_id: 'req-create' },
    { action: 'api_key_rotated', user_id: 'dora', ip: '127.0.0.1', request_id: 'req-rotate' },
    { action: 'api_key_revoked', user_id: 'dora', ip: '127.0.0.1', request_id: 'req-revoke' },
  ]);
  assert.deepEqual([verdict.entries, verdict.fault], [3, undefined]);
});

async function create(body: unknown = { name: 'test', scopes: ['jobs:read'] }, headers = alice): Promise<ApiKeyWithSecret> {
  const { status, json } = await call('POST', path, body, headers);
  assert.equal(status, 201);
  return json as ApiKeyWithSecret;
}

async function page(query: string, headers = alice) {
  const { status, json } = await call('GET', path + query, undefined, headers);
  assert.equal(status, 200);
  return json as { items: ApiKey[]; next_cursor: string | null; total?: number };
}

/** Whether a key lets in: those of these tests may not list keys, but learn that only after they were let in. */
async function letsIn(key: string): Promise<boolean> {
  return (await call('GET', path, undefined, { 'x-api-key': key })).status === 403;
}

async function call(
  method: string,
  address: string,
  body?: unknown,
  headers = alice,
): Promise<{ status: number; text: string; json: unknown }> {
  const answer = await fetch(service.url + address, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, text, json: text === '' ? undefined : JSON.parse(text) };
}
