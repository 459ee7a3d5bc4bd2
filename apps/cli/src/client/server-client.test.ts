import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { operations } from '@deployguard/contracts';
import { followJobEvents } from './follow-job-events.ts';
import { createServerClient, type ServerClient } from './server-client.ts';

const limit = { timeout: 30_000 };
const id = '0193aa00-0000-7000-8000-000000000001';
const accepted = JSON.stringify({ id, status: 'pending', progress_percent: 0 });
const body = { source_platform: 'generic', source_url: 'https://git.example.com/app.git' } as const;

test('what can be repeated is sent again, with the same idempotency key, until it is answered', limit, async () => {
  const seen: IncomingMessage[] = [];
  await using server = await startServer((request, response) => {
    seen.push(request);
    if (seen.length === 1) return void response.destroy();
    if (seen.length === 2) return void problem(response, 503, 'QUEUE_UNAVAILABLE', { 'retry-after': '0' });
    response.writeHead(202, { 'content-type': 'application/json' }).end(accepted);
  });

  const answer = await server.client.call(operations.createJob, { body });

  const [first, ...others] = seen.map(({ headers }) => headers['idempotency-key']);
  assert.equal(answer.id, id);
  assert.match(String(first), /^[0-9a-f-]{36}$/);
  assert.deepEqual(others, [first, first]);
  assert.deepEqual(
    seen.map(({ method, url, headers }) => [method, url, headers.authorization]),
    Array.from({ length: 3 }, () => ['POST', '/api/v2/jobs', 'Bearer key']),
  );
});

test('what would be done twice is sent once', limit, async () => {
  let count = 0;
  await using server = await startServer((_, response) => {
    count++;
    response.destroy();
  });

  await assert.rejects(server.client.call(operations.createSource, { body: pieces() }), { code: 'SERVER_UNREACHABLE' });
  await assert.rejects(server.client.call(operations.updateWebhook, { params: { id }, body: { enabled: false } }), {
    code: 'SERVER_UNREACHABLE',
  });

  assert.equal(count, 2);
});

test('a refusal is told in the words of the service, with its fields and the id of the request', limit, async () => {
  let count = 0;
  await using server = await startServer((_, response) => {
    count++;
    problem(response, 422, 'INVALID', {}, [{ in: 'body', path: '/source_url', message: 'must begin with https://' }]);
  });

  await assert.rejects(server.client.call(operations.createJob, { body }), {
    code: 'INVALID',
    message: 'It was refused.\n  body/source_url: must begin with https://\n(request req-1)',
  });
  assert.equal(count, 1);
});

test('a page of something that is no DeployGuard is told as that, and none of it is shown', limit, async () => {
  await using server = await startServer(
    (_, response) => void response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>nginx</h1>'),
  );

  await assert.rejects(server.client.call(operations.getJob, { params: { id } }), {
    code: 'SERVER_UNKNOWN',
    message: `${server.client.url} answered with 404, and not as DeployGuard does. Is the address right?`,
  });
});

test('the credentials go to the server that they are for, and not to where it leads', limit, async () => {
  const seen: (string | undefined)[] = [];
  await using other = await startServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end('file');
  });
  await using server = await startServer((_, response) => void response.writeHead(302, { location: `${other.client.url}/file` }).end());

  const { status, headers } = await server.client.open(operations.downloadJob, { params: { id }, query: { format: 'zip' } });
  const file = await server.client.follow(headers.get('location')!);

  assert.deepEqual([status, await file.text(), seen], [302, 'file', [undefined]]);
});

test(
  'events come once and in order over connections that break, also within an event, and over a server that restarts',
  limit,
  async () => {
    const asked: (string | undefined)[] = [];
    const text = (sequence: number): string =>
      `id: ${sequence}\nevent: log\ndata: {"sequence":${sequence},"kind":"log","data":{"line":"${sequence}"},"created_at":"2026-01-31T10:00:00.000Z"}\n\n`;
    await using server = await startServer((request, response) => {
      asked.push(request.headers['last-event-id'] as string | undefined);
      if (asked.length === 3) return void problem(response, 503, 'UNAVAILABLE', {});
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`retry: 2000\n\n: still here\n\n`);
      if (asked.length === 1) response.write(text(1) + text(2) + text(3).slice(0, 30), () => response.destroy());
      // What was sent is sent again.
      else if (asked.length === 2) response.end(`${text(2)}${text(3)}event: closing\ndata: {}\n\n`);
      else response.write(text(4));
    });

    const sequences: number[] = [];
    let drops = 0;
    for await (const { sequence } of followJobEvents(server.client, id, {
      signal: AbortSignal.timeout(20_000),
      firstPauseSeconds: 0.01,
      onDrop: () => drops++,
    })) {
      sequences.push(sequence);
      if (sequence === 4) break;
    }

    assert.deepEqual(sequences, [1, 2, 3, 4]);
    assert.deepEqual(asked, [undefined, '2', '3', '3']);
    assert.equal(drops, 3);
  },
);

test('a stream that says nothing at all is opened again; one whose rights ended, or that is not there, is not', limit, async () => {
  const answers: ((response: ServerResponse) => unknown)[] = [
    (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders(),
    (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end('event: revoked\ndata: {}\n\n'),
    (response) => problem(response, 404, 'NOT_FOUND', {}),
  ];
  await using server = await startServer((_, response) => void answers.shift()!(response));
  const options = { signal: AbortSignal.timeout(20_000), silenceSeconds: 0.2, firstPauseSeconds: 0.01 };

  await assert.rejects(followJobEvents(server.client, id, options).next(), { code: 'UNAUTHENTICATED' });
  await assert.rejects(followJobEvents(server.client, id, options).next(), { code: 'NOT_FOUND' });

  assert.equal(answers.length, 0);
});

async function* pieces(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('# v2 git bundle\n');
}

function problem(response: ServerResponse, status: number, code: string, headers: Record<string, string>, errors?: unknown): void {
  response.writeHead(status, { 'content-type': 'application/problem+json; charset=utf-8', ...headers });
  response.end(
    JSON.stringify({ type: 'x', title: 'x', status, detail: 'It was refused.', instance: '/', code, requestId: 'req-1', errors }),
  );
}

async function startServer(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<AsyncDisposable & { readonly client: ServerClient }> {
  const server = createServer((request, response) => {
    request.resume();
    handle(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createServerClient(
    { url, apiKey: 'key', trustedCertificates: [] },
    { signal: AbortSignal.timeout(25_000), userAgent: 'test', firstPauseSeconds: 0.01 },
  );
  return {
    client,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
