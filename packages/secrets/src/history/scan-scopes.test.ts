import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLocalRepository } from '@deployguard/git';
import { buildToken, createTemporaryDirectory, createTestRepository, type TestRepository } from '@deployguard/testkit';
import { scanRepository, type ScanResult, type ScanScope } from './scan-repository.ts';

const key = (seed: number): string => buildToken({ prefix: ['AK', 'IA'], seed, alphabet: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', length: 16 });

async function scan(repository: TestRepository, scope: ScanScope): Promise<ScanResult> {
  const work = createTemporaryDirectory('deployguard-scan-');
  try {
    await using opened = await openLocalRepository(repository.path, { workDirectory: work.path });
    return await scanRepository(opened, { scope });
  } finally {
    work.dispose();
  }
}

const summary = (result: ScanResult): string[] =>
  result.findings.map(({ carrier, location, secret }) => `${carrier} ${location.path ?? ''} ${secret.reveal()}`).sort();

test('a range holds what its commits add and nothing older', async () => {
  await using repository = createTestRepository();
  const old = repository.commit({ files: { old: `${key(1)}\n` } });
  repository.commit({ files: { 'new.txt': `${key(2)}\n`, [key(3)]: 'x\n' }, message: `Add ${key(4)}\n` });
  const tip = repository.commit({ files: { old: `${key(1)}\nand more\n` } });

  const result = await scan(repository, { kind: 'range', revisions: [`${old}..${tip}`] });

  // The old value stands in a file that the range changes, so it is part of what the range would bring along.
  assert.deepEqual(summary(result), [
    `commit-message  ${key(4)}`,
    `file new.txt ${key(2)}`,
    `file old ${key(1)}`,
    `path ${key(3).slice(0, 3)}...${key(3).slice(-3)} ${key(3)}`,
  ]);
});

test('a range may change nothing but the mode of a file, and hold submodules', async () => {
  await using repository = createTestRepository();
  const content = `${key(1)}\n`;
  const old = repository.commit({ files: { 'start.sh': content } });
  repository.commit({ files: { 'start.sh': { mode: '100755', content } } });
  repository.commit({ files: { lib: { mode: '160000', oid: '1'.repeat(40) }, new: `${key(2)}\n` } });

  const result = await scan(repository, { kind: 'range', revisions: [`${old}..refs/heads/main`] });

  assert.deepEqual(summary(result), [`file new ${key(2)}`]);
});

test('a range that ends at a tag holds its message, and those of tags that it leads to', async () => {
  await using repository = createTestRepository();
  const commit = repository.commit({ files: { a: 'a\n' } });
  const inner = repository.tag('inner', { target: commit, message: `${key(1)}\n` });
  const outer = repository.tag('outer', { target: inner, targetType: 'tag', message: `${key(2)}\n` });

  const [named, pushed, without] = [
    await scan(repository, { kind: 'range', revisions: ['main..outer'] }),
    await scan(repository, { kind: 'range', revisions: [outer, `^${commit}`] }),
    await scan(repository, { kind: 'range', revisions: [`^${outer}`, 'main'] }),
  ];

  const both = [`tag-message  ${key(1)}`, `tag-message  ${key(2)}`].sort();
  assert.deepEqual([named, pushed, without].map(summary), [both, both, []]);
});

test('an id from a range is the id from the whole history', async () => {
  await using repository = createTestRepository();
  const old = repository.commit({ files: { a: 'a\n' } });
  repository.commit({ files: { b: `${key(1)}\n` } });

  const [inRange, inHistory] = [
    await scan(repository, { kind: 'range', revisions: [`${old}..refs/heads/main`] }),
    await scan(repository, { kind: 'history' }),
  ];

  assert.equal(inRange.findings[0]!.id, inHistory.findings[0]!.id);
});

test('an unknown or hostile range is refused by name', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { a: 'a\n' } });

  for (const revision of ['nowhere..main', '--output=/tmp/x', '-p']) {
    await assert.rejects(scan(repository, { kind: 'range', revisions: [revision] }), { code: 'SCAN_RANGE_INVALID' });
  }
});

test('since holds what commits after a date add', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { a: `${key(1)}\n` } });
  repository.commit({ files: { b: `${key(2)}\n` } });

  // The test repository's first commit is of 1 700 000 000, each further one a minute later.
  const result = await scan(repository, { kind: 'since', date: '@1700000030 +0000' });

  assert.deepEqual(summary(result), [`file b ${key(2)}`]);
});

