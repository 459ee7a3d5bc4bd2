import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { collect, createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import type { TestRepository } from '@deployguard/testkit';
import { runBareGit } from './git.ts';
import { openLocalRepository } from './open-local-repository.ts';
import { readAllObjects } from './read-objects.ts';
import { encodeName } from './ref-name.ts';
import type { Repository, RepositoryObstacle } from './repository.ts';

for (const objectFormat of ['sha1', 'sha256'] as const) {
  test(`a ${objectFormat} repository shows the refs that git shows, packed, loose, symbolic and beyond ASCII`, async () => {
    await using source = createTestRepository({ objectFormat });
    using work = createTemporaryDirectory();
    const first = source.commit({ files: { a: '1' } });
    source.tag('packed', { target: first, message: 'Packed\n' });
    source.note(first, 'a note');
    await source.pack();
    source.commit({ files: { a: '2' } });
    source.updateRef(encodeName('refs/heads/grün'), first);
    source.updateRef('refs/pull/1/head', first);
    source.symbolicRef('refs/remotes/origin/HEAD', 'refs/heads/main');
    source.symbolicRef('refs/remotes/origin/gone', 'refs/heads/gone');
    const expected = await source.git(['for-each-ref', '--format=%(refname) %(objectname) %(symref)']);

    await using repository = await openLocalRepository(source.path, { workDirectory: work.path });

    const lines = repository.refs.map((ref) => `${ref.name} ${ref.target} ${ref.symbolicTarget ?? ''}`);
    assert.deepEqual(lines, expected.split('\n', repository.refs.length).map(encodeName));
    assert.equal((await repository.git.run(['for-each-ref', '--format=%(refname) %(objectname) %(symref)'])).toString(), expected);
    assert.deepEqual([repository.head, repository.objectFormat, repository.obstacles], ['refs/heads/main', objectFormat, []]);
  });
}

test('a loose ref named in bytes that are not UTF-8 keeps them', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  source.updateRef('refs/heads/\xff\xfe', source.commit({ files: { a: '1' } }));

  await using repository = await openLocalRepository(source.path, { workDirectory: work.path });

  assert.deepEqual(
    repository.refs.map((ref) => ref.name),
    ['refs/heads/main', 'refs/heads/\xff\xfe'],
  );
  assert.ok((await repository.git.run(['for-each-ref'])).includes(Buffer.from('refs/heads/\xff\xfe', 'latin1')));
});

test('the same repository opens as work tree, as .git, bare, as linked work tree and through a .git file', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  const commit = source.commit({ files: { a: '1' } });
  const linked = join(work.path, 'linked');
  await source.git(['worktree', 'add', '-q', '-b', 'side', linked]);
  const bare = join(work.path, 'bare.git');
  await source.git(['clone', '-q', '--mirror', source.path, bare]);
  const submodule = join(work.path, 'submodule');
  mkdirSync(submodule);
  writeFileSync(join(submodule, '.git'), `gitdir: ../bare.git\n`);

  const heads: Record<string, string | undefined> = {};
  for (const path of [source.path, source.gitDir, bare, linked, submodule]) {
    await using repository = await openLocalRepository(path, { workDirectory: work.path });
    heads[path] = repository.head;
    assert.deepEqual(
      repository.refs.map((ref) => `${ref.name} ${ref.target}`),
      [`refs/heads/main ${commit}`, `refs/heads/side ${commit}`],
    );
    assert.equal((await collect(readAllObjects(repository.git))).flat().length, 3);
  }

  assert.deepEqual(Object.values(heads), ['refs/heads/main', 'refs/heads/main', 'refs/heads/main', 'refs/heads/side', 'refs/heads/main']);
});

test('HEAD is told when detached, and undefined when unborn, with the name that it waits for', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  const commit = source.commit({ files: { a: '1' } });
  const heads: unknown[] = [];
  for (const head of [commit, 'ref: refs/heads/main', 'ref: refs/heads/unborn', 'nonsense']) {
    writeFileSync(join(source.gitDir, 'HEAD'), `${head}\n`);
    await using repository = await openLocalRepository(source.path, { workDirectory: work.path });
    heads.push(repository.head, repository.unbornHead);
  }

  assert.deepEqual(heads, [commit, undefined, 'refs/heads/main', undefined, undefined, 'refs/heads/unborn', undefined, undefined]);
});

