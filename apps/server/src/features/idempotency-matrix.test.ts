import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addressOf, describeService, exampleOf, fillPath } from '../../test/documented-operations.ts';
import type { DocumentedApi, DocumentedOperation } from '../../test/documented-operations.ts';
import { openTestApp } from '../../test/open-test-app.ts';
import type { TestApp } from '../../test/open-test-app.ts';
import { createResource } from '../../test/test-resources.ts';

// Every POST of the OpenAPI document is sent twice under one key, and then another request under the same key.

const limit = { timeout: 120_000 };
let service: TestApp;
let api: DocumentedApi;
let alice: Record<string, string>;

before(async () => {
  service = await openTestApp();
  api = describeService(service);
  alice = await service.asUser('alice');
});
after(() => service.close());

/** What a request needs beside what is made for every one: a state of its thing, a body that names parts of it. */
const preparations: Readonly<Record<string, (id: string, ids: Readonly<Record<string, string>>) => Promise<unknown>>> = {
  selectJobSecrets: async (id, ids) => {
    await setStatus(id, 'awaiting_selection');
    return { secret_ids: [ids['secret_id']] };
  },
  cleanJob: async (id, ids) => {
    await setStatus(id, 'awaiting_selection');
    await post(`/api/v2/jobs/${id}/secrets/select`, JSON.stringify({ secret_ids: [ids['secret_id']] }), {});
    return undefined;
  },
  pushJob: (id) => setStatus(id, 'cleaned'),
};

test(
  'the same request under a key gets the same answer and does nothing more; another request under it is refused',
  limit,
  async (context) => {
    const operations = api.operations.filter(({ method }) => method === 'POST');
    const notReached: string[] = [];

    for (const operation of operations) {
      const name = operation.operationId;
      const { address, body, mediaType } = await prepare(operation);
      const key = { 'idempotency-key': `key-of-${name}`, ...(mediaType !== undefined && { 'content-type': mediaType }) };

      const first = await post(address, body, key);
      const second = await post(address, body, key);
      const codes = [];
      for (const [otherAddress, otherBody] of await listOthers(operation, address, body))
        codes.push((await post(otherAddress, otherBody, key)).code);

      if (first.status === 409) {
        // Not in the state for it: then nothing was done, and the key is free.
        notReached.push(name);
        assert.deepEqual([second.status, codes.includes('IDEMPOTENCY_KEY_REUSED')], [409, false], name);
        continue;
      }
      assert.ok(first.status < 300, `${name}: ${first.text}`);
      // Of an answer with a secret no copy is kept.
      if (second.code === 'IDEMPOTENCY_ANSWER_GONE') assert.match(first.text, /"(?:key|secret)":/, name);
      else assert.deepEqual([second.status, second.text, second.isReplayed], [first.status, first.text, true], name);
      assert.ok(codes.includes('IDEMPOTENCY_KEY_REUSED'), `${name}: ${codes.join(' ')}`);
    }

    context.diagnostic(`not in the state for it: ${notReached.join(' ')}`);
    assert.deepEqual(
      operations.flatMap(({ operationId, parameters }) =>
        parameters.some((each) => each.name === 'Idempotency-Key') ? [] : [operationId],
      ),
      [],
    );
    assert.ok(operations.length - notReached.length >= 11, `not in the state for it: ${notReached.join(' ')}`);
  },
);

interface Prepared {
  readonly address: string;
  readonly body: string | undefined;
  readonly mediaType: string | undefined;
}

async function prepare(operation: DocumentedOperation): Promise<Prepared> {
  const { path, operationId, requestBody } = operation;
  const ids = path.includes('{') ? await createResource(service, path, 'alice') : {};
  const address = fillPath(path, ids);
  const prepared = await preparations[operationId]?.(ids['id']!, ids);
  const [mediaType] = Object.keys(requestBody?.content ?? {});
  if (mediaType === 'application/x-git-bundle')
    return { address, mediaType, body: `# v2 git bundle\n${'0'.repeat(40)} refs/heads/main\n\n` };
  if (mediaType === 'multipart/form-data') {
    const part = 'Content-Disposition: form-data; name="file"; filename="report.json"';
    return { address, mediaType: `${mediaType}; boundary=limit`, body: `--limit\r\n${part}\r\n\r\n{}\r\n--limit--\r\n` };
  }
  const content = prepared ?? exampleOf(operation, api);
  return { address, mediaType, body: content === undefined ? undefined : JSON.stringify(content) };
}

/** Requests that differ: for another thing, or with a body that was changed in one place. What the schema does not take is not tried under the key. */
async function listOthers(
  operation: DocumentedOperation,
  address: string,
  body: string | undefined,
): Promise<(readonly [string, string | undefined])[]> {
  if (operation.path.includes('{')) return [[await addressOf(service, operation, 'alice'), body]];
  if (body === undefined || !body.startsWith('{')) return [[address, `${body}x`]];
  const content = JSON.parse(body) as Record<string, unknown>;
  return Object.entries(content).map(([name, value]) => [address, JSON.stringify({ ...content, [name]: change(value) })]);
}

function change(value: unknown): unknown {
  if (typeof value === 'string') return `${value}x`;
  if (typeof value === 'number') return value + 1;
  return Array.isArray(value) ? value.slice(1) : value;
}

async function setStatus(id: string, status: 'awaiting_selection' | 'cleaned'): Promise<undefined> {
  const { tenant_id: tenant } = await service.database.asSystem((tx) =>
    tx.selectFrom('tenants').select('tenant_id').where('user_id', '=', 'alice').executeTakeFirstOrThrow(),
  );
  await service.database.asTenant(tenant, (tx) => tx.updateTable('jobs').set({ status }).where('id', '=', id).execute());
}

async function post(address: string, body: string | undefined, headers: Record<string, string>) {
  const answer = await fetch(service.url + address, {
    method: 'POST',
    headers: { ...alice, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body }),
  });
  const text = await answer.text();
  const { code } = (text.startsWith('{') ? JSON.parse(text) : {}) as { code?: string };
  return { status: answer.status, text, code, isReplayed: answer.headers.get('idempotency-replayed') === 'true' };
}
