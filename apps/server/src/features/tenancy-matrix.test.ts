import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isScope, scopes } from '@deployguard/contracts';
import type { Scope } from '@deployguard/contracts';
import { openTestApp } from '../../test/open-test-app.ts';
import type { TestApp } from '../../test/open-test-app.ts';
import { createResource } from '../../test/test-resources.ts';

// Every operation of the OpenAPI document is tried as every wrong caller. A feature joins by being listed; if it has ids in its paths,
// `test/test-resources.ts` must know how to make one.

interface DocumentedOperation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly scope: Scope | undefined;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: { readonly $ref?: string } }>> };
}

let service: TestApp;
let operations: DocumentedOperation[];
let schemas: Record<string, { readonly examples?: readonly unknown[] }>;

before(async () => {
  service = await openTestApp();
  const document = service.app.describe() as unknown as OpenApi;
  schemas = document.components.schemas;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const scope = Object.values(operation.security[0] ?? {}).flat()[0];
      return { ...operation, method: method.toUpperCase(), path, scope: scope !== undefined && isScope(scope) ? scope : undefined };
    }),
  );
});
after(() => service.close());

interface OpenApi {
  readonly paths: Record<string, Record<string, DocumentedOperation & { readonly security: readonly Record<string, string[]>[] }>>;
  readonly components: { readonly schemas: typeof schemas };
}

const limit = { timeout: 120_000 };

test('T1: without credentials every operation answers 401, except those of health', limit, async () => {
  const open: string[] = [];
  for (const operation of operations) {
    const { status } = await send(operation, {}, await addressOf(operation, 'alice'));
    if (operation.scope === undefined) open.push(operation.operationId);
    else assert.equal(status, 401, operation.operationId);
  }

  assert.deepEqual(open, ['getHealth', 'getReadiness']);
});

test('T3: without its scope, but with all others, every operation answers 403', limit, async () => {
  for (const operation of operations.filter(({ scope }) => scope !== undefined)) {
    const others = scopes.filter((scope) => scope !== operation.scope);

    const { status } = await send(operation, await service.asUser('alice', others), await addressOf(operation, 'alice'));

    assert.equal(status, 403, operation.operationId);
  }
});

test('T1: to another tenant nothing exists: every operation on an id answers 404 and changes nothing', limit, async () => {
  const mallory = await service.asUser('mallory');
  for (const operation of operations.filter(({ path, scope }) => path.includes('{') && scope !== undefined)) {
    const address = await addressOf(operation, 'alice');

    const { status, body } = await send(operation, mallory, address);
    const absent = await send(operation, mallory, address.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '00000000-0000-7000-8000-000000000000'));

    assert.equal(status, 404, operation.operationId);
    // T10: the same words as for what never was.
    assert.equal(body.replaceAll(/"(requestId|instance)":"[^"]*"/g, ''), absent.body.replaceAll(/"(requestId|instance)":"[^"]*"/g, ''));
  }
});

test('T1: lists show nothing of another tenant', limit, async () => {
  const mallory = await service.asUser('mallory');
  for (const operation of operations.filter(({ method, path, scope }) => method === 'GET' && !path.includes('{') && scope !== undefined)) {
    const { status, body } = await send(operation, mallory, operation.path);

    assert.equal(status, 200, operation.operationId);
    assert.doesNotMatch(body, /alice/, operation.operationId);
  }
});

test('T2: no operation takes a property that its schema does not name', limit, async () => {
  for (const operation of operations.filter(({ requestBody }) => requestBody?.content['application/json'] !== undefined)) {
    const body = { ...(exampleOf(operation) as object), tenant_id: '00000000-0000-7000-8000-000000000000' };

    const { status } = await send(operation, await service.asUser('alice'), await addressOf(operation, 'alice'), body);

    assert.equal(status, 422, operation.operationId);
  }
});

async function addressOf({ path }: DocumentedOperation, userId: string): Promise<string> {
  if (!path.includes('{')) return path;
  const ids = await createResource(service, path, userId);
  return path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => ids[name] ?? assert.fail(`test-resources.ts makes no ${name} for ${path}`));
}

async function send(
  operation: DocumentedOperation,
  credentials: Record<string, string>,
  path: string,
  body: unknown = exampleOf(operation),
): Promise<{ status: number; body: string }> {
  const [type] = Object.keys(operation.requestBody?.content ?? {});
  const answer = await fetch(service.url + path, {
    method: operation.method,
    headers: { ...credentials, ...(type === undefined ? {} : { 'content-type': type }) },
    ...(type === undefined ? {} : { body: type === 'application/json' ? JSON.stringify(body) : 'content' }),
    redirect: 'manual',
    signal: AbortSignal.timeout(10_000),
  });
  return { status: answer.status, body: await answer.text() };
}

function exampleOf({ requestBody }: DocumentedOperation): unknown {
  const reference = requestBody?.content['application/json']?.schema.$ref;
  return reference === undefined ? undefined : schemas[reference.split('/').at(-1)!]?.examples?.[0];
}
