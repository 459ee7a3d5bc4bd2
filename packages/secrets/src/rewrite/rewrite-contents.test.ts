import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { buildToken, createTestRepository } from '@deployguard/testkit';
import { rewriteTestRepository } from './rewrite-test-repository.ts';

const secret = buildToken({ prefix: ['to', 'ken_'], length: 24 });
const marker = '***REMOVED***';

test('files of every kind lose the value and nothing else', async () => {
  await using repository = createTestRepository();
  const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
  const filler = 'x'.repeat(9000);
  const files: Record<string, (value: string) => string | Buffer> = {
    'text.txt': (value) => `one\nkey = ${value}\nthree\n`,
    'crlf.txt': (value) => `one\r\nkey = ${value}\r\nthree\r\n`,
    'no-line-feed': (value) => `key = ${value}`,
    'twice.txt': (value) => `${value}:${value}\n`,
    'latin-1.txt': (value) => bytes(`caf\xe9 ${value} \xfc\n`),
    'invalid-late.txt': (value) => bytes(`${filler}${value}\n\xff\xfe\xc0\n`),
    'binary-early': (value) => bytes(`\0\x01\x02${value}\0\xff`),
    'binary-late': (value) => bytes(`${filler}\0${value}\0\n`),
    'utf-16le.txt': (value) => Buffer.from(`\ufeffkey=${value}\r\n`, 'utf16le'),
    'utf-16be.txt': (value) => Buffer.from(`\ufeffkey=${value}\r\n`, 'utf16le').swap16(),
    'base64-0': (value) => Buffer.from(`${value}\n`).toString('base64'),
    'base64-1': (value) => Buffer.from(`u${value}\n`).toString('base64'),
    'base64-2': (value) => Buffer.from(`us${value}\n`).toString('base64'),
    '.gitmodules': (value) => `[submodule "a"]\n\tpath = a\n\turl = https://user:${value}@example.com/a.git\n`,
  };
  const written = Object.fromEntries(Object.entries(files).map(([name, build]) => [name, build(secret)]));
  repository.commit({ files: { ...written, link: { mode: '120000', content: `target-${secret}` }, 'other.txt': 'stays\n' } });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  for (const [name, build] of Object.entries(files)) {
    assert.deepEqual(rewritten.read(`main:${name}`), Buffer.from(build(marker)), name);
  }
  assert.equal(rewritten.readText('main:link'), `target-${marker}`);
  assert.equal(rewritten.git('rev-parse', 'main:other.txt'), await repository.git(['rev-parse', 'main:other.txt']));
  assert.deepEqual(rewritten.findLeaks(secret, Buffer.from(secret, 'utf16le'), Buffer.from(secret).toString('base64').slice(0, 24)), []);
  assert.equal(rewritten.git('fsck', '--full', '--strict'), '');
});

test('a file larger than what is held in memory at once is searched over its whole length and redacted', async () => {
  await using repository = createTestRepository();
  const halfMebibytes = process.env['DEPLOYGUARD_LONG_TESTS'] ? 52 : 17;
  const half = Buffer.alloc(halfMebibytes * 1024 * 1024, 'abcdefghijklmno\n');
  repository.commit({ files: { 'large.bin': Buffer.concat([half, Buffer.from(secret), half]) } });
  repository.commit({ files: { 'large.bin': Buffer.concat([half, half]) } });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.equal(rewritten.result.changedCommitCount, 2);
  assert.equal(rewritten.git('cat-file', '-s', 'main~1:large.bin').trim(), String(2 * half.length + marker.length));
  assert.equal(rewritten.git('rev-parse', 'main:large.bin'), await repository.git(['rev-parse', 'main:large.bin']));
  assert.deepEqual(rewritten.findLeaks(secret), []);
});

test('pointers of Git LFS stay as they are and are named', async () => {
  await using repository = createTestRepository();
  const oid = 'ab'.repeat(32);
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 12345\n`;
  repository.commit({ files: { 'model.bin': pointer, 'key.txt': `${secret}\n` } });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret, 'ab'.repeat(6)] });

  assert.equal(rewritten.readText('main:model.bin'), pointer);
  assert.deepEqual(rewritten.result.lfsObjects, [oid]);
  assert.deepEqual(
    rewritten.result.notCleanable.map(({ what, where }) => [what, where.split(' ')[1]]),
    [['lfs-pointer', 'model.bin']],
  );
});

test('a value inside an archive goes; where it cannot, the file is told with its path, unless it goes itself', async () => {
  await using repository = createTestRepository();
  const files = { 'backup/dump.gz': gzipSync(`insert ${secret}\n`), 'backup/cut.gz': gzipSync(`insert ${secret}\n`).subarray(0, -8) };
  repository.commit({ files: { ...files, 'other.txt': 'stays\n' } });

  await using kept = await rewriteTestRepository(repository.gitDir, { values: [secret] });
  await using removed = await rewriteTestRepository(repository.gitDir, { values: [secret], removePaths: ['backup/cut.gz'] });

  assert.deepEqual(
    kept.result.notCleanable.map(({ what, where }) => [what, where.split(' ')[1]]),
    [['archive-member', 'backup/cut.gz']],
  );
  assert.deepEqual(kept.read('main:backup/cut.gz'), files['backup/cut.gz']);
  assert.equal(gunzipSync(kept.read('main:backup/dump.gz')).toString(), `insert ${marker}\n`);
  assert.deepEqual(removed.result.notCleanable, []);
  assert.equal(removed.git('ls-tree', '-r', '--name-only', 'main'), 'backup/dump.gz\nother.txt\n');
});

test('two files that differ by the value alone become one', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { a: `key=${secret}\n`, b: `key=${marker}\n`, 'again/a': `key=${secret}\n` } });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.equal(rewritten.git('rev-parse', 'main:a'), rewritten.git('rev-parse', 'main:b'));
  assert.equal(rewritten.git('rev-parse', 'main:again/a'), rewritten.git('rev-parse', 'main:b'));
  assert.equal(rewritten.git('fsck', '--full', '--strict'), '');
});
