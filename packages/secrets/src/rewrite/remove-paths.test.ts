import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildToken, createTestRepository } from '@deployguard/testkit';
import { createPathMatcher } from './path-pattern.ts';
import { rewriteTestRepository } from './rewrite-test-repository.ts';

const secret = buildToken({ prefix: ['to', 'ken_'], length: 24 });

test('patterns fit what they say', () => {
  const fits = (pattern: string, path: string, isDirectory = false): boolean =>
    createPathMatcher([pattern]).matches(Buffer.from(path).toString('latin1'), isDirectory);

  for (const [pattern, path] of [
    ['config/keys.json', 'config/keys.json'],
    ['/config/keys.json', 'config/keys.json'],
    ['*.pem', 'deep/down/a.pem'],
    ['id_[rd]sa', 'home/.ssh/id_rsa'],
    ['certs/*.pem', 'certs/a.pem'],
    ['**/secrets/?.yml', 'secrets/a.yml'],
    ['**/secrets/?.yml', 'x/y/secrets/\u00e9.yml'],
    ['a/**', 'a/b/c'],
    ['a/**/z', 'a/z'],
    ['a/[!b]', 'a/c'],
    ['a\\*b', 'a*b'],
  ] as const) {
    assert.ok(fits(pattern, path), `${pattern} ${path}`);
  }
  for (const [pattern, path] of [
    ['keys.json', 'config/keys.json'],
    ['certs/*.pem', 'certs/deep/a.pem'],
    ['certs/*.pem', 'x/certs/a.pem'],
    ['a/[!b]', 'a/b'],
    ['a?c', 'a/c'],
    ['build/', 'build'],
    ['a.b', 'axb'],
  ] as const) {
    assert.ok(!fits(pattern, path), `${pattern} ${path}`);
  }
  assert.ok(fits('build/', 'build', true));
  for (const pattern of ['', '/', './', 'a[b', 'a\\']) assert.throws(() => createPathMatcher([pattern]), { code: 'PATTERN_INVALID' });
});

test('files, directories and globs go from every commit, and directories that this empties go with them', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { 'keys/a.pem': '1', 'keys/b.pem': '2', 'src/main.c': '3', 'src/old/key.txt': '4', 'vendor/x/y.c': '5' } });
  repository.commit({ files: { 'src/new.c': '6', 'deep/er/c.pem': '7' } });
  const clean = repository.commit({ files: { 'only.c': '8' }, parents: [], branch: 'clean' });

  await using rewritten = await rewriteTestRepository(repository.gitDir, {
    values: [],
    removePaths: ['*.pem', 'src/old/key.txt', 'vendor'],
  });

  assert.equal(rewritten.git('ls-tree', '-r', '--name-only', 'main~1'), 'src/main.c\n');
  assert.equal(rewritten.git('ls-tree', '-r', '-t', '--name-only', 'main'), 'src\nsrc/main.c\nsrc/new.c\n');
  assert.equal(rewritten.git('rev-parse', 'clean').trim(), clean);
  assert.equal(rewritten.git('fsck', '--full', '--strict'), '');
  const present = rewritten
    .git('cat-file', '--batch-all-objects', '--batch-check=%(objecttype)')
    .split('\n')
    .filter((type) => type === 'blob');
  assert.equal(present.length, 3);
});

test('directories that were empty before stay, and a commit that loses everything keeps an empty tree', async () => {
  await using repository = createTestRepository();
  const empty = repository.writeTree([]);
  const key = repository.writeBlob('key');
  repository.commit({
    tree: repository.writeTree([
      { mode: '40000', name: 'empty', oid: empty },
      { mode: '100644', name: 'key', oid: key },
    ]),
  });
  repository.commit({ files: { key: 'key' }, parents: [], branch: 'all' });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [], removePaths: ['key'] });

  assert.equal(rewritten.git('ls-tree', '--name-only', 'main'), 'empty\n');
  assert.equal(rewritten.git('rev-parse', 'all^{tree}').trim(), empty);
});

test('the same tree loses a file at one path and keeps it at another', async () => {
  await using repository = createTestRepository();
  const library = repository.commit({ files: { 'lib.c': '1', key: 'in the library' }, branch: 'library', parents: [] });
  repository.commit({ files: { 'lib/lib.c': '1', 'lib/key': 'in the library', key: 'top' } });
  const kept = (await repository.git(['rev-parse', `${library}^{tree}`])).trim();

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [], removePaths: ['key'] });

  assert.equal(rewritten.git('ls-tree', '-r', '--name-only', 'library'), 'lib.c\n');
  assert.equal(rewritten.git('ls-tree', '-r', '--name-only', 'main'), 'lib/key\nlib/lib.c\n');
  assert.equal(rewritten.git('rev-parse', 'main:lib').trim(), kept);
});

test('paths and values go in one run, from tagged trees as well', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { 'a/key.pem': secret, 'a/b.txt': `x ${secret}`, 'a/c.txt': 'c' } });
  const tree = (await repository.git(['rev-parse', 'main^{tree}'])).trim();
  repository.tag('tree', { target: tree });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret], removePaths: ['a/*.pem'] });

  assert.equal(rewritten.git('ls-tree', '-r', '--name-only', 'tree'), 'a/b.txt\na/c.txt\n');
  assert.equal(rewritten.readText('main:a/b.txt'), 'x ***REMOVED***');
  assert.equal(rewritten.git('rev-parse', 'tree'), rewritten.git('rev-parse', 'main^{tree}'));
  assert.deepEqual(rewritten.findLeaks(secret), []);
  assert.equal(rewritten.git('fsck', '--full', '--strict'), '');
});

test('a second run changes nothing', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { 'a/key.pem': '1', 'b.txt': '2' } });
  await using first = await rewriteTestRepository(repository.gitDir, { values: [], removePaths: ['*.pem'] });

  await using second = await rewriteTestRepository(first.gitDir, { values: [], removePaths: ['*.pem'] });

  assert.equal(second.result.objects.size, 0);
  assert.equal(second.git('for-each-ref'), first.git('for-each-ref'));
});
