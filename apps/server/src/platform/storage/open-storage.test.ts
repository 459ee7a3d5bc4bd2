import { createTemporaryDirectory } from '@deployguard/testkit';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { openStorage } from './open-storage.ts';

const link = { expiresInSeconds: 60, fileName: 'a', contentType: 'a/b' };

test('without bucket and address files are in the directory', async () => {
  using directory = createTemporaryDirectory();

  await using opened = await openStorage({ region: 'us-east-1', downloadSeconds: 60 }, optionsFor(directory.path));

  assert.equal(opened.isServedByApi, true);
  assert.ok((await opened.storage.signedUrl('a', link)).startsWith('http://localhost/downloads/a?'));
});

test('an address chooses its server, with a bucket of our name unless one is named, though it does not answer', async () => {
  using directory = createTemporaryDirectory();
  const settings = { region: 'us-east-1', downloadSeconds: 60, endpointUrl: 'http://127.0.0.1:1', accessKey: 'a', secretKey: 'b' };

  await using ours = await openStorage(settings, optionsFor(directory.path));
  await using named = await openStorage({ ...settings, bucket: 'named' }, optionsFor(directory.path));

  assert.equal(ours.isServedByApi, false);
  assert.ok((await ours.storage.signedUrl('a', link)).startsWith('http://127.0.0.1:1/deployguard/a?'));
  assert.ok((await named.storage.signedUrl('a', link)).startsWith('http://127.0.0.1:1/named/a?'));
  assert.equal(await ours.storage.isUp(), false);
  assert.deepEqual(readdirSync(directory.path), []);
});

test('a bucket alone is Amazon’s', async () => {
  using directory = createTemporaryDirectory();
  const settings = { region: 'eu-central-1', downloadSeconds: 60, bucket: 'named', accessKey: 'a', secretKey: 'b' };

  await using opened = await openStorage(settings, optionsFor(directory.path));

  assert.equal(new URL(await opened.storage.signedUrl('a', link)).host, 'named.s3.eu-central-1.amazonaws.com');
});

function optionsFor(directory: string): Parameters<typeof openStorage>[1] {
  return { directory, signingKey: randomBytes(32), downloadUrl: 'http://localhost/downloads' };
}
