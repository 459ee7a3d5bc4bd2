import { createTemporaryDirectory } from '@deployguard/testkit';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { loadKeyring, rotateKeyring } from '../../keyring/index.ts';
import type { Keyring } from '../../keyring/index.ts';
import { openDirectoryStorage } from '../directory-storage.ts';
import { decryptContent, encryptContent } from './encrypt-content.ts';
import { sealStorage } from './sealed-storage.ts';

const chunkBytes = 65_536;
const tagBytes = 16;

test('content of every length around the chunks comes back as it was', async () => {
  const keyring = await makeKeyring();

  for (const length of [0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes, 3 * chunkBytes + 7]) {
    const content = randomBytes(length);
    for (const pieces of [
      [content],
      Array.from({ length: Math.ceil(length / 1000) }, (_, index) => content.subarray(index * 1000, (index + 1) * 1000)),
    ]) {
      const encrypted = await buffer(encryptContent(Readable.from(pieces), keyring, 'reports/1'));

      assert.deepEqual(await buffer(decryptContent(Readable.from([encrypted]), keyring, 'reports/1')), content, String(length));
    }
  }
});

test('what is stored shows nothing of the content, and is new every time', async () => {
  const keyring = await makeKeyring();
  const content = Buffer.from('the same content '.repeat(100));

  const [one, two] = await Promise.all([content, content].map(async (body) => await buffer(encryptContent(body, keyring, 'a'))));

  assert.ok(!one!.includes('the same') && !one!.equals(two!));
});

test('every changed byte is found', async () => {
  const keyring = await makeKeyring();
  const encrypted = await buffer(encryptContent(Buffer.from('content'), keyring, 'a'));

  for (let index = 0; index < encrypted.length; index++) {
    const changed = Buffer.from(encrypted);
    changed[index]! ^= 0x20;
    await assert.rejects(read(changed, keyring), `byte ${index}`);
  }
});

test('truncated, reordered, repeated, dropped and appended chunks are found', async () => {
  const keyring = await makeKeyring();
  const { head, chunks } = split(await buffer(encryptContent(randomBytes(3 * chunkBytes + 5), keyring, 'a')));
  const [first, second, third, last] = chunks as [Buffer, Buffer, Buffer, Buffer];
  const other = split(await buffer(encryptContent(randomBytes(3 * chunkBytes + 5), keyring, 'a'))).chunks;

  const forgeries = {
    'without the last': [first, second, third],
    'half of the last': [first, second, third, last.subarray(0, -3)],
    'nothing at all': [],
    'less than a tag': [first.subarray(0, 5)],
    swapped: [second, first, third, last],
    repeated: [first, first, second, third, last],
    dropped: [first, third, last],
    'the last first': [last],
    'something after it': [first, second, third, last, Buffer.from('x')],
    'of another file': [first, other[1]!, third, last],
  };
  for (const [name, parts] of Object.entries(forgeries)) {
    await assert.rejects(read(Buffer.concat([head, ...parts]), keyring), { code: 'CONTENT_DAMAGED' }, name);
  }
  for (const length of [0, 3, 5, 20]) await assert.rejects(read(head.subarray(0, length), keyring), { code: 'CONTENT_DAMAGED' });
});

test('a file under another name, or of another keyring, cannot be read', async () => {
  const keyring = await makeKeyring();
  const encrypted = await buffer(encryptContent(Buffer.from('x'), keyring, 'reports/1'));

  await assert.rejects(buffer(decryptContent(Readable.from([encrypted]), keyring, 'reports/2')), { code: 'KEY_REFUSED' });
  await assert.rejects(buffer(decryptContent(Readable.from([encrypted]), await makeKeyring(), 'reports/1')), { code: 'KEY_UNKNOWN' });
});

test('reports that were stored before the keys were rotated can be read, and new ones have the new key', async () => {
  using directory = createTemporaryDirectory();
  const file = join(directory.path, 'keyring.json');
  const storage = await openDirectoryStorage({ directory: directory.path, signingKey: randomBytes(32), downloadUrl: '' });
  const before = await loadKeyring({ file, mayCreate: true });
  await sealStorage(storage, before).put('reports/old', Buffer.from('old'));

  await rotateKeyring(file);
  const rotated = await loadKeyring({ file, mayCreate: false });
  await sealStorage(storage, rotated).put('reports/new', Buffer.from('new'));

  assert.equal(String(await buffer(await sealStorage(storage, rotated).get('reports/old'))), 'old');
  assert.equal(String(await buffer(await sealStorage(storage, rotated).get('reports/new'))), 'new');
  const refused = await sealStorage(storage, before).get('reports/new');
  await assert.rejects(buffer(refused), { code: 'KEY_UNKNOWN' });
});

test('of a large file only a little is in memory: no more is read than is taken', async () => {
  const keyring = await makeKeyring();
  const block = randomBytes(1_048_576);
  let given = 0;
  async function* blocks(): AsyncGenerator<Buffer> {
    for (; given < 32 * block.length; given += block.length) yield block;
  }
  let [taken, ahead] = [0, 0];

  for await (const chunk of decryptContent(encryptContent(Readable.from(blocks()), keyring, 'a'), keyring, 'a')) {
    const bytes = chunk as Buffer;
    assert.ok(bytes.equals(block.subarray(taken % block.length, (taken % block.length) + bytes.length)));
    taken += bytes.length;
    ahead = Math.max(ahead, given - taken);
  }

  assert.equal(taken, 32 * block.length);
  assert.ok(ahead < 4 * block.length, `${ahead}`);
});

async function read(encrypted: Buffer, keyring: Keyring): Promise<Buffer> {
  return await buffer(decryptContent(Readable.from([encrypted]), keyring, 'a'));
}

function split(encrypted: Buffer): { head: Buffer; chunks: Buffer[] } {
  const start = 6 + encrypted.readUInt16BE(4);
  const chunks: Buffer[] = [];
  for (let offset = start; offset < encrypted.length; offset += chunkBytes + tagBytes) {
    chunks.push(encrypted.subarray(offset, offset + chunkBytes + tagBytes));
  }
  return { head: encrypted.subarray(0, start), chunks };
}

async function makeKeyring(): Promise<Keyring> {
  using directory = createTemporaryDirectory();
  return await loadKeyring({ file: join(directory.path, 'keyring.json'), mayCreate: true });
}
