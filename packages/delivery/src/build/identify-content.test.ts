import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLocalRepository } from '@deployguard/git';
import { createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import type { TestCommit } from '@deployguard/testkit';
import { identifyContent } from './identify-content.ts';

test('what stands under a path is told apart by files, modes and links; what cannot be told is all of the folder', async () => {
  using directory = createTemporaryDirectory();
  await using source = createTestRepository();
  const identifyAll = async (files: NonNullable<TestCommit['files']>): Promise<string[]> => {
    source.commit({ files });
    await using repository = await openLocalRepository(source.path, { workDirectory: directory.path });
    const identify = await identifyContent(repository, source.resolveRef('HEAD'), 'app');
    return ['a.txt', 'lists', '.', 'gone', 'link', 'link/x'].map(identify);
  };
  const first = { 'app/a.txt': 'one', 'app/lists/b.txt': 'b', 'app/link': { content: 'lists', mode: '120000' }, 'other.txt': 'x' } as const;

  const [file, folder, all, gone, link, behind] = await identifyAll(first);
  assert.equal(new Set([file, folder, all]).size, 3);
  assert.deepEqual([gone, link, behind], [all, all, all]);

  const other = await identifyAll({ 'other.txt': 'y' });
  assert.deepEqual(other, [file, folder, all, gone, link, behind]);

  const [sameFile, newFolder, newAll] = await identifyAll({ 'app/lists/b.txt': 'c' });
  assert.equal(sameFile, file);
  assert.notEqual(newFolder, folder);
  assert.notEqual(newAll, all);

  const [program] = await identifyAll({ 'app/a.txt': { content: 'one', mode: '100755' } });
  assert.notEqual(program, file);
});
