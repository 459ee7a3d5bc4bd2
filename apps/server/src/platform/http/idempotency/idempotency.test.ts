import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { defineOperation } from '@deployguard/contracts';
import { sql } from 'kysely';
import type { UpdateObject } from 'kysely';
import Type from 'typebox';
import { createEchoFeature } from '../../../../test/echo-feature.ts';
import { openTestApp } from '../../../../test/open-test-app.ts';
import type { TestApp } from '../../../../test/open-test-app.ts';
import { appendAudit } from '../../audit/index.ts';
import type { Tx } from '../../database/index.ts';
import type { Schema } from '../../database/schema.ts';
import { ApiError, auditFieldsOf } from '../index.ts';
import type { Feature } from '../index.ts';
import { hashIdempotencyKey } from './claim.ts';

let service: TestApp;
let alice: Record<string, string>;
/** What the next notes wait for or fail with, by their text. */
const effects = new Map<string, () => Promise<void>>();
let noteCount = 0;
let beforeDurable = async (): Promise<void> => {};

const takeDurableNote = defineOperation({
  id: 'takeDurableNote',
  method: 'POST',
  path: '/test/durable-notes',
  summary: 'Take a note and keep the answer with it',
  tag: 'Test',
  access: 'jobs:write',
  body: Type.Object({ text: Type.Optional(Type.String()) }, { additionalProperties: false }),
  answers: { 201: Type.Object({ text: Type.String() }) },
  idempotent: true,
});

/** Does its work, and fails after the transaction, as a process that dies before it answers. */
const durableNotes: Feature = {
  name: 'durable-notes',
  register(api) {
    api.add(takeDurableNote, async ({ caller, body, idempotency }) => {
      await beforeDurable();
      await service.database.asTenant(caller.actor.tenantId, async (tx) => {
        await appendAudit(tx, { action: `noted ${body.text ?? ''}`, details: {}, ...auditFieldsOf(caller) });
        await idempotency?.complete(tx, { text: 'done' });
      });
      throw new Error('gone before the answer');
    });
  },
};

before(async () => {
  const onNote = async (text: string): Promise<void> => {
    noteCount++;
    await effects.get(text)?.();
  };
  service = await openTestApp({ features: [createEchoFeature({ onNote }), durableNotes] });
  alice = await service.asUser('alice');
});
after(() => service.close());

const limit = { timeout: 20_000 };

test('a repeated request gets the first answer, and nothing is done again', limit, async () => {
  const first = await note('repeat', 'key-1');
  const again = await note('repeat', 'key-1');

  assert.deepEqual([first.status, again.status], [201, 201]);
  assert.equal(again.text, first.text);
  assert.deepEqual([first.replayed, again.replayed], [null, 'true']);
});

test('the key with another body, or on another operation, is refused with 422', limit, async () => {
  await note('one', 'key-2');

  const other = await note('another', 'key-2');
  const elsewhere = await post('/api/v2/api-keys', { name: 'ci', scopes: ['jobs:read'] }, 'key-2');

  assert.deepEqual([other.status, other.code], [422, 'IDEMPOTENCY_KEY_REUSED']);
  assert.deepEqual([elsewhere.status, elsewhere.code], [422, 'IDEMPOTENCY_KEY_REUSED']);
});

test('the same members in another order are the same request', limit, async () => {
  const hash = '0'.repeat(64);
  const body = (item: string, wasReal = true): string =>
    `{"client_id":"5f2b8c1d9e3a4f60","total_detected":1,"confirmed_secrets":1,"false_positives":0,"items":[${item.replace('?', String(wasReal))}]}`;
  const item = `{"value_hash":"${hash}","value_pattern":"a","is_true_positive":?}`;
  const turned = `{"is_true_positive":?,"value_pattern":"a","value_hash":"${hash}"}`;
  const path = '/api/v2/feedback';
  const first = await postText(path, body(item), 'key-14');

  const again = await postText(path, body(turned), 'key-14');
  const other = await postText(path, body(turned, false), 'key-14');

  assert.deepEqual([first.status, again.status, again.replayed], [201, 201, 'true']);
  assert.equal(other.code, 'IDEMPOTENCY_KEY_REUSED');
});

