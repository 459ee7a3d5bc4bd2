import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildToken, createTestRepository } from '@deployguard/testkit';
import type { TestRepository } from '@deployguard/testkit';
import { rewriteTestRepository } from './rewrite-test-repository.ts';

const secret = buildToken({ prefix: ['to', 'ken_'], length: 24 });
const marker = '***REMOVED***';
const nullOid = '0'.repeat(40);

/** A commit on a tree with exactly these rows, below one that holds the value. */
function commitRows(repository: TestRepository, rows: readonly { mode: string; name: string; oid: string }[]): string {
  const key = repository.writeBlob(`${secret}\n`);
  return repository.commit({ tree: repository.writeTree([{ mode: '100644', name: '!key', oid: key }, ...rows]) });
}

test('file and directory names lose the value, and take the places where their new names sort', async () => {
  await using repository = createTestRepository();
  repository.commit({
    files: {
      [`a-${secret}.txt`]: '1',
      [`dir-${secret}/inner.txt`]: '2',
      'dir-a': '3',
      'zz.txt': '4',
      [`deep/${secret}/${secret}.txt`]: '5',
    },
  });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.equal(
    rewritten.git('ls-tree', '-r', '--name-only', 'main'),
    'a-REMOVED.txt\ndeep/REMOVED/REMOVED.txt\ndir-REMOVED/inner.txt\ndir-a\nzz.txt\n',
  );
  assert.equal(rewritten.git('fsck', '--full', '--strict'), '');
  assert.deepEqual(rewritten.findLeaks(secret), []);
});

test('names that become the same are numbered and reported', async () => {
  await using repository = createTestRepository();
  const other = buildToken({ prefix: ['to', 'ken_'], length: 24, seed: 2 });
  repository.commit({ files: { [`${secret}.txt`]: 'first', [`${other}.txt`]: 'second', 'REMOVED.txt': 'was there' } });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret, other] });

  assert.equal(rewritten.git('ls-tree', '--name-only', 'main'), 'REMOVED.txt\nREMOVED.txt-2\nREMOVED.txt-3\n');
  assert.equal(rewritten.readText('main:REMOVED.txt'), 'was there');
  assert.deepEqual(rewritten.result.collisions, [
    { kind: 'path', newName: 'REMOVED.txt-2' },
    { kind: 'path', newName: 'REMOVED.txt-3' },
  ]);
  assert.equal(rewritten.git('fsck', '--full', '--strict'), '');
});

test('a file that becomes a directory and the other way round keep both sides', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { p: 'file\n', 'key.txt': secret } });
  repository.commit({ files: { p: undefined, 'p/r': 'r\n', 'p/s': 's\n' } });
  repository.commit({ files: { 'p/r': undefined, 'p/s': undefined, p: 'file again\n' } });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.equal(rewritten.git('ls-tree', '-r', '--name-only', 'main~2'), 'key.txt\np\n');
  assert.equal(rewritten.git('ls-tree', '-r', '--name-only', 'main~1'), 'key.txt\np/r\np/s\n');
  assert.equal(rewritten.readText('main:p'), 'file again\n');
});

test('odd modes, orders, duplicates, empty trees, sub-modules and names stay byte by byte', async () => {
  await using repository = createTestRepository();
  const blob = repository.writeBlob('content\n');
  const empty = repository.writeTree([]);
  const rows = [
    { mode: '100664', name: 'group-writable', oid: blob },
    { mode: '0100644', name: 'zero-padded', oid: blob },
    { mode: '100755', name: 'z-unsorted', oid: blob },
    { mode: '100644', name: 'a-unsorted', oid: blob },
    { mode: '100644', name: 'a-unsorted', oid: blob },
    { mode: '040000', name: 'empty', oid: empty },
    { mode: '160000', name: 'module', oid: 'ab'.repeat(20) },
    { mode: '160000', name: 'null-module', oid: nullOid },
    { mode: '120000', name: 'link', oid: blob },
    { mode: '100644', name: 'line\nfeed "quote" \xff', oid: blob },
  ];
  const commit = commitRows(repository, rows);

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  const oldKey = Buffer.from(repository.writeBlob(`${secret}\n`), 'hex');
  const newKey = Buffer.from(repository.writeBlob(`${marker}\n`), 'hex');
  const tree = rewritten.read('main^{tree}');
  assert.equal(tree.indexOf(oldKey), -1);
  const restored = Buffer.from(tree);
  oldKey.copy(restored, restored.indexOf(newKey));
  assert.equal(repository.writeObject('tree', restored), (await repository.git(['rev-parse', `${commit}^{tree}`])).trim());
});

test('trees written with padded modes are followed to the files below them', async () => {
  await using repository = createTestRepository();
  const inner = repository.writeTree([{ mode: '0100644', name: 'key', oid: repository.writeBlob(secret) }]);
  repository.commit({ tree: repository.writeTree([{ mode: '040000', name: 'dir', oid: inner }]) });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.equal(rewritten.readText('main:dir/key'), marker);
  assert.deepEqual(rewritten.findLeaks(secret), []);
});

test('one tree at several paths changes at all of them', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { 'one/key': secret, 'two/key': secret, 'three/four/key': secret, 'five/other': 'stays' } });
  const five = (await repository.git(['rev-parse', 'main:five'])).trim();

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  for (const path of ['one', 'two', 'three/four']) assert.equal(rewritten.readText(`main:${path}/key`), marker);
  assert.equal(rewritten.git('rev-parse', 'main:five').trim(), five);
});
