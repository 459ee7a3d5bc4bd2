import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { collect } from '@deployguard/testkit';
import { openTestApp } from '../../../test/open-test-app.ts';
import type { TestApp } from '../../../test/open-test-app.ts';
import { createSourcesFeature } from './index.ts';

const limit = { timeout: 30_000 };
const bundle = Buffer.from(`# v2 git bundle\n${'0'.repeat(40)} refs/heads/main\n\nnot much of a pack`);
let service: TestApp;

before(async () => {
  service = await openTestApp({ maxUploadBytes: 100_000 });
});
after(() => service.close());

test('an upload is kept sealed, and told by size and hash', limit, async () => {
  const answer = await upload(bundle);

  const source = (await answer.json()) as { id: string; bytes: number; sha256: string };
  const { body } = await service.platform.storage.get(`sources/${source.id}.bundle`);
  assert.deepEqual([answer.status, source.bytes], [201, bundle.length]);
  assert.equal(source.sha256, createHash('sha256').update(bundle).digest('hex'));
  assert.ok(!Buffer.concat(await collect(body)).includes('git bundle'));
});

test('what is no bundle, or too large, is refused, and nothing of it stays', limit, async () => {
  const before = await countStored();

  const statuses = [];
  for (const content of [Buffer.from('PK'), Buffer.alloc(0), Buffer.alloc(50_000), Buffer.concat([bundle, Buffer.alloc(100_000)])])
    statuses.push((await upload(content)).status);
  const { status: withoutBody } = await fetch(`${service.url}/api/v2/sources`, { method: 'POST', headers: await service.asUser('alice') });

  assert.deepEqual(statuses, [422, 422, 422, 413]);
  assert.equal(withoutBody, 422);
  assert.equal(await countStored(), before);
});

test('under an idempotency key, the same upload is stored once, and another one is refused', limit, async () => {
  const before = await countStored();
  const large = Buffer.concat([bundle, Buffer.alloc(90_000, 1)]);
  const other = Buffer.concat([bundle, Buffer.alloc(90_000, 2)]);

  const answers = [];
  for (const content of [large, large, other, Buffer.concat([large, Buffer.alloc(100_000)]), large])
    answers.push(await upload(content, { 'idempotency-key': 'upload-1' }));

  const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as { id?: string; code?: string }[];
  assert.deepEqual(
    answers.map(({ status, headers }) => [status, headers.get('idempotency-replayed')]),
    [
      [201, null],
      [201, 'true'],
      [422, null],
      [413, null],
      [201, 'true'],
    ],
  );
  assert.deepEqual([bodies[1], bodies[4]], [bodies[0], bodies[0]]);
  assert.equal(bodies[2]!.code, 'IDEMPOTENCY_KEY_REUSED');
  assert.equal(await countStored(), before + 1);
});

test('an upload that was refused, or is still under way, does not use its idempotency key up', limit, async () => {
  const key = { 'idempotency-key': 'upload-2' };
  const sending = Promise.withResolvers<void>();
  const rest = Promise.withResolvers<void>();
  async function* slowly(): AsyncGenerator<Buffer> {
    yield bundle;
    sending.resolve();
    await rest.promise;
  }

  const refused = await upload(Buffer.from('PK'), key);
  const first = upload(slowly(), key);
  await sending.promise;
  // The request is on its way; until it has the key, another may be first.
  while ((await countClaims()) === 0) await delay(20);
  const second = await upload(bundle, key);
  rest.resolve();
  const done = await first;
  const again = await upload(bundle, key);

  assert.deepEqual([refused.status, second.status, done.status, again.status], [422, 409, 201, 201]);
  assert.deepEqual(await again.json(), await done.json());
});

test('an upload that is past its time goes, and no job takes it any more', limit, async () => {
  const { id } = (await (await upload(bundle)).json()) as { id: string };
  await service.database.asTenant(await tenantOfAlice(), (tx) =>
    tx
      .updateTable('sources')
      .set({ expires_at: new Date(Date.now() - 1000) })
      .where('id', '=', id)
      .execute(),
  );

  const job = await post('/api/v2/jobs', { source_platform: 'generic', source_id: id });
  for (const { run } of createSourcesFeature(service.platform).duties!) await run(AbortSignal.timeout(10_000));

  assert.equal(job.status, 422);
  assert.equal(await service.platform.storage.has(`sources/${id}.bundle`), false);
});

test('an upload can be deleted, unless a job has still to read it; nothing takes it any more', limit, async () => {
  const [waited, free] = await Promise.all(
    [upload(bundle), upload(bundle)].map(async (answer) => ((await (await answer).json()) as { id: string }).id),
  );
  const scan = async (sourceId: string | undefined) => post('/api/v2/jobs', { source_platform: 'generic', source_id: sourceId });
  const { id: jobId } = (await (await scan(waited)).json()) as { id: string };

  const refused = await remove(`/api/v2/sources/${waited}`);
  const deleted = await remove(`/api/v2/sources/${free}`);
  const again = await remove(`/api/v2/sources/${free}`);
  const late = await scan(free);
  await remove(`/api/v2/jobs/${jobId}`);
  const withItsJob = await remove(`/api/v2/sources/${waited}`);

  assert.deepEqual([refused.status, deleted.status, again.status, late.status, withItsJob.status], [409, 202, 404, 422, 404]);
  const orders = await service.database.asTenant(await tenantOfAlice(), (tx) =>
    tx.selectFrom('tasks').select('input').where('kind', '=', 'source.delete').orderBy('id').execute(),
  );
  assert.deepEqual(
    orders.map(({ input }) => input),
    [free, waited].map((id) => ({ sourceId: id, storageKey: `sources/${id}.bundle` })),
  );
});

/** Requests that hold an idempotency key now. */
async function countClaims(): Promise<number> {
  const tenants = await service.database.asSystem((tx) => tx.selectFrom('tenants').select('tenant_id').execute());
  const counts = tenants.map(({ tenant_id: id }) =>
    service.database.asTenant(id, (tx) => tx.selectFrom('idempotency_keys').select('id').where('response_status', 'is', null).execute()),
  );
  return (await Promise.all(counts)).flat().length;
}

async function tenantOfAlice(): Promise<string> {
  const { tenant_id: id } = await service.database.asSystem((tx) =>
    tx.selectFrom('tenants').select('tenant_id').where('user_id', '=', 'alice').executeTakeFirstOrThrow(),
  );
  return id;
}

async function post(path: string, body: unknown): Promise<Response> {
  const headers = { ...(await service.asUser('alice')), 'content-type': 'application/json' };
  return fetch(service.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function remove(path: string): Promise<Response> {
  return fetch(service.url + path, { method: 'DELETE', headers: await service.asUser('alice') });
}

async function upload(content: Buffer | AsyncIterable<Buffer>, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${service.url}/api/v2/sources`, {
    method: 'POST',
    headers: { ...(await service.asUser('alice')), 'content-type': 'application/x-git-bundle', ...headers },
    ...(Buffer.isBuffer(content) ? { body: new Uint8Array(content) } : { body: content, duplex: 'half' }),
  } as RequestInit);
}

async function countStored(): Promise<number> {
  return (await collect(service.platform.storage.list(''))).length;
}