test('staged holds what the index adds to HEAD, line and column included', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { kept: `${key(1)}\n` } });
  await repository.git(['read-tree', 'HEAD']);
  writeFileSync(join(repository.path, 'kept'), `${key(1)}\n`);
  writeFileSync(join(repository.path, 'staged'), `first\nid ${key(2)}\n`);
  writeFileSync(join(repository.path, 'not-staged'), `${key(3)}\n`);
  await repository.git(['add', 'kept', 'staged']);

  const result = await scan(repository, { kind: 'staged', path: repository.path });

  assert.deepEqual(summary(result), [`index staged ${key(2)}`]);
  assert.deepEqual([result.findings[0]!.location.line, result.findings[0]!.location.column], [2, 4]);
});

test('staged works before the first commit', async () => {
  await using repository = createTestRepository();
  writeFileSync(join(repository.path, 'a'), `${key(1)}\n`);
  await repository.git(['add', 'a']);

  assert.deepEqual(summary(await scan(repository, { kind: 'staged', path: repository.path })), [`index a ${key(1)}`]);
});

test('the working tree holds tracked and untracked files, not ignored ones, and follows no link', async () => {
  await using repository = createTestRepository();
  const outside = createTemporaryDirectory('deployguard-outside-');
  writeFileSync(join(outside.path, 'secret'), `${key(4)}\n`);
  repository.commit({ files: { a: 'a\n' } });
  await repository.git(['read-tree', 'HEAD']);
  mkdirSync(join(repository.path, 'deep/er'), { recursive: true });
  writeFileSync(join(repository.path, 'a'), `${key(1)}\n`);
  writeFileSync(join(repository.path, 'deep/er/file'), `${key(2)}\n`);
  writeFileSync(join(repository.path, 'build.log'), `${key(3)}\n`);
  writeFileSync(join(repository.path, '.gitignore'), '*.log\n');
  writeFileSync(join(repository.path, 'mine'), `${key(6)}\n`);
  mkdirSync(join(repository.gitDir, 'info'), { recursive: true });
  writeFileSync(join(repository.gitDir, 'info/exclude'), '/mine\n');
  symlinkSync(join(outside.path, 'secret'), join(repository.path, 'link'));
  symlinkSync(`https://example.org/?id=${key(5)}`, join(repository.path, 'text'));

  const result = await scan(repository, { kind: 'working-tree', path: repository.path });
  outside.dispose();

  assert.deepEqual(summary(result), [
    `working-tree a ${key(1)}`,
    `working-tree deep/er/file ${key(2)}`,
    // Where a link leads is what git stores of it.
    `working-tree text ${key(5)}`,
  ]);
  assert.deepEqual(result.coverage.skipped, []);
});

test('names of files and folders are scanned before the first commit has them', async () => {
  await using repository = createTestRepository();
  mkdirSync(join(repository.path, key(1)));
  writeFileSync(join(repository.path, key(1), 'a'), 'a\n');
  writeFileSync(join(repository.path, key(1), 'b'), 'b\n');
  await repository.git(['add', '--all']);

  const staged = await scan(repository, { kind: 'staged', path: repository.path });
  const working = await scan(repository, { kind: 'working-tree', path: repository.path });

  const masked = `${key(1).slice(0, 3)}...${key(1).slice(-3)}`;
  for (const result of [staged, working]) assert.deepEqual(summary(result), [`path ${masked}/a ${key(1)}`, `path ${masked}/b ${key(1)}`]);
});

test('what has no work tree is refused: a bare repository, a .git folder or file, a bundle, a repository that says that it is bare', async () => {
  await using repository = createTestRepository({ bare: true });
  const main = repository.commit({ files: { a: 'a\n' } });
  const places = createTemporaryDirectory('deployguard-places-');
  const [checkedOut, linked, bundle] = ['checked-out', 'linked', 'a.bundle'].map((name) => join(places.path, name)) as [
    string,
    string,
    string,
  ];
  await repository.git(['clone', '--quiet', '--', repository.gitDir, checkedOut]);
  await repository.git(['worktree', 'add', '--quiet', '--detach', linked, main]);
  await repository.git(['bundle', 'create', '--quiet', bundle, '--all']);
  const bareInside = join(places.path, 'bare-inside');
  await repository.git(['clone', '--quiet', '--bare', '--', repository.gitDir, join(bareInside, '.git')]);

  for (const kind of ['staged', 'working-tree'] as const) {
    for (const path of [repository.gitDir, join(checkedOut, '.git'), join(linked, '.git'), bundle, bareInside])
      await assert.rejects(scan(repository, { kind, path }), { code: 'NO_WORK_TREE', message: /has no work tree/ }, path);
    for (const path of [checkedOut, linked]) await scan(repository, { kind, path });
  }
  places.dispose();
});
