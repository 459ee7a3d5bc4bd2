import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import { toPackEntries, type PackEntries } from './pack-entries.ts';
import { parsePackIndexTable } from './pack-index-table.ts';
import { loadPackLayout } from './pack-layout.ts';
import { PackWriter } from './pack-writer.ts';

function git(gitDir: string, ...args: string[]): string {
  return execFileSync('git', [`--git-dir=${gitDir}`, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 28 });
}

function idOf(algorithm: string, type: string, content: Buffer): Buffer {
  return createHash(algorithm).update(`${type} ${content.length}\0`).update(content).digest();
}

async function loadOnlyPack(gitDir: string): Promise<PackEntries> {
  const directory = join(gitDir, 'objects', 'pack');
  const path = join(
    directory,
    readdirSync(directory).find((name) => name.endsWith('.pack'))!,
  );
  const content = readFileSync(path.replace(/pack$/, 'idx'));
  const index = parsePackIndexTable(content, 'sha1')!;
  await using pack = await open(path);
  return toPackEntries(path, index, await loadPackLayout(pack, index, content.subarray(-40, -20)), 'sha1')!;
}

for (const objectFormat of ['sha1', 'sha256'] as const) {
  test(`git verifies a ${objectFormat} pack of whole objects and deltas`, async () => {
    await using repository = createTestRepository({ bare: true, objectFormat });
    const directory = join(repository.gitDir, 'objects', 'pack');
    await using writer = new PackWriter({ directory, objectFormat });
    const contents = Array.from({ length: 120 }, (_, version) =>
      Buffer.from(`${'a line of text\n'.repeat(300)}version ${version}\n${'more\n'.repeat(version)}`),
    );
    contents.push(Buffer.alloc(0), Buffer.from('tiny'), Buffer.alloc(3_000_000, 'large '));

    let previous: Buffer | undefined;
    for (const content of contents) {
      const id = idOf(objectFormat, 'blob', content);
      writer.add('blob', id, content, previous);
      writer.add('blob', id, content);
      previous = id;
    }
    await writer.waitForRoom();
    const pack = await writer.finish();

    assert.equal(pack.objectCount, contents.length);
    const listing = git(repository.gitDir, 'verify-pack', '-v', pack.indexPath);
    assert.match(listing, /chain length = 50: \d+ objects?\n/);
    assert.doesNotMatch(listing, /chain length = 51/);
    // Unpacks every object and hashes it.
    assert.equal(git(repository.gitDir, 'index-pack', '--verify', pack.packPath), '');
  });
}

test('entries are copied from packs with offset deltas, with id deltas and with an index of version 1', async () => {
  await using repository = createTestRepository({ bare: true });
  for (let version = 0; version < 40; version++) {
    repository.commit({ files: { 'a.txt': `${'a line of text\n'.repeat(200)}${version}\n`, [`dir/${version}`]: String(version) } });
  }
  for (const settings of [[], ['-c', 'repack.useDeltaBaseOffset=false'], ['-c', 'pack.indexVersion=1']]) {
    await repository.git([...settings, 'repack', '-adfq']);
    const source = await loadOnlyPack(repository.gitDir);
    using target = createTemporaryDirectory();
    const directory = join(target.path, 'objects', 'pack');
    mkdirSync(directory, { recursive: true });
    await using writer = new PackWriter({ directory, objectFormat: 'sha1' });

    await writer.copyEntries(source, new Uint8Array(source.count).fill(1));
    const pack = await writer.finish();

    const verify = (path: string): string =>
      git(repository.gitDir, 'verify-pack', '-v', path)
        .split('\n')
        .map((line) => line.split(' ').slice(0, 2).join(' ').trim())
        .filter((line) => /^[0-9a-f]{40} /.test(line))
        .sort()
        .join('\n');
    assert.equal(pack.objectCount, source.count);
    assert.equal(verify(pack.packPath), verify(source.path));
    assert.ok(source.bases.some((base) => base !== -1));
  }
});

test('a delta whose base neither stays nor was added is never copied', async () => {
  await using repository = createTestRepository({ bare: true });
  for (let version = 0; version < 10; version++) repository.commit({ files: { 'a.txt': `${'a line of text\n'.repeat(200)}${version}\n` } });
  await repository.git(['repack', '-adfq']);
  const source = await loadOnlyPack(repository.gitDir);
  const delta = source.bases.findIndex((base) => base !== -1);
  const isKept = new Uint8Array(source.count);
  isKept[delta] = 1;
  using target = createTemporaryDirectory();
  await using writer = new PackWriter({ directory: target.path, objectFormat: 'sha1' });

  await assert.rejects(writer.copyEntries(source, isKept), /base of a delta/);
});

test('a writer that is closed early leaves no pack that git would find', async () => {
  using target = createTemporaryDirectory();
  const writer = new PackWriter({ directory: target.path, objectFormat: 'sha1' });
  const content = Buffer.from('content');

  writer.add('blob', idOf('sha1', 'blob', content), content);
  await writer.close();

  await assert.rejects(writer.finish());
  assert.deepEqual(
    readdirSync(target.path).filter((name) => name.startsWith('pack-')),
    [],
  );
});

test('a directory that cannot be written to makes the next call fail', async () => {
  const writer = new PackWriter({ directory: '/nowhere/at/all', objectFormat: 'sha1' });

  await assert.rejects(writer.finish(), /ENOENT/);
});

test('an object that comes in pieces is stored under its id, and one of that size is copied', async () => {
  await using repository = createTestRepository({ bare: true });
  await using copied = createTestRepository({ bare: true });
  const random = Buffer.concat(Array.from({ length: 5 * 1024 }, (_, i) => createHash('sha512').update(String(i)).digest()));
  const content = Buffer.concat(Array.from({ length: 30 }, () => random));
  async function* cut(): AsyncGenerator<Buffer> {
    for (let at = 0; at < content.length; at += 700_001) yield content.subarray(at, at + 700_001);
  }
  await using writer = new PackWriter({ directory: join(repository.gitDir, 'objects', 'pack'), objectFormat: 'sha1' });
  await using copier = new PackWriter({ directory: join(copied.gitDir, 'objects', 'pack'), objectFormat: 'sha1' });

  const id = await writer.addPieces('blob', cut());
  assert.deepEqual(await writer.addPieces('blob', cut()), id);
  const written = await writer.finish();
  await copier.copyEntries(await loadOnlyPack(repository.gitDir), Uint8Array.of(1));
  await copier.finish();

  assert.deepEqual(id, idOf('sha1', 'blob', content));
  assert.equal(written.objectCount, 1);
  for (const { gitDir } of [repository, copied]) {
    assert.equal(git(gitDir, 'cat-file', '-s', id.toString('hex')).trim(), String(content.length));
    git(gitDir, 'fsck', '--full', '--strict');
    assert.deepEqual(
      readdirSync(join(gitDir, 'objects', 'pack')).filter((name) => name.startsWith('tmp')),
      [],
    );
  }
});
