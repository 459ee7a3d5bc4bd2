import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addressOf, describeService } from '../../test/documented-operations.ts';
import { openTestApp } from '../../test/open-test-app.ts';
import type { TestApp } from '../../test/open-test-app.ts';

const limit = { timeout: 60_000 };
let service: TestApp;

before(async () => {
  service = await openTestApp();
});
after(() => service.close());

/** They never end. */
const streams = new Set(['followApplication', 'followDeployment', 'followJob']);

test('T5 a secret that was shown is shown to nobody again: not by any operation, nor to whoever repeats the request', limit, async () => {
  const alice = await service.asUser('alice');
  const makers: Readonly<Record<string, unknown>> = {
    '/api/v2/api-keys': { name: 'ci', scopes: ['jobs:read'] },
    '/api/v2/webhooks': { url: 'https://hooks.example.com/', events: ['job.completed'] },
  };
  const secrets: string[] = [];
  for (const [path, body] of Object.entries(makers)) {
    const headers = { ...alice, 'content-type': 'application/json', 'idempotency-key': `once-${secrets.length}` };
    const make = () => fetch(service.url + path, { method: 'POST', headers, body: JSON.stringify(body) });

    const made = (await (await make()).json()) as { key?: string; secret?: string };
    secrets.push((made.key ?? made.secret)!);
    const again = await make();

    assert.ok(again.status >= 400 || path === '/api/v2/webhooks', path);
    assert.ok(!(await again.text()).includes(secrets.at(-1)!), path);
  }

  assert.equal(secrets.filter((secret) => secret.length > 30).length, 2);
  for (const operation of describeService(service).operations) {
    if (operation.method !== 'GET' || streams.has(operation.operationId)) continue;
    const answer = await fetch(service.url + (await addressOf(service, operation, 'alice')), { headers: alice, redirect: 'manual' });
    const text = await answer.text();
    for (const secret of secrets) assert.ok(!text.includes(secret), operation.operationId);
  }
});
