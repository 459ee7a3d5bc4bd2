import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { defineOperation } from '@deployguard/contracts';
import Type from 'typebox';
import { openTestApp } from '../../../../test/open-test-app.ts';
import type { TestApp } from '../../../../test/open-test-app.ts';
import { appendEvents, openEventHub } from '../../events/index.ts';
import type { EventHub } from '../../events/index.ts';
import { notFoundError } from '../index.ts';
import type { Feature } from '../index.ts';

const followThing = defineOperation({
  id: 'followThing',
  method: 'GET',
  path: '/test/things/{id}/events',
  summary: 'Follow a thing',
  tag: 'Test',
  access: 'jobs:read',
  params: Type.Object({ id: Type.String() }),
  query: Type.Object({ from_sequence: Type.Optional(Type.Integer({ minimum: 1 })) }, { additionalProperties: false }),
  answers: { 200: Type.Unknown() },
  streams: true,
});

/** Events as a real feature has them; things that nobody made are not found, and the last event of a thing is of kind `ended`. */
const things: Feature = {
  name: 'things',
  register(api) {
    api.addStream(followThing, async ({ params, caller, afterSequence, signal }) => {
      if (owners.get(params.id) !== caller.actor.userId) throw notFoundError('thing');
      const events = hub.follow({ tenantId: caller.actor.tenantId, subject: params.id }, { afterSequence, signal });
      return untilEnded(events);
    });
  },
};

async function* untilEnded<E extends { readonly kind: string }>(events: AsyncIterable<E>): AsyncGenerator<E> {
  for await (const event of events) {
    yield event;
    if (event.kind === 'ended') return;
  }
}

let service: TestApp;
let hub: EventHub;
let alice: Record<string, string>;
let tenantId: string;
const owners = new Map<string, string>();

before(async () => {
  service = await openTestApp({
    allowedOrigins: ['https://panel.example.com'],
    features: [things],
    streams: { heartbeatSeconds: 0.2, slowReaderSeconds: 0.5, maxBufferedBytes: 65_536 },
  });
  hub = await openEventHub(service.database);
  alice = await service.asUser('alice');
  await fetch(`${service.url}/api/v2/api-keys`, { headers: alice });
  tenantId = await service.database.asSystem(
    async (tx) => (await tx.selectFrom('tenants').select('tenant_id').where('user_id', '=', 'alice').executeTakeFirstOrThrow()).tenant_id,
  );
});
after(async () => {
  await hub.close();
  await service.close();
});

const limit = { timeout: 20_000 };

