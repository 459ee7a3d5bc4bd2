import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { after, before, test } from 'node:test';
import { createEchoFeature } from '../../../test/echo-feature.ts';
import { openTestApp } from '../../../test/open-test-app.ts';
import type { TestApp } from '../../../test/open-test-app.ts';
import { createApiKeyToken } from '../auth/index.ts';
import { StorageError } from '../storage/index.ts';

const planted = ['AKIA', 'Z7QX4MPLQ2TYWV3N'].join('');
const databaseDown = Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:5432'), { code: 'ECONNREFUSED', syscall: 'connect' });
const faults = {
  unforeseen: new Error(`at row (key)=(${planted})`),
  parser: parseFault(`{"Secret": ${planted}}`),
  database: databaseDown,
  storage: new StorageError('STORAGE_DOWN', 'The server of stored files does not answer.'),
  gone: new StorageError('OBJECT_NOT_FOUND', 'There is no stored file reports/1.'),
  deadlock: Object.assign(new Error('deadlock detected'), { code: '40P01' }),
  nothing: undefined,
};

let service: TestApp;
let user: Record<string, string>;

before(async () => {
  service = await openTestApp({
    allowedOrigins: ['https://panel.example.com'],
    trustedProxies: 1,
    maxBodyBytes: 100_000,
    maxUploadBytes: 1_000_000,
    features: [createEchoFeature({ faults })],
  });
  user = await service.asUser('alice');
});
after(() => service.close());

const limit = { timeout: 30_000 };
const json = { 'content-type': 'application/json' };

