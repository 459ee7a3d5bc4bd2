import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { createEchoFeature } from '../../../test/echo-feature.ts';
import { openTestApp } from '../../../test/open-test-app.ts';
import type { TestApp } from '../../../test/open-test-app.ts';

// What no HTTP client would send, byte by byte.

let service: TestApp;
let gateway: Record<string, string>;
let token: string;

before(async () => {
  service = await openTestApp({ slowClientSeconds: 1, features: [createEchoFeature()] });
  gateway = service.asGateway('alice');
  token = (await service.asUser('alice'))['authorization']!;
});
after(() => service.close());

const limit = { timeout: 20_000 };

for (const { name, headers } of [
  { name: 'the name without the proof', headers: () => ['X-User-ID: alice'] },
  { name: 'the proof without the name', headers: () => [proofLine()] },
  { name: 'a wrong proof', headers: () => ['X-User-ID: alice', `X-Gateway-Proof: ${'0'.repeat(48)}`] },
  { name: 'the proof and more', headers: () => ['X-User-ID: alice', `${proofLine()}0`] },
  { name: 'two names', headers: () => ['X-User-ID: alice', 'X-User-ID: mallory', proofLine()] },
  { name: 'two names in other letters', headers: () => ['X-User-ID: alice', 'x-USER-id: mallory', proofLine()] },
  { name: 'two names joined by a proxy', headers: () => ['X-User-ID: alice, mallory', proofLine()] },
  { name: 'an underscore variant beside the name', headers: () => ['X-User-ID: alice', 'X_User_ID: mallory', proofLine()] },
  { name: 'an underscore variant alone', headers: () => ['X_User-ID: alice', proofLine()] },
  { name: 'two proofs', headers: () => ['X-User-ID: alice', proofLine(), proofLine()] },
  { name: 'the name as a header to drop', headers: () => ['X-User-ID: alice', proofLine(), 'Connection: close, X-User-ID'] },
  { name: 'an empty name', headers: () => ['X-User-ID: ', proofLine()] },
  { name: 'a name with a space', headers: () => ['X-User-ID: alice bob', proofLine()] },
  { name: 'a name with quotes', headers: () => [`X-User-ID: a' or '1'='1`, proofLine()] },
  { name: 'a name that is too long', headers: () => [`X-User-ID: ${'a'.repeat(256)}`, proofLine()] },
  { name: 'a token beside a name without proof', headers: () => ['X-User-ID: mallory', `Authorization: ${token}`] },
  { name: 'two tokens', headers: () => [`Authorization: ${token}`, `Authorization: ${token}`] },
  { name: 'basic credentials', headers: () => ['Authorization: Basic YWxpY2U6YWxpY2U='] },
]) {
  test(`N11: ${name} is answered 401`, limit, async () => {
    const { status } = await exchange(['GET /test/caller HTTP/1.1', 'Host: localhost', ...headers(), ...closeUnlessNamed(headers())]);

    assert.equal(status, 401);
  });
}

test('N11: the name with the proof lets in, in any letters, and over HTTP/1.0', limit, async () => {
  const usual = await exchange(['GET /test/caller HTTP/1.1', 'Host: localhost', 'x-uSeR-iD: alice', proofLine(), 'Connection: close']);
  const old = await exchange(['GET /test/caller HTTP/1.0', 'X-User-ID: alice', proofLine()]);

  assert.deepEqual([usual.status, old.status], [200, 200]);
  assert.match(usual.text, /"user_id":"alice"/);
});

test('N15: headers that are too large are answered 431', limit, async () => {
  const { status, text } = await exchange(['GET / HTTP/1.1', 'Host: localhost', `X-Filler: ${'a'.repeat(20_000)}`]);

  assert.equal(status, 431);
  assert.match(text, /application\/problem\+json/);
});

test('N15: bytes that are no HTTP are answered 400', limit, async () => {
  const { status } = await exchange(['\u0016\u0003\u0001 not http']);

  assert.equal(status, 400);
});

test('N15: a request whose length is told twice in different ways is refused', limit, async () => {
  const { status } = await exchange([
    'POST /test/notes HTTP/1.1',
    'Host: localhost',
    'Content-Length: 4',
    'Transfer-Encoding: chunked',
    `Authorization: ${token}`,
  ]);

  assert.equal(status, 400);
});

test('N15: headers that do not come to an end are cut off', limit, async () => {
  const { status } = await exchange(['GET / HTTP/1.1', 'Host: localhost', 'X-Slow: '], { isUnfinished: true });

  assert.equal(status, 408);
});

test('N15: a body that drips in is cut off', limit, async () => {
  const head = [
    'POST /test/notes HTTP/1.1',
    'Host: localhost',
    `Authorization: ${token}`,
    'Content-Type: application/json',
    'Content-Length: 1000',
  ];

  const { status, text } = await exchange(head, { drip: '{"text":"aaaaaaaaaaaa' });

  assert.ok(status === 408 || text === '', text);
});

test('N15: a change of protocol behind a request that is not answered yet is cut off', limit, async () => {
  const first = ['GET /api/v2/health/ready HTTP/1.1', 'Host: localhost', '', ''].join('\r\n');

  const { status } = await exchange([`${first}GET /api/v2/jobs HTTP/1.1`, 'Host: localhost', 'Connection: Upgrade', 'Upgrade: h2c']);

  assert.equal(status, 200);
});

test('N15: what nobody knows how to expect is no hindrance', limit, async () => {
  const { status } = await exchange(['GET /api/v2/health HTTP/1.1', 'Host: localhost', 'Expect: miracles', 'Connection: close']);

  assert.equal(status, 200);
});

test('N15: an upload may take its time as long as it goes on', limit, async () => {
  const head = [
    'POST /test/uploads HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/octet-stream',
    'Content-Length: 12',
    'Connection: close',
  ];

  const { status, text } = await exchange(head, { drip: 'a'.repeat(12) });

  assert.equal(status, 200);
  assert.match(text, /"bytes":12/);
});

test('N15: an upload that stops is cut off', limit, async () => {
  const head = ['POST /test/uploads HTTP/1.1', 'Host: localhost', 'Content-Type: application/octet-stream', 'Content-Length: 12'];

  const { status } = await exchange([...head, '', 'aaa'], { isUnfinished: true });

  assert.equal(status, 408);
});

function proofLine(): string {
  return `X-Gateway-Proof: ${gateway['x-gateway-proof']}`;
}

function closeUnlessNamed(headers: readonly string[]): string[] {
  return headers.some((header) => header.startsWith('Connection')) ? [] : ['Connection: close'];
}

/** Sends lines as they are, then perhaps a byte every 200 ms, and gives what came back until the connection ended. */
async function exchange(
  lines: readonly string[],
  { isUnfinished = false, drip = '' }: { isUnfinished?: boolean; drip?: string } = {},
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  socket.write(lines.join('\r\n') + (isUnfinished ? '' : '\r\n\r\n'));
  let index = 0;
  const timer = setInterval(() => (index < drip.length ? socket.write(drip[index++]!) : clearInterval(timer)), 200);
  let text = '';
  try {
    for await (const chunk of socket) text += String(chunk);
  } catch {
    // Who still sends to a connection that is cut may lose the answer.
  }
  clearInterval(timer);
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]), text };
}