test('SSE: events come in order, from the beginning and as they happen, and the stream ends with the thing', limit, async () => {
  const thing = createThing();
  await append(thing, ['log', 'log']);
  const stream = await openSse(thing);
  await stream.readUntil('id: 2');

  await append(thing, ['ended']);
  const text = await stream.readToEnd();

  assert.equal(stream.contentType, 'text/event-stream; charset=utf-8');
  assert.deepEqual(sequencesOf(text), [1, 2, 3]);
  assert.match(text, /\nid: 1\nevent: log\ndata: \{"sequence":1,"kind":"log","data":\{"line":"log 0"\},"created_at":"[^"]+"\}\n\n/);
  assert.match(text, /event: end\ndata: \{\}\n\n$/);
});

test('SSE: a client that comes back with Last-Event-ID gets the rest', limit, async () => {
  const thing = createThing();
  await append(thing, ['log', 'log', 'log', 'ended']);

  const resumed = await openSse(thing, { 'last-event-id': '2' });
  const asked = await openSse(thing, {}, '?from_sequence=4');

  assert.deepEqual(sequencesOf(await resumed.readToEnd()), [3, 4]);
  assert.deepEqual(sequencesOf(await asked.readToEnd()), [4]);
});

test('SSE: nothing in an event can break out of its line', limit, async () => {
  const thing = createThing();
  await appendRaw(thing, [{ kind: 'log\nid: 99\ndata: forged', data: { line: 'a\n\nevent: forged\ndata: {}\n\n\u001b[31m' } }]);
  await append(thing, ['ended']);

  const text = await (await openSse(thing)).readToEnd();

  assert.deepEqual(sequencesOf(text), [1, 2]);
  assert.doesNotMatch(text, /^(?:event|data): forged/m);
});

test('SSE: a quiet stream shows that it lives', limit, async () => {
  const stream = await openSse(createThing());

  assert.match(await stream.readUntil(': still here'), /: still here/);
  await stream.cancel();
});

test('N9: refusals are plain answers before the stream begins, on both transports', limit, async () => {
  const thing = createThing();
  const ask = async (headers: Record<string, string>, path = `/test/things/${thing}/events`): Promise<number> =>
    (await fetch(service.url + path, { headers })).status;
  const upgrade = (headers: Record<string, string>): Promise<number> => askUpgrade(`/test/things/${thing}/events`, headers);

  const mallory = await service.asUser('mallory');
  const wrongScope = await service.asUser('alice', ['audit:read']);

  assert.deepEqual([await ask({}), await ask(mallory), await ask(wrongScope)], [401, 404, 403]);
  assert.deepEqual([await upgrade({}), await upgrade(mallory), await upgrade(wrongScope)], [401, 404, 403]);
  assert.equal(await ask({ ...alice, 'last-event-id': 'x' }), 422);
  assert.equal(await upgrade(alice), 101);
});

test('N8: a WebSocket of a page of another origin is refused, of a listed one not', limit, async () => {
  const path = `/test/things/${createThing()}/events`;

  const foreign = await askUpgrade(path, { ...alice, origin: 'https://evil.example.com' });
  const listed = await askUpgrade(path, { ...alice, origin: 'https://panel.example.com' });

  assert.deepEqual([foreign, listed], [403, 101]);
});

test('WebSocket: the same events, one message each, and a farewell', limit, async () => {
  const thing = createThing();
  await append(thing, ['log', 'log', 'ended']);

  const { messages, closed } = await follow(thing, { headers: alice });

  assert.deepEqual(await closed, { code: 1000, reason: 'end' });
  assert.deepEqual(
    messages.map(({ sequence, kind }) => [sequence, kind]),
    [
      [1, 'log'],
      [2, 'log'],
      [3, 'ended'],
    ],
  );
});

test('WebSocket: browsers send their token as a subprotocol, which is never sent back', limit, async () => {
  const thing = createThing();
  await append(thing, ['ended']);
  const token = alice['authorization']!.split(' ')[1]!;
  const protocols = { 'sec-websocket-protocol': `deployguard.events, bearer.${token}` };

  const answer = await rawUpgrade(`/test/things/${thing}/events`, protocols);
  const inQuery = await askUpgrade(`/test/things/${thing}/events?access_token=${token}`, {});

  assert.match(answer, /^HTTP\/1\.1 101 /);
  assert.match(answer, /\r\nsec-websocket-protocol: deployguard\.events\r\n/i);
  assert.ok(!answer.includes(token));
  assert.equal(inQuery, 401);
});

test('N9, T9: rights that are taken away end streams that are open', limit, async () => {
  const thing = createThing();
  const made = await fetch(`${service.url}/api/v2/api-keys`, {
    method: 'POST',
    headers: { ...alice, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'stream', scopes: ['jobs:read'] }),
  });
  const { key, api_key } = (await made.json()) as { key: string; api_key: { id: string } };
  const { closed } = await follow(thing, { headers: { 'x-api-key': key } });
  const sse = await openSse(thing, { 'x-api-key': key, authorization: '' });

  await fetch(`${service.url}/api/v2/api-keys/${api_key.id}`, { method: 'DELETE', headers: alice });

  assert.deepEqual(await closed, { code: 4401, reason: 'revoked' });
  assert.match(await sse.readToEnd(), /event: revoked/);
});

test('N10: readers that do not read are dropped, and what waits for them stays small', limit, async () => {
  const thing = createThing();
  const readers = await Promise.all(Array.from({ length: 50 }, (_, index) => openPaused(thing, index % 2 === 0)));
  const before = process.memoryUsage().rss;

  for (let round = 0; round < 10; round++) {
    await appendRaw(
      thing,
      Array.from({ length: 20 }, () => ({ kind: 'log', data: { line: 'x'.repeat(50_000) } })),
    );
  }
  const grown = process.memoryUsage().rss - before;
  const ends = await Promise.all(readers.map((reader) => reader.ended));

  // 50 readers × 10 MB would be 500 MB.
  assert.ok(grown < 250_000_000, `${grown} bytes more`);
  assert.equal(ends.length, 50);
});

test('a user may have so many streams open and no more; each that ends makes room', limit, async () => {
  const small = await openTestApp({ database: service.database, features: [things], streams: { maxPerUser: 2 } });
  const thing = createThing();
  const headers = await small.asUser('alice');
  const open = (abort = new AbortController()) =>
    fetch(`${small.url}/test/things/${thing}/events`, { headers, signal: abort.signal }).then(({ status }) => ({ status, abort }));
  const first = await open();
  await open();

  const third = await open();
  first.abort.abort();
  let fourth = await open();
  while (fourth.status === 429) fourth = await open();

  assert.deepEqual([third.status, fourth.status], [429, 200]);
  await small.close();
});

