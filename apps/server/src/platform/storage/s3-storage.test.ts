import { startTestServices } from '@deployguard/testkit';
import { CreateMultipartUploadCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { createS3Storage } from './s3-storage.ts';
import type { S3StorageOptions } from './s3-storage.ts';

const mebibyte = 1_048_576;
const services = await startTestServices(['s3'], { isPrivate: true });
after(async () => await services[Symbol.asyncDispose]());
const options: S3StorageOptions = {
  endpointUrl: services.environment['S3_ENDPOINT_URL']!,
  region: services.environment['S3_REGION']!,
  bucket: 'deployguard',
  credentials: { accessKeyId: services.environment['S3_ACCESS_KEY']!, secretAccessKey: services.environment['S3_SECRET_KEY']! },
  partBytes: 5 * mebibyte,
};

test('before anything is stored there is no bucket, nothing in it, and it is up', async () => {
  const storage = createS3Storage({ ...options, bucket: 'not-yet' });

  assert.equal(await storage.isUp(), true);
  assert.equal(await storage.has('a'), false);
  assert.equal(await storage.remove('a/'), 0);
  await assert.rejects(storage.get('a'), { code: 'STORAGE_REFUSED', message: /bucket/ });
  storage.close();
});

test('links lead to where clients reach the server, and are signed for that', async () => {
  const publicUrl = options.endpointUrl!.replace('127.0.0.1', 'localhost');
  const storage = createS3Storage({ ...options, publicUrl });
  await storage.put('file', Buffer.from('content'));

  const link = await storage.signedUrl('file', { expiresInSeconds: 60, fileName: 'file.txt', contentType: 'text/plain' });

  assert.notEqual(publicUrl, options.endpointUrl);
  assert.ok(link.startsWith(`${publicUrl}/`), link);
  assert.equal(await (await fetch(link)).text(), 'content');
  storage.close();
});

test('an upload that fails half-way leaves no parts behind', async () => {
  const storage = createS3Storage(options);
  async function* breaking(): AsyncGenerator<Buffer> {
    for (let count = 0; count < 12; count++) yield Buffer.alloc(mebibyte);
    throw new Error('broken');
  }

  await assert.rejects(storage.put('half', Readable.from(breaking())), { message: 'broken' });

  const { endpointUrl, region, credentials } = options;
  const client = new S3Client({ endpoint: endpointUrl!, region, credentials: credentials!, forcePathStyle: true });
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: options.bucket }));
  assert.deepEqual(Uploads, []);
  client.destroy();
  storage.close();
});

test('parts of an upload whose process was killed are removed a day later', async () => {
  const { endpointUrl, region, credentials, bucket: Bucket } = options;
  const client = new S3Client({ endpoint: endpointUrl!, region, credentials: credentials!, forcePathStyle: true });
  const countUploads = async (): Promise<number> => (await client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads?.length ?? 0;
  const storage = createS3Storage(options);
  const tomorrow = createS3Storage({ ...options, now: () => new Date(Date.now() + 25 * 3_600_000) });
  await storage.put('file', Buffer.from('content'));
  for (const Key of ['cut/a', 'cut/b']) await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));

  await storage.removeUnfinished();
  const young = await countUploads();
  await tomorrow.removeUnfinished();

  assert.deepEqual([young, await countUploads(), await storage.has('file')], [2, 0, true]);
  client.destroy();
  storage.close();
  tomorrow.close();
});

test('wrong credentials are told as such, without them', async () => {
  const secret = randomBytes(16).toString('hex');
  const storage = createS3Storage({ ...options, credentials: { accessKeyId: 'nobody', secretAccessKey: secret } });

  await assert.rejects(storage.put('a', Buffer.from('x')), (error: Error & { code: string }) => {
    assert.equal(error.code, 'STORAGE_REFUSED');
    assert.ok(!error.message.includes(secret) && !error.message.includes('nobody'));
    return true;
  });
  assert.equal(await storage.isUp(), false);
  storage.close();
});

test('a server that is killed is down, does not cut what is read, and is used again when it is back', async () => {
  const storage = createS3Storage(options);
  const content = randomBytes(64 * mebibyte);
  await storage.put('survivor', content);
  const { body: unread } = await storage.get('survivor');

  await services.kill('s3');

  await assert.rejects(buffer(unread));
  assert.equal(await storage.isUp(), false);
  await assert.rejects(storage.get('survivor'), { code: 'STORAGE_DOWN' });
  await assert.rejects(storage.put('other', Buffer.from('x')), { code: 'STORAGE_DOWN' });
  await services.start('s3');
  assert.equal(await storage.isUp(), true);
  assert.deepEqual(await buffer((await storage.get('survivor')).body), content);
  storage.close();
});