test('what keeps history alive beside refs is found: older stashes, ORIG_HEAD, FETCH_HEAD, other work trees', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  const commit = source.commit({ files: { a: '1' } });
  const stashes = ['oldest', 'older', 'newest'].map((text) => source.stash({ a: text }));
  const lone = (text: string): string => source.commit({ files: { a: text }, branch: undefined, parents: [] });
  const [original, fetched, alsoFetched, elsewhere] = ['o', 'f', 'g', 'e'].map((text) => lone(text));
  writeFileSync(join(source.gitDir, 'ORIG_HEAD'), `${original}\n`);
  writeFileSync(join(source.gitDir, 'FETCH_HEAD'), `${fetched}\t\tbranch 'x' of y\n${alsoFetched}\tnot-for-merge\tbranch 'z' of y\n`);
  writeFileSync(join(source.gitDir, 'MERGE_HEAD'), `${'1'.repeat(40)}\n`);
  await source.git(['worktree', 'add', '-q', '--detach', join(work.path, 'tree'), elsewhere!]);

  const bisect = lone('b');
  mkdirSync(join(source.gitDir, 'worktrees', 'tree', 'refs', 'bisect'), { recursive: true });
  writeFileSync(join(source.gitDir, 'worktrees', 'tree', 'refs', 'bisect', 'bad'), `${bisect}\n`);

  await using repository = await openLocalRepository(source.path, { workDirectory: work.path });

  const roots = new Map(repository.hiddenRoots.map((root) => [`${root.name} ${root.target}`, root]));
  const expected = [
    `refs/stash@{1} ${stashes[1]}`,
    `refs/stash@{2} ${stashes[0]}`,
    `FETCH_HEAD ${fetched}`,
    `FETCH_HEAD ${alsoFetched}`,
    `ORIG_HEAD ${original}`,
    `worktrees/tree/HEAD ${elsewhere}`,
    `worktrees/tree/refs/bisect/bad ${bisect}`,
  ];
  assert.deepEqual(
    expected.filter((root) => !roots.has(root)),
    [],
  );
  assert.equal(
    repository.hiddenRoots.some((root) => root.name === 'MERGE_HEAD'),
    false,
    'its object does not exist',
  );
  assert.equal(repository.refs.find((ref) => ref.name === 'refs/stash')?.target, stashes[2]);
  assert.equal((await source.git(['rev-parse', 'stash@{1}'])).trim(), stashes[1]);
  assert.ok(commit);
});

test('a bundle opens like the repository that it was made of', async () => {
  for (const objectFormat of ['sha1', 'sha256'] as const) {
    await using source = createTestRepository({ objectFormat });
    using work = createTemporaryDirectory();
    const first = source.commit({ files: { a: '1' } });
    source.tag('v1', { target: first, message: 'Release\n' });
    source.commit({ files: { a: '2' } });
    source.updateRef(encodeName('refs/heads/grün'), first);
    const bundle = join(work.path, 'all.bundle');
    await source.git(['bundle', 'create', '-q', bundle, '--all', 'HEAD']);

    await using repository = await openLocalRepository(bundle, { workDirectory: work.path });
    await using direct = await openLocalRepository(source.path, { workDirectory: work.path });

    assert.deepEqual(sorted(repository), sorted(direct));
    assert.deepEqual([repository.head, repository.objectFormat, repository.obstacles], ['refs/heads/main', objectFormat, []]);
    assert.deepEqual(await listIds(repository), await listIds(direct));
  }
});

test('a bundle that is partial, cut off or changed is refused', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  source.commit({ files: { a: '1'.repeat(5000) } });
  source.commit({ files: { a: '2'.repeat(5000) } });
  const bundle = join(work.path, 'x.bundle');
  const partial = join(work.path, 'partial.bundle');
  await source.git(['bundle', 'create', '-q', bundle, '--all']);
  await source.git(['bundle', 'create', '-q', partial, 'main', '^main~1']);
  const bytes = readFileSync(bundle);
  const open = (path: string): Promise<Repository> => openLocalRepository(path, { workDirectory: join(work.path, 'work') });

  await assert.rejects(open(partial), { code: 'BUNDLE_INCOMPLETE' });
  truncateSync(bundle, bytes.length - 30);
  await assert.rejects(open(bundle), { code: 'BUNDLE_INVALID' });
  truncateSync(bundle, 30);
  await assert.rejects(open(bundle), { code: 'BUNDLE_INVALID' });
  writeFileSync(bundle, bytes.with(bytes.length - 40, bytes.at(-40)! ^ 1));
  await assert.rejects(open(bundle), { code: 'BUNDLE_INVALID' });

  assert.deepEqual(readdirSync(join(work.path, 'work')), []);
});