test(
  'T4: keys stand nowhere as they came; the database hashes those of an older version, which then does nothing twice',
  limit,
  async () => {
    await note('hashed', 'order-of-alice');
    const tenantId = await tenantOf(alice);
    const insertAsBefore = (key: string) =>
      service.database.asTenant(tenantId, (tx) =>
        sql`insert into idempotency_keys (id, key, operation, request_hash, expires_at) values (gen_random_uuid(), ${key}, 'any', repeat('0', 64), now() + interval '1 day')
          on conflict (tenant_id, key) do nothing returning key`.execute(tx),
      );

    const taken = await insertAsBefore('order-of-alice');
    const free = await insertAsBefore('another-order');

    assert.deepEqual([taken.rows, free.rows], [[], [{ key: hashIdempotencyKey(tenantId, 'another-order') }]]);
    const { rows } = await service.database.asTenant(tenantId, (tx) =>
      sql<{ key: string }>`select key from idempotency_keys where tenant_id = current_tenant()`.execute(tx),
    );
    assert.deepEqual(
      rows.filter(({ key }) => !/^sha256:[0-9a-f]{64}$/.test(key)),
      [],
    );
  },
);

test('while the first request runs, a second one is refused with 409', limit, async () => {
  const [started, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  effects.set('slow', () => (started.resolve(), mayEnd.promise));
  const first = note('slow', 'key-3');
  await started.promise;

  const second = await note('slow', 'key-3');

  assert.deepEqual([second.status, second.code], [409, 'IDEMPOTENCY_RUNNING']);
  mayEnd.resolve();
  assert.equal((await first).status, 201);
});

test('of many requests at once with one key, exactly one does something', limit, async () => {
  const before = noteCount;

  const answers = await Promise.all(Array.from({ length: 20 }, () => note('race', 'key-4')));

  assert.equal(noteCount - before, 1);
  assert.ok(answers.every(({ status }) => status === 201 || status === 409));
  assert.equal((await note('race', 'key-4')).text, answers.find(({ status }) => status === 201)!.text);
});

test('after a refusal or a fault the key is free again', limit, async () => {
  effects.set('fickle', async () => {
    throw new ApiError('ILLEGAL_STATE', 'Not now.');
  });
  const refused = await note('fickle', 'key-5');
  effects.set('fickle', async () => {
    throw new Error('broken');
  });
  const broken = await note('fickle', 'key-5');
  effects.delete('fickle');

  const done = await note('fickle', 'key-5');

  assert.deepEqual([refused.status, broken.status, done.status], [409, 500, 201]);
});

test('a claim whose process died is free a few seconds after it was renewed last, for the same request only', limit, async () => {
  await note('orphan', 'key-6');
  const abandon = (secondsLeft: number): Promise<unknown> =>
    changeClaim('key-6', {
      response_status: null,
      response_body: null,
      held_until: sql`now() + make_interval(secs => ${secondsLeft})`,
    });

  await abandon(8);
  const early = await note('orphan', 'key-6');
  await abandon(-1);
  const other = await note('other', 'key-6');
  const late = await note('orphan', 'key-6');

  assert.deepEqual([early.status, other.status, late.status], [409, 422, 201]);
});

test('a new claim lasts ten seconds; one of an older version, which renews none, two minutes', limit, async () => {
  const [started, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  effects.set('held', () => (started.resolve(), mayEnd.promise));
  const first = note('held', 'key-11');
  await started.promise;
  const [claim] = await readClaims('key-11');
  mayEnd.resolve();
  await first;
  const abandonOld = (age: number): Promise<unknown> =>
    changeClaim('key-11', {
      response_status: null,
      held_until: null,
      created_at: sql`now() - make_interval(secs => ${age})`,
    });

  await abandonOld(115);
  const early = await note('held', 'key-11');
  await abandonOld(121);
  const late = await note('held', 'key-11');

  assert.equal(claim!.held_until!.getTime() - claim!.created_at.getTime(), 10_000);
  assert.deepEqual([early.status, late.status], [409, 201]);
});

test('a claim is renewed for as long as the request runs', { timeout: 60_000 }, async () => {
  const [started, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  effects.set('long', () => (started.resolve(), mayEnd.promise));
  const first = note('long', 'key-12');
  await started.promise;
  const isRenewed = async (): Promise<boolean> => {
    const [claim] = await readClaims('key-12');
    return claim!.held_until!.getTime() - claim!.created_at.getTime() > 12_000;
  };

  while (!(await isRenewed())) await delay(100);

  mayEnd.resolve();
  assert.equal((await first).status, 201);
});

test('of one that slept until another took its key over, nothing is done', limit, async () => {
  const [slept, mayWake] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  beforeDurable = () => (slept.resolve(), mayWake.promise);
  const sleeper = post('/test/durable-notes', { text: 'asleep' }, 'key-13');
  await slept.promise;
  beforeDurable = async () => {};
  await changeClaim('key-13', { held_until: new Date(0) });
  const other = await post('/test/durable-notes', { text: 'asleep' }, 'key-13');

  mayWake.resolve();
  const late = await sleeper;

  // It answers with a fault after its transaction each time.
  assert.deepEqual([other.status, late.status, late.code], [500, 409, 'IDEMPOTENCY_RUNNING']);
  const { rows } = await service.database.asTenant(await tenantOf(alice), (tx) =>
    sql<{ count: number }>`select count(*)::integer as count from audit_logs where action = 'noted asleep'`.execute(tx),
  );
  assert.deepEqual(rows, [{ count: 1 }]);
});

test('a key that has expired counts for nothing', limit, async () => {
  await note('old', 'key-7');
  await changeClaim('key-7', { expires_at: new Date(0) });

  const answer = await note('new', 'key-7');

  assert.deepEqual([answer.status, answer.replayed], [201, null]);
});

test(
  'an answer that was kept in the transaction of the work is given again, even if the process died before it was sent',
  limit,
  async () => {
    const first = await post('/test/durable-notes', {}, 'key-10');

    const again = await post('/test/durable-notes', {}, 'key-10');

    assert.deepEqual([first.status, again.status, again.replayed, again.text], [500, 201, 'true', '{"text":"done"}']);
  },
);

test('T12: keys of two tenants have nothing to do with each other', limit, async () => {
  const first = await note('mine', 'key-8');
  const other = await note('mine', 'key-8', await service.asUser('bob'));

  assert.deepEqual([first.status, other.status, other.replayed], [201, 201, null]);
});

test('T4: an answer that showed a secret is not kept, and a repeated request makes no second one', limit, async () => {
  const body = { name: 'once', scopes: ['jobs:read'] };
  const first = await post('/api/v2/api-keys', body, 'key-9');

  const again = await post('/api/v2/api-keys', body, 'key-9');

  assert.deepEqual([first.status, again.status, again.code], [201, 409, 'IDEMPOTENCY_ANSWER_GONE']);
  const rows = await withClaim('key-9', (tx, hashed) =>
    tx.selectFrom('idempotency_keys').select(['response_status', 'response_body']).where('key', '=', hashed).execute(),
  );
  assert.deepEqual(rows, [{ response_status: 201, response_body: null }]);
  const list = await fetch(`${service.url}/api/v2/api-keys`, { headers: alice });
  const { items } = (await list.json()) as { items: { name: string }[] };
  assert.equal(items.filter(({ name }) => name === 'once').length, 1);
});

for (const [what, key] of [
  ['an empty key', ''],
  ['a key with a space', 'a b'],
  ['a key that is too long', 'k'.repeat(256)],
  ['a key that is no ASCII', 'schlüssel'],
] as const) {
  test(`${what} is refused with 400`, limit, async () => {
    const answer = await note('odd', key);

    assert.deepEqual([answer.status, answer.code], [400, 'IDEMPOTENCY_KEY_INVALID']);
  });
}

async function withClaim<T>(key: string, work: (tx: Tx, hashedKey: string) => Promise<T>): Promise<T> {
  const tenantId = await tenantOf(alice);
  return service.database.asTenant(tenantId, (tx) => work(tx, hashIdempotencyKey(tenantId, key)));
}

async function readClaims(key: string) {
  return withClaim(key, (tx, hashed) =>
    tx.selectFrom('idempotency_keys').select(['created_at', 'held_until']).where('key', '=', hashed).execute(),
  );
}

async function changeClaim(key: string, change: UpdateObject<Schema, 'idempotency_keys'>): Promise<unknown> {
  return withClaim(key, (tx, hashed) => tx.updateTable('idempotency_keys').set(change).where('key', '=', hashed).execute());
}

function note(text: string, key: string, headers = alice) {
  return post('/test/notes', { text }, key, headers);
}

async function post(path: string, body: unknown, key: string, headers = alice) {
  return postText(path, JSON.stringify(body), key, headers);
}

async function postText(path: string, body: string, key: string, headers = alice) {
  const answer = await fetch(service.url + path, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': key },
    body,
  });
  const text = await answer.text();
  const { code } = JSON.parse(text) as { code?: string };
  return { status: answer.status, text, code, replayed: answer.headers.get('idempotency-replayed') };
}

async function tenantOf(headers: Record<string, string>): Promise<string> {
  const answer = await fetch(`${service.url}/test/caller`, { headers });
  return ((await answer.json()) as { tenant_id: string }).tenant_id;
}
