import { collect, createTemporaryDirectory } from '@deployguard/testkit';
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openDirectoryStorage } from './directory-storage.ts';
import { verifySignedUrl } from './signed-url.ts';
import type { Storage } from './storage.ts';

const execute = promisify(execFile);
const signingKey = randomBytes(32);

test('a process that is killed while it stores leaves the old file, and nothing that is listed', async () => {
  using directory = createTemporaryDirectory();
  const storage = await openIn(directory.path);
  await storage.put('kept/file', Buffer.from('old'));
  const program = `
    import { openDirectoryStorage } from ${JSON.stringify(join(import.meta.dirname, 'directory-storage.ts'))};
    import { Readable } from 'node:stream';
    const storage = await openDirectoryStorage({ directory: ${JSON.stringify(directory.path)}, signingKey: Buffer.alloc(32), downloadUrl: '' });
    async function* endless() { while (true) { yield Buffer.alloc(65536); process.stdout.write('.'); } }
    await Promise.all(['kept/file', 'new/file'].map((key) => storage.put(key, Readable.from(endless()))));`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');

  child.kill('SIGKILL');
  await once(child, 'exit');

  const listed = await collect((await openIn(directory.path)).list(''));
  assert.deepEqual(
    listed.map(({ key, bytes }) => [key, bytes]),
    [['kept/file', 3]],
  );
  assert.equal(readdirSync(join(directory.path, 'partial')).length, 2);
});

test('a file for which there is no room is told as that, and leaves nothing', async () => {
  using directory = createTemporaryDirectory();
  const program = `
    import { openDirectoryStorage } from ${JSON.stringify(join(import.meta.dirname, 'directory-storage.ts'))};
    const storage = await openDirectoryStorage({ directory: ${JSON.stringify(directory.path)}, signingKey: Buffer.alloc(32), downloadUrl: '' });
    const error = await storage.put('large', Buffer.alloc(1_000_000)).then(() => undefined, (reason) => reason);
    console.log(error?.name, error?.code);`;
  const command = ['--fsize=100000', '--', process.execPath, '--input-type=module-typescript', '--eval', program];

  const { stdout } = await execute('prlimit', command);

  assert.equal(stdout, 'StorageError STORAGE_FULL\n');
  assert.deepEqual([readdirSync(join(directory.path, 'partial')), readdirSync(join(directory.path, 'objects'))], [[], []]);
});

test('what crashes have left is removed a day later', async () => {
  using directory = createTemporaryDirectory();
  await openIn(directory.path);
  const [old, young] = ['old', 'young'].map((name) => join(directory.path, 'partial', name)) as [string, string];
  writeFileSync(old, '');
  writeFileSync(young, '');
  utimesSync(old, new Date(Date.now() - 25 * 3_600_000), new Date(Date.now() - 25 * 3_600_000));

  const opened = await openIn(directory.path);

  assert.deepEqual(readdirSync(join(directory.path, 'partial')), ['young']);
  utimesSync(young, new Date(Date.now() - 25 * 3_600_000), new Date(Date.now() - 25 * 3_600_000));
  await opened.removeUnfinished();
  assert.deepEqual(readdirSync(join(directory.path, 'partial')), []);
});

test('nobody else may look into the directory', async () => {
  using directory = createTemporaryDirectory();
  const storage = await openIn(directory.path);

  await storage.put('jobs/1/file', Buffer.from('x'));

  for (const path of ['objects', 'partial', 'objects/jobs', 'objects/jobs/1', 'objects/jobs/1/file']) {
    assert.equal(statSync(join(directory.path, path)).mode & 0o077, 0, path);
  }
});

test('G13 a link in the place of a file is not followed', async () => {
  using directory = createTemporaryDirectory();
  const storage = await openIn(directory.path);
  await storage.put('jobs/file', Buffer.from('x'));
  symlinkSync('/etc/passwd', join(directory.path, 'objects/jobs/link'));

  await assert.rejects(storage.get('jobs/link'), { code: 'OBJECT_NOT_FOUND' });
  assert.deepEqual(
    (await collect(storage.list(''))).map(({ key }) => key),
    ['jobs/file'],
  );
});

test('empty directories do not stay', async () => {
  using directory = createTemporaryDirectory();
  const storage = await openIn(directory.path);
  await storage.put('a/b/c/file', Buffer.from('x'));
  await storage.put('d/e/file', Buffer.from('x'));

  await storage.remove('a/b/c/file');
  await storage.remove('d/');

  assert.deepEqual(readdirSync(join(directory.path, 'objects')), []);
});

test('a storage that may not be written is not up', async () => {
  using directory = createTemporaryDirectory();
  const storage = await openIn(directory.path);
  directory.dispose();

  assert.equal(await storage.isUp(), false);
});

test('T11 a link is refused when a parameter is there twice, is missing or is one too many', async () => {
  using directory = createTemporaryDirectory();
  const now = new Date('2026-01-01T00:00:00Z');
  const storage = await openDirectoryStorage({
    directory: directory.path,
    signingKey,
    downloadUrl: 'https://host/downloads',
    now: () => now,
  });
  const url = new URL(await storage.signedUrl('a/b', { expiresInSeconds: 60, fileName: 'f', contentType: 'a/b' }));
  const verify = (change: (query: URLSearchParams) => void, at = now) => {
    const query = new URLSearchParams(url.searchParams);
    change(query);
    return verifySignedUrl(signingKey, 'a/b', query, at);
  };

  assert.equal(url.href.split('?')[0], 'https://host/downloads/a/b');
  assert.deepEqual(
    verify(() => {}),
    { key: 'a/b', fileName: 'f', contentType: 'a/b' },
  );
  assert.throws(() => verify((query) => query.append('name', 'g')), { code: 'LINK_INVALID' });
  assert.throws(() => verify((query) => query.append('response-content-type', 'text/html')), { code: 'LINK_INVALID' });
  assert.throws(() => verify((query) => query.delete('expires')), { code: 'LINK_INVALID' });
  assert.throws(() => verify((query) => query.set('signature', '')), { code: 'LINK_INVALID' });
  assert.throws(() => verifySignedUrl(randomBytes(32), 'a/b', url.searchParams, now), { code: 'LINK_INVALID' });
  assert.throws(() => verify(() => {}, new Date(now.getTime() + 60_000)), { code: 'LINK_EXPIRED' });
});

async function openIn(directory: string): Promise<Storage> {
  return await openDirectoryStorage({ directory, signingKey, downloadUrl: 'http://localhost/downloads' });
}