for (const { what, status, code, request } of [
  { what: 'a body that is no JSON', status: 400, code: 'UNREADABLE', request: { path: '/test/notes', body: '{"text":' } },
  {
    what: 'a body that reaches for a prototype',
    status: 400,
    code: 'UNREADABLE',
    request: { path: '/test/notes', body: '{"__proto__":{"a":1}}' },
  },
  { what: 'no credentials', status: 401, code: 'UNAUTHENTICATED', request: { path: '/test/caller', method: 'GET', headers: {} } },
  { what: 'a path that is not there', status: 404, code: 'NOT_FOUND', request: { path: '/api/v2/nothing', method: 'GET' } },
  { what: 'a path that cannot be read', status: 400, code: 'UNREADABLE', request: { path: '/api/v2/%zz', method: 'GET' } },
  { what: 'a method that the path has not', status: 405, code: 'METHOD_NOT_ALLOWED', request: { path: '/test/notes', method: 'DELETE' } },
  {
    what: 'a method with a body that says nothing of it',
    status: 405,
    code: 'METHOD_NOT_ALLOWED',
    request: { path: '/test/notes', method: 'QUERY', headers: {} },
  },
  {
    what: 'a body that is too large',
    status: 413,
    code: 'BODY_TOO_LARGE',
    request: { path: '/test/notes', body: JSON.stringify({ text: 'x'.repeat(100_000) }) },
  },
  {
    what: 'a form',
    status: 415,
    code: 'MEDIA_TYPE_UNSUPPORTED',
    request: { path: '/test/notes', body: 'text=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  },
  {
    what: 'plain text',
    status: 415,
    code: 'MEDIA_TYPE_UNSUPPORTED',
    request: { path: '/test/notes', body: 'text', headers: { 'content-type': 'text/plain' } },
  },
  { what: 'a body of another shape', status: 422, code: 'INVALID', request: { path: '/test/notes', body: '{"text":1}' } },
  { what: 'no body where one is needed', status: 422, code: 'INVALID', request: { path: '/test/notes' } },
  { what: 'an unknown query parameter', status: 422, code: 'INVALID', request: { path: '/test/caller?tenant_id=1', method: 'GET' } },
  { what: 'an id that is none', status: 422, code: 'INVALID', request: { path: '/api/v2/api-keys/1', method: 'GET' } },
  { what: 'a fault that nobody foresaw', status: 500, code: 'INTERNAL', request: { path: '/test/faults/unforeseen', method: 'GET' } },
  { what: 'something thrown that is no error', status: 500, code: 'INTERNAL', request: { path: '/test/faults/nothing', method: 'GET' } },
  { what: 'a storage that is down', status: 503, code: 'UNAVAILABLE', request: { path: '/test/faults/storage', method: 'GET' } },
  { what: 'a file that was deleted meanwhile', status: 404, code: 'NOT_FOUND', request: { path: '/test/faults/gone', method: 'GET' } },
  { what: 'rows that others are busy with', status: 503, code: 'UNAVAILABLE', request: { path: '/test/faults/deadlock', method: 'GET' } },
  { what: 'a database that is down', status: 503, code: 'UNAVAILABLE', request: { path: '/test/faults/database', method: 'GET' } },
] as const satisfies readonly { what: string; status: number; code: string; request: RequestParts }[]) {
  test(`${what} is answered with a problem, ${status} ${code}`, limit, async () => {
    const answer = await send(request);
    const problem = (await answer.json()) as Record<string, unknown>;

    assert.equal(answer.status, status);
    assert.equal(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8');
    assert.deepEqual([problem['status'], problem['code'], problem['instance']], [status, code, request.path.split('?')[0]]);
    assert.equal(problem['requestId'], answer.headers.get('x-request-id'));
    assert.ok(typeof problem['title'] === 'string' && typeof problem['detail'] === 'string');
  });
}

test('O2: what went wrong inside is neither in the answer nor, where it could quote a secret, in the log', limit, async () => {
  for (const name of ['unforeseen', 'parser']) {
    const answer = await send({ path: `/test/faults/${name}`, method: 'GET' });
    const text = await answer.text();

    assert.doesNotMatch(text, /AKIA|\bat \/|\.ts:/);
    const logged = service.log.filter((line) => line.includes(answer.headers.get('x-request-id')!));
    assert.ok(logged.some((line) => line.includes('create-app.test.ts') || line.includes('request failed')));
    if (name === 'parser') assert.doesNotMatch(logged.join(), /AKIA/);
  }
});

test('the queue being down refuses what needs it, before anything is done, and nothing else', limit, async () => {
  service.queue.isUp = false;

  const needing = await send({ path: '/test/notes', body: '{"text":"a"}' });
  const other = await send({ path: '/test/caller', method: 'GET' });
  const ready = await send({ path: '/api/v2/health/ready', method: 'GET' });

  service.queue.isUp = true;
  assert.deepEqual([needing.status, needing.headers.get('retry-after'), other.status, ready.status], [503, '5', 200, 503]);
  assert.equal(((await needing.json()) as { code: string }).code, 'QUEUE_UNAVAILABLE');
});

test('every fault of a body is told by its place, and no value is sent back', limit, async () => {
  const answer = await send({
    path: '/api/v2/api-keys',
    body: JSON.stringify({ name: '', scopes: [planted], [`x${'y'.repeat(500)}`]: planted }),
  });
  const text = await answer.text();

  const { errors } = JSON.parse(text) as { errors: { in: string; path: string }[] };
  assert.deepEqual(
    errors.map(({ path }) => path.slice(0, 10)),
    ['/name', '/scopes/0', '/xyyyyyyyy'].toSorted((a, b) => errorOrder(errors, a) - errorOrder(errors, b)),
  );
  assert.ok(errors.every((error) => error.in === 'body' && error.path.length < 250));
  assert.doesNotMatch(text, /AKIA/);
});

test('an answer holds what its schema names and nothing else', limit, async () => {
  const answer = await send({ path: '/test/notes', body: '{"text":"a"}' });

  assert.deepEqual(Object.keys((await answer.json()) as object), ['text', 'times']);
});

test('a request id that is a plain word is kept; any other is replaced', limit, async () => {
  const kept = await send({ path: '/api/v2/health', method: 'GET', headers: { 'x-request-id': 'deploy-17.a_B' } });
  const long = await send({ path: '/api/v2/health', method: 'GET', headers: { 'x-request-id': 'a'.repeat(65) } });
  const odd = await send({ path: '/api/v2/health', method: 'GET', headers: { 'x-request-id': 'a b' } });

  assert.equal(kept.headers.get('x-request-id'), 'deploy-17.a_B');
  for (const replaced of [long, odd]) assert.match(replaced.headers.get('x-request-id')!, /^[0-9a-f-]{36}$/);
});

test('every answer carries headers that keep browsers from misusing it, and none that forces https on plain http', limit, async () => {
  for (const path of ['/api/v2/health', '/api/v2/nothing', '/docs']) {
    const { headers } = await send({ path, method: 'GET' });

    assert.match(headers.get('content-security-policy')!, /default-src 'none'/);
    assert.doesNotMatch(headers.get('content-security-policy')!, /upgrade-insecure-requests/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('x-frame-options'), 'DENY');
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('strict-transport-security'), null);
  }
});

test('behind a proxy that speaks https, browsers are told to stay there', limit, async () => {
  const { headers } = await send({ path: '/api/v2/health', method: 'GET', headers: { 'x-forwarded-proto': 'https' } });

  assert.match(headers.get('strict-transport-security')!, /max-age=\d+/);
});

test('N16: with one proxy in front, only the last entry of X-Forwarded-For counts', limit, async () => {
  const answer = await send({ path: '/test/caller', method: 'GET', headers: { ...user, 'x-forwarded-for': '1.1.1.1, 203.0.113.7' } });

  assert.equal(((await answer.json()) as { ip: string }).ip, '203.0.113.7');
});

test('N16: what is passed on and is no address does not count as one', limit, async () => {
  for (const odd of ['unknown', '203.0.113.7:4711', 'a'.repeat(300), "1.1.1.1' or 1=1"]) {
    const answer = await send({ path: '/test/caller', method: 'GET', headers: { ...user, 'x-forwarded-for': odd } });

    assert.equal(((await answer.json()) as { ip: string }).ip, '127.0.0.1', odd);
  }
});

test('N14: pages of listed origins may read, others may not, and credentials of browsers are never asked for', limit, async () => {
  const preflight = (origin: string): Promise<Response> =>
    send({
      path: '/test/notes',
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });

  const listed = await preflight('https://panel.example.com');
  const foreign = await preflight('https://evil.example.com');

  assert.equal(listed.headers.get('access-control-allow-origin'), 'https://panel.example.com');
  assert.equal(foreign.headers.get('access-control-allow-origin'), null);
  assert.equal(listed.headers.get('access-control-allow-credentials'), null);
});

test('a page of another origin cannot make a browser change anything', limit, async () => {
  const foreign = await send({
    path: '/test/notes',
    body: '{"text":"a"}',
    headers: { ...user, ...json, origin: 'https://evil.example.com' },
  });
  const opaque = await send({ path: '/test/notes', body: '{"text":"a"}', headers: { ...user, ...json, origin: 'null' } });
  const own = await send({ path: '/test/notes', body: '{"text":"a"}', headers: { ...user, ...json, origin: service.url } });

  assert.deepEqual([foreign.status, opaque.status, own.status], [403, 403, 201]);
});

test('long answers are compressed, short ones are not', limit, async () => {
  const long = await send({ path: '/openapi.json', method: 'GET', headers: { 'accept-encoding': 'gzip' } });
  const short = await send({ path: '/api/v2/health', method: 'GET', headers: { 'accept-encoding': 'gzip' } });

  assert.equal(long.headers.get('content-encoding'), 'gzip');
  assert.equal(short.headers.get('content-encoding'), null);
  assert.equal(((await long.json()) as { openapi: string }).openapi, '3.1.0');
});

test('the reference is one page without scripts and without anything from elsewhere', limit, async () => {
  const page = await (await send({ path: '/docs', method: 'GET' })).text();
  const style = await send({ path: '/docs/style.css', method: 'GET' });

  assert.doesNotMatch(page, /<script|(?:href|src|action|url)\W{1,3}(?:https?:)?\/\//);
  for (const path of ['/api/v2/health', '/api/v2/api-keys/{id}/rotate']) assert.ok(page.includes(path), path);
  const targets = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]!);
  assert.deepEqual(
    targets.filter((target) => !page.includes(`id="${target}"`)),
    [],
  );
  assert.equal(style.headers.get('content-type'), 'text/css; charset=utf-8');
});

test('metrics count requests by the pattern of their path, for this machine only', limit, async () => {
  await send({ path: '/api/v2/api-keys/00000000-0000-7000-8000-000000000000', method: 'GET' });

  const own = await (await send({ path: '/metrics', method: 'GET' })).text();
  const proxied = await send({ path: '/metrics', method: 'GET', headers: { 'x-forwarded-for': '127.0.0.1' } });

  assert.match(own, /deployguard_http_requests_total\{method="GET",route="\/api\/v2\/api-keys\/:id",status="404"\} [1-9]/);
  assert.doesNotMatch(own, /00000000-0000-7000/);
  assert.equal(proxied.status, 404);
});

test(
  'without authentication nothing at all is served under the name of another site, pages and unknown paths included',
  limit,
  async () => {
    const local = await openTestApp({ database: service.database, withoutCredentials: true });
    const paths = ['/metrics', '/docs', '/docs/style.css', '/openapi.json', '/api/v2/health', '/downloads/x', '/nothing'];

    const asked = await Promise.all(paths.map(async (path) => [path, await askAs('evil.example.com', local.url, path)]));
    const own = await Promise.all(['/metrics', '/docs', '/openapi.json'].map((path) => askAs('localhost', local.url, path)));
    // Where there is authentication, what is public stays so; metrics are for this machine.
    const others = await Promise.all(['/metrics', '/docs', '/openapi.json'].map((path) => askAs('evil.example.com', service.url, path)));

    await local.close();
    assert.deepEqual(
      asked,
      paths.map((path) => [path, 403]),
    );
    assert.deepEqual(own, [200, 200, 200]);
    assert.deepEqual(others, [404, 200, 200]);
  },
);

test('why credentials were refused stands in the log, under the id of the request, and nowhere else', limit, async () => {
  const token = createApiKeyToken();
  const requests: readonly (readonly [reason: string, headers: Record<string, string>])[] = [
    ['no credentials', {}],
    ['an API key that is not valid', { 'x-api-key': token }],
    ['a token of an unknown issuer', { authorization: 'Bearer eyJ.e30.' }],
    ['X-User-ID without proof', { 'x-user-id': 'alice' }],
  ];
  const before = service.log.length;

  const bodies = [];
  for (const [index, [, headers]] of requests.entries()) {
    const answer = await fetch(`${service.url}/test/caller`, { headers: { ...headers, 'x-request-id': `refused-${index}` } });
    bodies.push(await answer.text());
  }

  const lines = service.log.slice(before).map((line) => JSON.parse(line) as Record<string, string>);
  assert.deepEqual(
    lines.filter(({ msg }) => msg === 'credentials refused').map(({ requestId, reason, ip }) => [requestId, reason, ip]),
    requests.map(([reason], index) => [`refused-${index}`, reason, '127.0.0.1']),
  );
  assert.ok(bodies.every((body, index) => !body.includes(requests[index]![0])));
  assert.ok(!JSON.stringify(lines).includes(token));
});

test('O1: whatever is sent, each line of the log is one JSON object, with the id of its request', limit, async () => {
  const before = service.log.length;
  for (let code = 0; code < 32; code++) {
    const forged = encodeURIComponent(`${String.fromCharCode(code)}{"level":"error"}\u001b[31m`);
    await send({
      path: `/test/faults/${forged}?${forged}=${forged}`,
      method: 'GET',
      headers: { 'user-agent': `a\tb`, 'x-request-id': `id-${code}` },
    });
  }

  const lines = service.log.slice(before).map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.ok(lines.length >= 32);
  assert.ok(lines.every((line) => line['service'] === 'test' && /^id-\d+$/.test(String(line['requestId']))));
});

test('N13, T4: credentials are in no line of the log, wherever they were sent', limit, async () => {
  const token = user['authorization']!.split(' ')[1]!;
  await send({ path: `/test/caller?api_key=${token}`, method: 'GET' });
  await send({ path: `/nothing/${planted}?token=${token}`, method: 'GET' });
  await send({ path: '/test/notes', body: JSON.stringify({ text: 1, password: planted }) });

  assert.equal(
    service.log.filter((line) => line.includes(token) || line.includes(planted)).filter((line) => !line.includes('at row')).length,
    0,
  );
});

test('N15: an upload is streamed up to its own limit', limit, async () => {
  const binary = { 'content-type': 'application/octet-stream' };

  const fits = await send({ path: '/test/uploads', body: 'x'.repeat(900_000), headers: binary });
  const tooLarge = await send({ path: '/test/uploads', body: 'x'.repeat(1_000_001), headers: binary });
  const endless = await send({ path: '/test/uploads', headers: binary, body: pour(1_500_000) });
  const json = await send({ path: '/test/uploads', body: '{}', headers: { 'content-type': 'application/json' } });

  assert.deepEqual(await fits.json(), { bytes: 900_000 });
  assert.deepEqual([tooLarge.status, endless.status, json.status], [413, 413, 415]);
});

test('closing waits for what runs, and takes nothing new', limit, async () => {
  const [started, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const onNote = (): Promise<void> => {
    started.resolve();
    return mayEnd.promise;
  };
  const closing = await openTestApp({ database: service.database, features: [createEchoFeature({ onNote })] });
  const headers = { ...json, ...(await closing.asUser('alice')) };
  const running = fetch(`${closing.url}/test/notes`, { method: 'POST', headers, body: '{"text":"a"}' });
  await started.promise;

  const closed = closing.app.close(5);
  const refused = await fetch(`${closing.url}/api/v2/health`).then(
    ({ status }) => status,
    () => 'refused',
  );
  mayEnd.resolve();

  assert.equal((await running).status, 201);
  await closed;
  assert.equal(refused, 'refused');
  await closing.close();
});

interface RequestParts {
  readonly path: string;
  readonly method?: string;
  readonly body?: string | ReadableStream<Uint8Array>;
  readonly headers?: Record<string, string>;
}

function send({ path, method = 'POST', body, headers }: RequestParts): Promise<Response> {
  return fetch(service.url + path, {
    method,
    headers:
      headers === undefined ? { ...user, ...(body === undefined ? {} : json) } : { ...(headers['content-type'] ? user : {}), ...headers },
    ...(body === undefined ? {} : { body, duplex: 'half' }),
    signal: AbortSignal.timeout(10_000),
  } as RequestInit);
}

function pour(bytes: number): ReadableStream<Uint8Array> {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      if (left <= 0) return controller.close();
      controller.enqueue(new Uint8Array(Math.min(65_536, left)));
      left -= 65_536;
    },
  });
}

function errorOrder(errors: readonly { readonly path: string }[], path: string): number {
  return errors.findIndex((error) => error.path.startsWith(path));
}

function parseFault(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

/** The status of an answer to a browser that takes the service for a site of this name. */
async function askAs(host: string, url: string, path: string): Promise<number> {
  const [answer] = (await once(get(url + path, { headers: { host }, agent: false }), 'response')) as [IncomingMessage];
  answer.resume();
  return answer.statusCode!;
}
