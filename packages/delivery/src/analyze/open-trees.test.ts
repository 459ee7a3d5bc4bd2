import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { openLocalRepository } from '@deployguard/git';
import { createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import { openFolderTree } from './open-folder-tree.ts';
import { openGitTree } from './open-git-tree.ts';

test('a folder is read without links, installed libraries and what is larger than asked for', async () => {
  using directory = createTemporaryDirectory();
  const folder = join(directory.path, 'app');
  mkdirSync(join(folder, 'src'), { recursive: true });
  mkdirSync(join(folder, 'node_modules/x'), { recursive: true });
  writeFileSync(join(directory.path, 'outside.txt'), 'outside');
  for (const file of ['a.txt', 'src/b.txt', 'node_modules/x/c.txt']) writeFileSync(join(folder, file), file);
  writeFileSync(join(folder, 'large.txt'), 'x'.repeat(100));
  symlinkSync('../outside.txt', join(folder, 'link.txt'));
  symlinkSync('..', join(folder, 'up'));

  const tree = await openFolderTree(folder);
  const contents = await tree.read([...tree.paths, 'link.txt', 'missing.txt'], 99);

  assert.deepEqual([...tree.paths].sort(), ['a.txt', 'large.txt', 'src/b.txt']);
  assert.deepEqual([...tree.links].sort(), ['link.txt', 'up']);
  assert.deepEqual(Object.fromEntries([...contents].map(([path, content]) => [path, content.toString()])), {
    'a.txt': 'a.txt',
    'src/b.txt': 'src/b.txt',
  });
});

test('a file that became a link after it was listed is not followed', async () => {
  using directory = createTemporaryDirectory();
  const folder = join(directory.path, 'app');
  mkdirSync(folder);
  writeFileSync(join(directory.path, 'outside.txt'), 'outside');
  writeFileSync(join(folder, 'a.txt'), 'a');
  const tree = await openFolderTree(folder);
  rmSync(join(folder, 'a.txt'));
  symlinkSync('../outside.txt', join(folder, 'a.txt'));

  assert.equal((await tree.read(['a.txt'], 1000)).size, 0);
});

test('a folder that is not there is an error that says so', async () => {
  await assert.rejects(openFolderTree('/no/such/folder'), { code: 'FOLDER_UNREADABLE', message: /\/no\/such\/folder.*ENOENT/ });
});

test('a commit is read without links, and without what is larger than asked for', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  const commit = source.commit({
    files: {
      'a.txt': 'a',
      'same.txt': 'a',
      'src/ä.txt': 'b',
      'large.txt': 'x'.repeat(100),
      link: { content: '/etc/passwd', mode: '120000' },
    },
  });
  await using repository = await openLocalRepository(source.path, { workDirectory: work.path });

  const tree = await openGitTree(repository);
  const contents = await tree.read([...tree.paths, 'link', 'missing.txt'], 99);

  assert.equal(tree.commit, commit);
  assert.deepEqual([...tree.paths].sort(), ['a.txt', 'large.txt', 'same.txt', 'src/ä.txt']);
  assert.deepEqual(tree.links, ['link']);
  assert.deepEqual(Object.fromEntries([...contents].map(([path, content]) => [path, content.toString()])), {
    'a.txt': 'a',
    'same.txt': 'a',
    'src/ä.txt': 'b',
  });
});

test('a repository without a commit is an error that says so', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  await using repository = await openLocalRepository(source.path, { workDirectory: work.path });

  await assert.rejects(openGitTree(repository), { code: 'NO_COMMIT' });
});