test('G15 a bundle that unpacks to more than allowed is refused', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  source.commit({ files: { a: randomBytes(200_000) } });
  const bundle = join(work.path, 'x.bundle');
  await source.git(['bundle', 'create', '-q', bundle, '--all']);
  const options = { workDirectory: join(work.path, 'work'), limits: { fileSizeBytes: 100_000 } };

  await assert.rejects(openLocalRepository(bundle, options), { code: 'LIMIT_REACHED' });

  assert.deepEqual(readdirSync(options.workDirectory), []);
});

test('what stands in the way of taking a repository as a whole is told', async () => {
  const cases: Record<RepositoryObstacle['kind'], (source: TestRepository) => unknown> = {
    shallow: (source) => writeFileSync(join(source.gitDir, 'shallow'), `${source.resolveRef('HEAD')}\n`),
    partial(source) {
      appendFileSync(join(source.gitDir, 'config'), '[remote "origin"]\n\tpromisor = true\n');
      source.commit({ tree: source.writeTree([{ mode: '100644', name: 'lost', oid: '1'.repeat(40) }]) });
    },
    grafts: (source) => writeFileSync(join(source.gitDir, 'info', 'grafts'), `${source.resolveRef('HEAD')}\n`),
    alternates(source) {
      cpSync(join(source.gitDir, 'objects'), join(source.path, 'elsewhere'), { recursive: true });
      writeFileSync(join(source.gitDir, 'objects', 'info', 'alternates'), '# comment\n../../elsewhere\n');
    },
    'replace-refs': (source) => source.updateRef(`refs/replace/${source.resolveRef('HEAD')}`, source.commit({ branch: undefined })),
    async 'kept-packs'(source) {
      await source.pack();
      const pack = readdirSync(join(source.gitDir, 'objects', 'pack')).find((name) => name.endsWith('.pack'))!;
      writeFileSync(join(source.gitDir, 'objects', 'pack', pack.replace('.pack', '.keep')), '');
    },
    'precious-objects': (source) => appendFileSync(join(source.gitDir, 'config'), '[extensions]\n\tpreciousObjects = true\n'),
    'invalid-refs': (source) => source.updateRef('refs/heads/broken', 'not an id'),
    'broken-head': (source) => writeFileSync(join(source.gitDir, 'HEAD'), `${'1'.repeat(40)}\n`),
  };

  for (const [kind, prepare] of Object.entries(cases)) {
    await using source = createTestRepository();
    using work = createTemporaryDirectory();
    source.commit({ files: { a: '1' } });
    mkdirSync(join(source.gitDir, 'info'), { recursive: true });
    await prepare(source);
    await using repository = await openLocalRepository(source.path, { workDirectory: work.path });
    assert.deepEqual(
      repository.obstacles.map((obstacle) => obstacle.kind),
      [kind],
    );
    assert.ok(
      repository.refs.some((ref) => ref.name === 'refs/heads/main'),
      kind,
    );
  }
});

test('a HEAD that holds no name of a branch is told', async () => {
  for (const content of ['', 'garbage\n', `${'0'.repeat(40)}\n`, 'ref: refs/heads/a..b\n']) {
    await using source = createTestRepository();
    using work = createTemporaryDirectory();
    source.commit({ files: { a: '1' } });
    writeFileSync(join(source.gitDir, 'HEAD'), content);

    await using repository = await openLocalRepository(source.path, { workDirectory: work.path });

    assert.deepEqual([repository.head, repository.obstacles.map(({ kind }) => kind)], [undefined, ['broken-head']], content);
  }
});

test('a partial clone that has fetched everything is no obstacle', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  source.commit({ files: { a: '1' } });
  appendFileSync(
    join(source.gitDir, 'config'),
    '[extensions]\n\tpartialClone = origin\n[remote "origin"]\n\tpartialCloneFilter = blob:none\n',
  );

  await using repository = await openLocalRepository(source.path, { workDirectory: work.path });

  assert.deepEqual(repository.obstacles, []);
});

