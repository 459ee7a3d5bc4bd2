import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openTestApp } from '../../../test/open-test-app.ts';
import type { TestApp } from '../../../test/open-test-app.ts';

let service: TestApp;
before(async () => {
  service = await openTestApp();
  await service.platform.storage.put('cleaned/1/a.zip', Buffer.from('the archive'));
  await service.platform.storage.put('cleaned/2/a.zip', Buffer.from('of somebody else'));
});
after(() => service.close());

const limit = { timeout: 20_000 };
const link = (key: string, expiresInSeconds = 60): Promise<string> =>
  service.platform.storage.signedUrl(key, { expiresInSeconds, fileName: 'shop.zip', contentType: 'application/zip' });

test('who has a link gets the file, as an attachment that no page can use', limit, async () => {
  const answer = await fetch(service.url + (await link('cleaned/1/a.zip')));

  assert.equal(answer.status, 200);
  assert.equal(await answer.text(), 'the archive');
  assert.equal(answer.headers.get('content-type'), 'application/zip');
  assert.equal(answer.headers.get('content-length'), '11');
  assert.match(answer.headers.get('content-disposition')!, /^attachment; filename="shop\.zip"/);
  assert.match(answer.headers.get('content-security-policy')!, /default-src 'none'/);
});

test('a file can be asked about, and had in parts: what broke off goes on', limit, async () => {
  const url = service.url + (await link('cleaned/1/a.zip'));
  const ask = async (headers: Record<string, string>, method = 'GET') => {
    const answer = await fetch(url, { method, headers });
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  };

  const head = await ask({}, 'HEAD');
  const etag = head.headers.get('etag')!;
  const parts = await Promise.all(['bytes=0-2', 'bytes=4-', 'bytes=-3', 'bytes=4-99'].map((range) => ask({ range, 'if-range': etag })));
  const whole = await Promise.all(
    [{ range: 'bytes=4-', 'if-range': '"another"' }, { range: 'bytes=0-1,3-4' }, { range: 'bytes=5-4' }, { range: 'lines=1-2' }].map(
      (headers) => ask(headers),
    ),
  );
  const beyond = await Promise.all(['bytes=11-', 'bytes=-0'].map((range) => ask({ range })));

  assert.deepEqual([head.status, head.text, head.headers.get('content-length')], [200, '', '11']);
  assert.equal(head.headers.get('accept-ranges'), 'bytes');
  assert.deepEqual(
    parts.map(({ status, text, headers }) => [status, text, headers.get('content-range'), headers.get('content-length')]),
    [
      [206, 'the', 'bytes 0-2/11', '3'],
      [206, 'archive', 'bytes 4-10/11', '7'],
      [206, 'ive', 'bytes 8-10/11', '3'],
      [206, 'archive', 'bytes 4-10/11', '7'],
    ],
  );
  assert.deepEqual(
    whole.map(({ status, text }) => [status, text]),
    whole.map(() => [200, 'the archive']),
  );
  assert.deepEqual(
    beyond.map(({ status, headers }) => [status, headers.get('content-range')]),
    beyond.map(() => [416, 'bytes */11']),
  );
});

test('a link opens nothing but its file, under its name, until its time', limit, async () => {
  const good = await link('cleaned/1/a.zip');
  const tampered = [
    good.replace('cleaned/1', 'cleaned/2'),
    good.replace('cleaned/1', 'cleaned/2/../1'),
    good.replace('shop.zip', 'shop.html'),
    good.replace(/expires=\d+/, `expires=${Math.floor(Date.now() / 1000) + 3600}`),
    `${good}&signature=x`,
    good.replace(/\?.*$/, ''),
  ];

  const statuses = await Promise.all(tampered.map(async (path) => (await fetch(service.url + path)).status));

  assert.deepEqual(statuses, [403, 200, 403, 403, 403, 403]);
});

test('a file that is gone is not found', limit, async () => {
  const { storage } = service.platform;
  await storage.put('cleaned/3/a.zip', Buffer.from('x'));
  const path = await link('cleaned/3/a.zip');
  await storage.remove('cleaned/3/');

  const answer = await fetch(service.url + path);

  assert.equal(answer.status, 404);
  assert.equal(answer.headers.get('content-type')?.split(';')[0], 'application/problem+json');
});
