import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
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

test('an upload that is past its time goes, and no job takes it any more', limit, async () => {
  const { id } = (await (await upload(bundle)).json()) as { id: string };
  const tenant = await service.database.asSystem((tx) =>
    tx.selectFrom('tenants').select('tenant_id').where('user_id', '=', 'alice').executeTakeFirstOrThrow(),
  );
  await service.database.asTenant(tenant.tenant_id, (tx) =>
    tx
      .updateTable('sources')
      .set({ expires_at: new Date(Date.now() - 1000) })
      .where('id', '=', id)
      .execute(),
  );

  const job = await fetch(`${service.url}/api/v2/jobs`, {
    method: 'POST',
    headers: { ...(await service.asUser('alice')), 'content-type': 'application/json' },
    body: JSON.stringify({ source_platform: 'generic', source_id: id }),
  });
  for (const { run } of createSourcesFeature(service.platform).duties!) await run(AbortSignal.timeout(10_000));

  assert.equal(job.status, 422);
  assert.equal(await service.platform.storage.has(`sources/${id}.bundle`), false);
});

async function upload(content: Buffer): Promise<Response> {
  return fetch(`${service.url}/api/v2/sources`, {
    method: 'POST',
    headers: { ...(await service.asUser('alice')), 'content-type': 'application/x-git-bundle' },
    body: new Uint8Array(content),
  });
}

async function countStored(): Promise<number> {
  return (await collect(service.platform.storage.list(''))).length;
}
