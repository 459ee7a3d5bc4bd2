import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { scopes } from '@deployguard/contracts';
import { openTestApp } from '../../test/open-test-app.ts';
import type { TestApp } from '../../test/open-test-app.ts';
import { arbitraryFor, mangle } from '../../test/schema-arbitrary.ts';
import { breakages, sendPipelined } from '../../test/broken-requests.ts';
import { makeOdd } from '../../test/odd-requests.ts';
import type { RawRequest } from '../../test/odd-requests.ts';
import { createResource } from '../../test/test-resources.ts';
import type { JsonSchema } from '../../test/schema-arbitrary.ts';

// Requests that follow the OpenAPI document, and requests that nearly do: whatever comes, no answer is a fault of the service, and every answer
// is one that the document describes. A feature joins by being listed.

const requestsPerOperation = process.env['DEPLOYGUARD_LONG_TESTS'] ? 500 : 28;
/** The service is in this process: more at once would only wait for one another. */
const lanes = 4;
const leastRequests = 3000;

interface DocumentedOperation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly required: boolean;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>> }>>;
}

interface OpenApi {
  readonly paths: Record<string, Record<string, DocumentedOperation>>;
  readonly components: { readonly schemas: Record<string, JsonSchema> };
}

let service: TestApp;
let document: OpenApi;
/** Headers, by who sends them: most requests are of somebody who may do everything. */
let callers: Readonly<Record<string, Readonly<Record<string, string>>>>;
const seed = randomInt(2 ** 31);
const statuses = new Map<number, number>();

before(async () => {
  service = await openTestApp({ streams: { heartbeatSeconds: 1 }, slowClientSeconds: 2 });
  document = service.app.describe() as unknown as OpenApi;
  const user = await service.asUser('alice');
  callers = {
    user,
    key: { 'x-api-key': await makeApiKey(user) },
    gateway: service.asGateway('alice'),
    'somebody else': await service.asUser('bob'),
    'who may do nothing': await service.asUser('alice', []),
    'whose token is over': await service.asUser('alice', scopes, '1 hour ago'),
    nobody: {},
    'a wrong token': { authorization: `${user['authorization']}x` },
    'a wrong key': { 'x-api-key': `dgk_${'0'.repeat(48)}` },
    'a name without proof': { 'x-user-id': 'alice' },
    'another way': { authorization: 'Basic YWxpY2U6YWxpY2U=' },
    'two at once': { ...user, ...service.asGateway('bob') },
  };
});
after(() => service.close());

test('whatever is sent, every answer is one that the OpenAPI document describes, and none is a fault', { timeout: 840_000 }, async () => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const waiting = operations.values();
  const fuzzLane = async (): Promise<void> => {
    for (const { path, method, operation } of waiting) {
      await fuzz(path, method, operation).catch((error: unknown) => {
        // The others come to an end, too.
        operations.length = 0;
        throw error;
      });
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: lanes }, fuzzLane));
  for (const lane of ended) if (lane.status === 'rejected') throw lane.reason;

  assert.equal((await fetch(`${service.url}/api/v2/health`)).status, 200);
  assert.ok(process.memoryUsage().rss < 1_000_000_000, `${process.memoryUsage().rss} bytes`);
  const told = JSON.stringify([...statuses].sort());
  assert.ok([...statuses.values()].reduce((sum, count) => sum + count, 0) >= leastRequests, told);
  // All sorts were met: what is right, and what is refused for its shape, its type, its caller or its right.
  for (const status of [200, 201, 202, 400, 401, 403, 404, 415, 422]) assert.ok((statuses.get(status) ?? 0) > 0, told);
});

async function fuzz(path: string, method: string, operation: DocumentedOperation): Promise<void> {
  const ids = path.includes('{') ? await createResource(service, path, 'alice') : {};
  const requests = buildRequest(path, method, operation, ids);
  const callersOf = fc.oneof(
    { weight: 3, arbitrary: fc.constant('user') },
    { weight: 2, arbitrary: fc.constantFrom(...Object.keys(callers)) },
  );
  await fc.assert(
    fc.asyncProperty(requests, callersOf, async (request, caller) => checkAnswer(await send(request, caller), operation)),
    { numRuns: requestsPerOperation, seed },
  );
  await fc.assert(
    fc.asyncProperty(makeOdd(requests), callersOf, async (request, caller) => checkOddAnswer(await send(request, caller), request)),
    { numRuns: requestsPerOperation / 2, seed },
  );
  // Every caller, with something that follows the schema as often as not.
  for (const [index, caller] of Object.keys(callers).entries()) {
    const [request] = fc.sample(requests, { numRuns: 1, seed: seed + index });
    await checkAnswer(await send(request!, caller), operation);
  }
  await sendBroken(fc.sample(requests, { numRuns: 1, seed })[0]!, operation.operationId);
}

/** Each breakage behind a request that is whole, on one connection. */
async function sendBroken(request: RawRequest, name: string): Promise<void> {
  const whole = { start: 'GET /api/v2/health HTTP/1.1', headers: ['Host: localhost'], body: '' };
  const wanted = Object.entries(breakages).filter((_, index) => process.env['DEPLOYGUARD_LONG_TESTS'] || (index + name.length) % 3 === 0);
  await Promise.all(
    wanted.map(async ([what, breakIt]) => {
      const ascii = { ...request, address: request.address.split('?')[0]!, headers: callers['user']! };
      const { answers, isInTime } = await sendPipelined(service.url, [whole, breakIt(ascii)]);

      const told = `${name} with ${what}: ${JSON.stringify(answers).slice(0, 1000)}`;
      assert.ok(isInTime && answers.length >= 1, told);
      for (const { status, type, body } of answers) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        assert.ok(status < 500 && status >= 200, told);
        // Node itself refuses what names no host, without a word; of HEAD comes no body.
        if (status < 400 || (status === 400 && type === '' && body === '')) continue;
        assert.ok(type.startsWith('application/problem+json'), told);
        if (body !== '') assert.deepEqual(validatorOf({ $ref: '#/components/schemas/Problem' }).Errors(JSON.parse(body)), [], told);
      }
    }),
  );
}

