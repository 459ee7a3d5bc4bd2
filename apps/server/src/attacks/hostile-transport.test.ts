import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { openTestApp } from '../../test/open-test-app.ts';
import type { TestApp } from '../../test/open-test-app.ts';

const limit = { timeout: 120_000 };
let service: TestApp;
let alice: Record<string, string>;

before(async () => {
  service = await openTestApp({ slowClientSeconds: 1 });
  alice = await service.asUser('alice');
});
after(() => service.close());

const end = ['', ''];
const hidden = ['GET /api/v2/hidden HTTP/1.1', 'Host: localhost', ...end].join('\r\n');
const start = 'POST /api/v2/jobs HTTP/1.1\r\nHost: localhost\r\n';

for (const [what, bytes] of Object.entries({
  'a length and chunks': `${start}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
  'chunks and a length': `${start}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${hidden}`,
  'two lengths': `${start}Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
  'a length with a sign': `${start}Content-Length: +0\r\n\r\n${hidden}`,
  'a length that is a list': `${start}Content-Length: 0, 0\r\n\r\n${hidden}`,
  'an encoding in disguise': `${start}Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n${hidden}`,
  'an encoding with a tab': `${start}Transfer-Encoding:\tchunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${hidden}`,
  'a space before the colon': `${start}Transfer-Encoding : chunked\r\nContent-Length: 0\r\n\r\n${hidden}`,
  'a folded header': `${start}X-Filler: a\r\n Transfer-Encoding: chunked\r\n\r\n${hidden}`,
  'lines that end in a bare line feed': `POST /api/v2/jobs HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\n0\n\n${hidden}`,
  'a chunk that is longer than it says': `${start}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n${hidden}`,
  'a chunk of a negative size': `${start}Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n0\r\n\r\n${hidden}`,
  'a chunk of an enormous size': `${start}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n${hidden}`,
  'a zero byte in a header': `${start}X-Filler: a\0b\r\n\r\n${hidden}`,
})) {
  test(`N15: ${what} hides no second request`, limit, async () => {
    const text = await exchange(bytes);

    const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status);
    assert.ok(statuses.length <= 2 && statuses.every((status) => ['400', '401', '413', '501'].includes(status!)), text.slice(0, 1000));
    assert.ok(!text.includes('hidden'));
  });
}

test('N15: a thousand connections on which nothing comes keep nobody out, and are closed', limit, async () => {
  const sockets = await Promise.all(Array.from({ length: 1000 }, open));

  const { status } = await fetch(`${service.url}/api/v2/jobs`, { headers: alice, signal: AbortSignal.timeout(30_000) });
  while (sockets.some((socket) => !socket.closed)) await delay(50);

  assert.equal(status, 200);
});

test('N15: two thousand headers, and as many requests before the first answer, are borne', limit, async () => {
  const many = await exchange(`GET /api/v2/health HTTP/1.1\r\nHost: localhost\r\n${'A: b\r\n'.repeat(2500)}Connection: close\r\n\r\n`);
  const inRow = await exchange(
    `${'GET /api/v2/health HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(200)}GET /api/v2/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
  );

  assert.match(many, /^HTTP\/1\.1 (?:200|431) /);
  assert.equal(inRow.match(/HTTP\/1\.1 200 OK/g)?.length, 201);
});

test('N15 P3: a packed body is not unpacked, so that a little cannot become much', limit, async () => {
  const packed = new Uint8Array(gzipSync(JSON.stringify('x'.repeat(100_000_000))));
  const send = (path: string, type: string, encoding: string) =>
    fetch(service.url + path, { method: 'POST', headers: { ...alice, 'content-type': type, 'content-encoding': encoding }, body: packed });

  const statuses = [];
  for (const encoding of ['gzip', 'br', 'deflate', 'zstd', 'gzip, gzip', 'nonsense']) {
    for (const [path, type] of [
      ['/api/v2/jobs', 'application/json'],
      ['/api/v2/sources', 'application/x-git-bundle'],
    ] as const)
      statuses.push((await send(path, type, encoding)).status);
  }

  // Unpacked, it would be too large: 413.
  assert.deepEqual([...new Set(statuses)].sort(), [400, 422]);
});

test(
  'O1 N15: bytes that are no text, in path, query, header and body, are refused or taken as data, and logged on one line',
  limit,
  async () => {
    for (const bytes of ['\xff\xfe', '\xc0\xaf', '\xed\xa0\x80', '\xf5\x80\x80\x80', '\x1b[31m', '\x7f']) {
      const texts = [
        await exchange(Buffer.from(`GET /api/v2/${bytes} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`, 'latin1')),
        await exchange(Buffer.from(`GET /api/v2/jobs?status=${bytes} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`, 'latin1')),
        await exchange(
          Buffer.from(`GET /api/v2/jobs HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: ${bytes}\r\nConnection: close\r\n\r\n`, 'latin1'),
        ),
      ];
      for (const text of texts) assert.match(text, /^(?:HTTP\/1\.1 4\d\d [\s\S]*)?$/);
      const body = Buffer.concat([
        Buffer.from('{"source_platform":"generic","source_url":"https://a.example/'),
        Buffer.from(bytes, 'latin1'),
        Buffer.from('"}'),
      ]);
      const { status } = await fetch(`${service.url}/api/v2/jobs`, {
        method: 'POST',
        headers: { ...alice, 'content-type': 'application/json' },
        body,
      });
      assert.ok([400, 422, 202].includes(status), `${status}`);
    }

    for (const line of service.log) assert.equal(typeof JSON.parse(line), 'object');
  },
);

async function open(): Promise<Socket> {
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  await once(socket, 'connect');
  return socket;
}

/** What comes back until the server closes; a connection that it keeps open is given up when nothing more comes. */
async function exchange(bytes: string | Buffer): Promise<string> {
  const socket = await open();
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  socket.write(bytes);
  await Promise.race([once(socket, 'close'), delay(10_000, undefined, { ref: false })]);
  socket.destroy();
  return text;
}