test('a shallow repository can be walked to its boundary', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  source.commit({ files: { a: '1' } });
  source.commit({ files: { a: '2' } });
  const clone = join(work.path, 'shallow');
  await runBareGit(['clone', '-q', '--depth=1', `file://${source.gitDir}`, clone], { homeDirectory: work.path, protocols: ['file'] });

  await using repository = await openLocalRepository(clone, { workDirectory: work.path });

  assert.equal((await repository.git.run(['rev-list', '--count', '--all'])).toString().trim(), '1');
});

test('refs of bad names or to missing objects are told, and the others stay usable', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  const commit = source.commit({ files: { a: '1' } });
  source.updateRef('refs/heads/missing', '2'.repeat(40));
  source.updateRef('refs/heads/null', '0'.repeat(40));
  source.updateRef('refs/heads/empty', '');
  source.updateRef('refs/heads/bad..name', commit);
  source.updateRef('refs/heads/half-written.lock', commit);

  await using repository = await openLocalRepository(source.path, { workDirectory: work.path });

  assert.deepEqual(
    repository.refs.map((ref) => ref.name),
    ['refs/heads/main'],
  );
  assert.deepEqual(repository.hiddenRoots, [{ name: 'refs/heads/bad..name', target: commit }]);
  assert.match(repository.obstacles[0]!.message, /^4 ref\(s\)/);
});

test('objects borrowed over several places are read, whatever their paths hold', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  source.commit({ files: { a: '1' } });
  const far = join(work.path, 'a "quoted"\n\\ path');
  const near = join(work.path, '#near');
  renameSync(join(source.gitDir, 'objects'), far);
  for (const directory of [join(near, 'info'), join(source.gitDir, 'objects', 'info')]) mkdirSync(directory, { recursive: true });
  writeFileSync(join(near, 'info', 'alternates'), `"${far.replace(/["\\]/g, '\\$&').replace('\n', '\\n')}"\n`);
  writeFileSync(join(source.gitDir, 'objects', 'info', 'alternates'), `${near}\n`);

  await using repository = await openLocalRepository(source.path, { workDirectory: work.path });

  assert.deepEqual(repository.objectDirectories, [join(source.gitDir, 'objects'), near, far]);
  assert.equal((await collect(readAllObjects(repository.git))).flat().length, 3);
});

test('what cannot be read is refused with a reason', async () => {
  using work = createTemporaryDirectory();
  const withConfig = (config: string) => (source: TestRepository) => appendFileSync(join(source.gitDir, 'config'), config);
  const cases: [code: string, prepare: (source: TestRepository) => unknown][] = [
    ['REPOSITORY_UNSUPPORTED', withConfig('[extensions]\n\trefStorage = reftable\n')],
    ['REPOSITORY_UNSUPPORTED', withConfig('[core]\n\trepositoryformatversion = 1\n[extensions]\n\tnovel = true\n')],
    ['REPOSITORY_UNSUPPORTED', withConfig('[extensions]\n\tobjectFormat = sha512\n')],
    ['NOT_A_REPOSITORY', (source) => rmSync(join(source.gitDir, 'objects'), { recursive: true })],
    ['NOT_A_REPOSITORY', (source) => rmSync(source.path, { recursive: true })],
    ['NOT_A_REPOSITORY', (source) => rmSync(source.gitDir, { recursive: true })],
    ['REPOSITORY_BROKEN', (source) => writeFileSync(join(source.gitDir, 'objects', 'info', 'alternates'), '/no/such/place\n')],
  ];

  for (const [code, prepare] of cases) {
    await using source = createTestRepository();
    prepare(source);
    await assert.rejects(openLocalRepository(source.path, { workDirectory: work.path }), { name: 'GitError', code }, String(prepare));
  }
  assert.deepEqual(readdirSync(work.path), []);
});

test('an empty repository opens, and closing leaves nothing', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();

  const repository = await openLocalRepository(source.path, { workDirectory: work.path });
  const [objects, isThere] = [await collect(readAllObjects(repository.git)), existsSync(repository.gitDir)];
  await repository.close();

  assert.deepEqual([objects, isThere, repository.refs, repository.head], [[], true, [], undefined]);
  assert.deepEqual(readdirSync(work.path), []);
});

function sorted(repository: Repository): string[] {
  return repository.refs.map((ref) => `${ref.name} ${ref.target}`).sort();
}

async function listIds(repository: Repository): Promise<string[]> {
  return (await collect(readAllObjects(repository.git)))
    .flat()
    .map((object) => object.oid)
    .sort();
}
