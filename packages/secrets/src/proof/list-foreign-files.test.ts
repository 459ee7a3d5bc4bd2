import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { openLocalRepository, writeBareRepository } from '@deployguard/git';
import { createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import { listForeignFiles } from './list-foreign-files.ts';

test('of a result, every file is known that was not written with it, and every setting and line that was added', async () => {
  await using source = createTestRepository();
  const target = source.commit({ files: { a: 'b' } });
  using directory = createTemporaryDirectory();
  const gitDir = join(directory.path, 'result.git');
  await writeBareRepository(gitDir, {
    objectFormat: 'sha1',
    refs: [{ name: 'refs/heads/main', target }],
    borrowFrom: [join(source.gitDir, 'objects')],
  });
  await using repository = await openLocalRepository(gitDir, { workDirectory: directory.path });
  rmSync(join(gitDir, 'objects/info/alternates'));
  const list = (isInPlace: boolean): Promise<string[]> => listForeignFiles(gitDir, { repository, isInPlace });
  const inObjects = ['objects/ab/notes', 'objects/info/notes', 'objects/notes', 'objects/pack/notes.pack', 'objects/pack/pack-1.keep'];
  const elsewhere = [
    'config.worktree',
    'hooks/post-checkout',
    'info/notes',
    'logs/HEAD',
    'notes',
    'refs/heads/not a ref',
    'refs/heads/other',
  ];
  const before = await list(false);
  const settings = readFileSync(join(gitDir, 'config'));

  for (const path of [...inObjects, ...elsewhere]) {
    mkdirSync(dirname(join(gitDir, path)), { recursive: true });
    writeFileSync(join(gitDir, path), 'text');
  }
  appendFileSync(join(gitDir, 'config'), '[core]\n\tpager = less\n');
  appendFileSync(join(gitDir, 'packed-refs'), '# text\n');
  const after = await list(false);
  const inPlace = await list(true);
  writeFileSync(join(gitDir, 'config'), settings);
  const withSettings = await list(false);

  assert.deepEqual(before, []);
  assert.deepEqual(after, [...inObjects, ...elsewhere, 'config', 'packed-refs'].sort());
  assert.deepEqual(inPlace, inObjects);
  assert.deepEqual(
    withSettings,
    after.filter((path) => path !== 'config'),
  );
});