test('an upgrade where nothing streams is refused', limit, async () => {
  assert.deepEqual([await askUpgrade('/api/v2/health', {}), await askUpgrade('/nothing', {})], [404, 404]);
});

test('a service that stops says so to all who follow', limit, async () => {
  const stopping = await openTestApp({ database: service.database, features: [things] });
  const headers = await stopping.asUser('alice');
  const thing = createThing();
  const socket = new WebSocket(`${stopping.url.replace('http', 'ws')}/test/things/${thing}/events`, { headers } as unknown as string[]);
  await once(socket, 'open');
  const closed = once(socket, 'close');
  const sse = await fetch(`${stopping.url}/test/things/${thing}/events`, { headers });

  await stopping.app.close(5);

  const [event] = (await closed) as [CloseEvent];
  assert.deepEqual([event.code, event.reason], [1001, 'closing']);
  assert.match(await sse.text(), /event: closing/);
  await stopping.close();
});

function createThing(): string {
  const id = randomUUIDv7();
  owners.set(id, 'alice');
  return id;
}

function append(thing: string, kinds: readonly string[]): Promise<void> {
  return appendRaw(
    thing,
    kinds.map((kind, index) => ({ kind, data: { line: `log ${index}` } })),
  );
}

async function appendRaw(thing: string, events: readonly { readonly kind: string; readonly data: unknown }[]): Promise<void> {
  await service.database.asTenant(tenantId, async (tx) => void (await appendEvents(tx, thing, events)));
}

function sequencesOf(text: string): number[] {
  return [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
}

async function openSse(thing: string, headers: Record<string, string> = {}, query = '') {
  const { authorization, ...others } = { ...alice, ...headers };
  const abort = new AbortController();
  const answer = await fetch(`${service.url}/test/things/${thing}/events${query}`, {
    headers: authorization === '' ? others : { ...others, authorization: authorization! },
    signal: abort.signal,
  });
  assert.equal(answer.status, 200);
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const read = async (isEnough: () => boolean): Promise<string> => {
    while (!isEnough()) {
      const { value, done } = await reader.read();
      if (done) break;
      text += value;
    }
    return text;
  };
  return {
    contentType: answer.headers.get('content-type'),
    readUntil: (mark: string) => read(() => text.includes(mark)),
    readToEnd: () => read(() => false),
    cancel: async () => abort.abort(),
  };
}

/** The WebSocket client of Node, which takes headers beside protocols. */
async function follow(thing: string, options: { headers: Record<string, string> }) {
  const socket = new WebSocket(`${service.url.replace('http', 'ws')}/test/things/${thing}/events`, options as unknown as string[]);
  const messages: { sequence: number; kind: string }[] = [];
  socket.addEventListener('message', ({ data }) => messages.push(JSON.parse(String(data)) as { sequence: number; kind: string }));
  const closed = once(socket, 'close').then(([event]) => ({ code: (event as CloseEvent).code, reason: (event as CloseEvent).reason }));
  await once(socket, 'open');
  return { messages, closed };
}

async function askUpgrade(path: string, headers: Record<string, string>): Promise<number> {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(await rawUpgrade(path, headers))?.[1]);
}

async function rawUpgrade(path: string, headers: Record<string, string>): Promise<string> {
  const socket = sendUpgrade(path, headers);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return chunk.toString('latin1');
}

function sendUpgrade(path: string, headers: Record<string, string>): Socket {
  const socket = connectToService();
  const lines = Object.entries({
    host: new URL(service.url).host,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'MDEyMzQ1Njc4OWFiY2RlZg==',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  socket.write([`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
  return socket;
}

/** Opens a stream and reads nothing but its head. */
async function openPaused(thing: string, isWebSocket: boolean): Promise<{ readonly ended: Promise<void> }> {
  const path = `/test/things/${thing}/events`;
  const socket = isWebSocket ? sendUpgrade(path, alice) : connectToService();
  if (!isWebSocket) {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${new URL(service.url).host}\r\nAuthorization: ${alice['authorization']}\r\n\r\n`);
  }
  await once(socket, 'data');
  socket.pause();
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  socket.once('close', () => resolve());
  // The other end is only noticed by who reads or writes.
  const probe = setInterval(() => socket.write('\r\n'), 200);
  void ended.finally(() => clearInterval(probe));
  return { ended };
}

function connectToService(): Socket {
  const { hostname, port } = new URL(service.url);
  return connect(Number(port), hostname).on('error', () => {});
}