async function makeApiKey(headers: Readonly<Record<string, string>>): Promise<string> {
  const answer = await fetch(`${service.url}/api/v2/api-keys`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'fuzz', scopes }),
  });
  return ((await answer.json()) as { key: string }).key;
}

/** Half of the requests are about a thing that is there. */
function buildRequest(
  path: string,
  method: string,
  operation: DocumentedOperation,
  ids: Readonly<Record<string, string>>,
): fc.Arbitrary<RawRequest> {
  const { parameters = [], requestBody } = operation;
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const value = (schema: JsonSchema): fc.Arbitrary<unknown> => mangle(arbitraryFor(schema, document.components.schemas));
  const valuesOf = (place: string): fc.Arbitrary<Record<string, unknown>> =>
    fc.record(
      Object.fromEntries(parameters.filter((parameter) => parameter.in === place).map(({ name, schema }) => [name, value(schema)])),
      place === 'path' ? {} : { requiredKeys: [] },
    );
  return fc
    .record({
      path: fc.oneof(fc.constant<Record<string, unknown>>(ids), valuesOf('path')),
      query: valuesOf('query'),
      body: content === undefined ? fc.constant(undefined) : value(content.schema),
    })
    .map((parts) => ({
      method: method.toUpperCase(),
      address: buildAddress(path, parts.path, parts.query),
      headers: type === undefined ? {} : { 'content-type': type === formType ? `${type}; boundary=limit` : type },
      ...(parts.body === undefined ? {} : { body: printBody(type, parts.body) }),
    }));
}

const formType = 'multipart/form-data';

function printBody(type: string | undefined, body: unknown): string {
  if (type === 'application/json') return JSON.stringify(body);
  if (type !== formType || typeof body !== 'object' || body === null) return asText(body);
  const parts = Object.entries(body).map(([name, value]) => {
    const disposition = `form-data; name=${JSON.stringify(name)}${name === 'file' ? '; filename="report.json"' : ''}`;
    return `--limit\r\nContent-Disposition: ${disposition}\r\n\r\n${asText(value)}\r\n`;
  });
  return `${parts.join('')}--limit--\r\n`;
}

function buildAddress(path: string, params: Record<string, unknown>, query: Record<string, unknown>): string {
  const filled = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(asText(params[name])) || '%20');
  const search = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, asText(value)]));
  return search.size === 0 ? filled : `${filled}?${search}`;
}

/** Lone halves of characters cannot stand in an address. */
function asText(value: unknown): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).toWellFormed();
}

async function send({ method, address, headers, body }: RawRequest, caller: string): Promise<Response> {
  const answer = await fetch(service.url + address, {
    method,
    headers: { ...callers[caller], ...headers },
    ...(body === undefined ? {} : { body }),
    redirect: 'manual',
    signal: AbortSignal.timeout(60_000),
  });
  statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  return answer;
}

/** It may be any operation's by now, or none's: a refusal is a problem, and no refusal is a fault. */
async function checkOddAnswer(answer: Response, { method, address }: RawRequest): Promise<void> {
  const type = answer.headers.get('content-type') ?? '';
  const isStream = type.startsWith('text/event-stream');
  const text = isStream ? '' : await answer.text();
  if (isStream) await answer.body?.cancel();
  const what = `${method} ${address.slice(0, 200)} answered ${answer.status} ${text.slice(0, 500)}`;
  assert.ok(answer.status < 500, what);
  if (answer.status < 400 || method === 'HEAD') return;
  assert.ok(type.startsWith('application/problem+json'), `${what} as ${type}`);
  assert.deepEqual(validatorOf({ $ref: '#/components/schemas/Problem' }).Errors(JSON.parse(text)), [], what);
  assert.doesNotMatch(text, /node_modules|\bat \S+ \(|\.ts:\d/, what);
}

async function checkAnswer(answer: Response, operation: DocumentedOperation): Promise<void> {
  // A stream has no end to wait for.
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const text = isStream ? '' : await answer.text();
  if (isStream) await answer.body?.cancel();
  const what = `${operation.operationId} answered ${answer.status} ${text.slice(0, 500)}`;
  assert.ok(answer.status < 500, what);
  const described = operation.responses[String(answer.status)];
  assert.ok(described !== undefined, `${what}, which is not described`);
  if (described.content === undefined) return assert.equal(text, '', what);
  const type = answer.headers.get('content-type')!.split(';')[0]!;
  const schema = described.content[type]?.schema;
  assert.ok(schema !== undefined, `${what} as ${type}, which is not described`);
  if (type.endsWith('json')) assert.deepEqual(validatorOf(schema).Errors(JSON.parse(text)), [], what);
}

const validators = new Map<string, ReturnType<typeof Compile>>();

function validatorOf(schema: JsonSchema): ReturnType<typeof Compile> {
  const key = JSON.stringify(schema);
  const known = validators.get(key) ?? Compile(resolve(schema) as TSchema);
  validators.set(key, known);
  return known;
}

/** The schema with what it refers to in place. */
function resolve(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(resolve);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref: reference } = schema as { $ref?: string };
  if (reference !== undefined) return resolve(document.components.schemas[reference.split('/').at(-1)!]);
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, resolve(value)]));
}
