import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openTestApp } from '../../test/open-test-app.ts';
import type { TestApp } from '../../test/open-test-app.ts';
import { createResource } from '../../test/test-resources.ts';
import { verifyAudit } from '../platform/audit/index.ts';

let service: TestApp;
let alice: Record<string, string>;

before(async () => {
  service = await openTestApp();
  alice = await service.asUser('alice');
});
after(() => service.close());

const limit = { timeout: 60_000 };

for (const collection of ['jobs', 'applications', 'deployments', 'webhooks', 'api-keys']) {
  test(`an id in large letters is the same id: ${collection}`, limit, async () => {
    const { id } = await createResource(service, `/api/v2/${collection}`, 'alice');

    const [small, large] = await Promise.all([id!, id!.toUpperCase()].map((each) => call('GET', `/api/v2/${collection}/${each}`)));

    assert.equal(small!.status, 200);
    assert.deepEqual(large, small);
  });
}

test('what is done under an id in large letters keeps the audit chain whole, and tells of the thing itself', limit, async () => {
  const { id } = await createResource(service, '/api/v2/jobs', 'alice');

  const answer = await call('DELETE', `/api/v2/jobs/${id!.toUpperCase()}`);

  assert.equal(answer.status, 202);
  const [tenant] = await service.database.asSystem((tx) =>
    tx.selectFrom('tenants').select('tenant_id').where('user_id', '=', 'alice').execute(),
  );
  assert.equal((await verifyAudit(service.database, tenant!.tenant_id)).fault, undefined);
  const { items } = (await call('GET', `/api/v2/audit?job_id=${id!.toUpperCase()}`)).body as { items: { job_id: string }[] };
  assert.ok(items.length > 0);
  assert.ok(items.every(({ job_id: jobId }) => jobId === id));
});

async function call(method: string, path: string): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(service.url + path, { method, headers: alice });
  return { status: answer.status, body: await answer.json() };
}
