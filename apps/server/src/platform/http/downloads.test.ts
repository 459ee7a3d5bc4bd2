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
