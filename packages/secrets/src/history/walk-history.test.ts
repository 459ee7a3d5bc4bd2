import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLocalRepository, type Repository } from '@deployguard/git';
import { createTemporaryDirectory, createTestRepository, type TestRepository } from '@deployguard/testkit';
import { HistoryLinksBuilder, readHistoryLinks } from './history-links.ts';
import { describeDetector } from './packs/detector-matcher.ts';
import { loadPacks } from './packs/load-packs.ts';
import { loadMatcher } from './packs/matcher.ts';
import { startWalkers } from './packs/start-walkers.ts';
import { startLog, type LogEntry, type WantedEntries } from './read-log.ts';
import { markWantedTrees, walkHistory } from './walk-history.ts';

async function listByLinks(
  repository: Repository,
  wanted: { commits: ReadonlySet<string> },
  blobs: Iterable<string>,
): Promise<LogEntry[] | undefined> {
  const packs = await loadPacks(repository.objectDirectories, repository.objectFormat);
  const packBytes = packs.reduce((sum, { layout }) => sum + layout.offsets[layout.count]!, 0);
  const matcher = describeDetector();
  const walkers = startWalkers(packBytes, { matcher, keepDropped: false, workers: 0 }, () => loadMatcher(matcher));
  const links = await readHistoryLinks({ repository, builder: new HistoryLinksBuilder(repository.objectFormat, packs), blobs, walkers });
  const places = links && markWantedTrees(links);
  return places && [...walkHistory(links, places, repository, wanted)];
}

async function listByGit(repository: Repository, wanted: WantedEntries): Promise<LogEntry[]> {
  const log = startLog(repository, { all: true, revisions: repository.hiddenRoots.map(({ target }) => target) });
  try {
    const entries: LogEntry[] = [];
    for await (const entry of log.entries(wanted)) entries.push(entry);
    return entries;
  } finally {
    await log.stop();
  }
}

async function compare(source: TestRepository): Promise<number> {
  using work = createTemporaryDirectory();
  await using repository = await openLocalRepository(source.path, { workDirectory: join(work.path, 'work') });
  const objects = (await source.git(['cat-file', '--batch-all-objects', '--batch-check=%(objectname) %(objecttype)'])).trim().split('\n');
  const oidsOf = (type: string): string[] => objects.filter((line) => line.endsWith(type)).map((line) => line.split(' ')[0]!);
  const blobs = oidsOf('blob').filter((_, i) => i % 2 === 0);
  const wanted = { commits: new Set(oidsOf('commit').filter((_, i) => i % 3 === 0)), blobs: new Set(blobs), names: new Set<string>() };

  const expected = await listByGit(repository, wanted);
  const actual = await listByLinks(repository, wanted, blobs);

  assert.deepEqual(actual, expected);
  return expected.length;
}

function addHistory(repository: TestRepository): void {
  for (let i = 0; i < 12; i++) {
    repository.commit({
      files: { 'a.txt': `a ${i}`, [`dir/${i % 5}/deep/b.txt`]: `b ${i % 7}`, 'dir/same.txt': 'same', [`only-${i}`]: 'c' },
    });
  }
  const base = repository.resolveRef('refs/heads/main');
  const left = repository.commit({
    branch: 'left',
    parents: [base],
    files: { 'left.txt': 'left', 'a.txt': 'both', 'dir/0/deep/b.txt': undefined },
  });
  const right = repository.commit({
    branch: 'right',
    parents: [base],
    files: { 'right.txt': 'right', 'a.txt': 'other', 'dir/0/deep/b.txt': undefined, 'dir/0': 'a file now' },
  });
  const third = repository.commit({ branch: 'third', parents: [], files: { 'root.txt': 'a root of its own' } });
  // Content that only the merge brought in, and an octopus.
  const merge = repository.commit({ parents: [left, right], files: { 'a.txt': 'merged', 'evil.txt': 'evil', 'left.txt': 'left' } });
  repository.commit({ parents: [merge, third, right], files: { 'dir/octopus.txt': 'octopus' } });
  repository.commit({
    files: { 'a.txt': 'a 3', 'run.sh': { content: 'run', mode: '100755' }, link: { content: 'a.txt', mode: '120000' } },
  });
  repository.commit({ files: { 'run.sh': { content: 'run', mode: '100644' } } });
  repository.tag('v1', { target: merge, message: 'first' });
  repository.tag('light', { target: left });
  repository.note(merge, 'a note');
  repository.stash({ 'a.txt': 'stashed' });
  repository.stash({ 'a.txt': 'stashed again' });
}

for (const objectFormat of ['sha1', 'sha256'] as const) {
  test(`the walk over links lists what git lists, in the same order: loose and packed (${objectFormat})`, async () => {
    await using repository = createTestRepository({ objectFormat });
    addHistory(repository);

    const looseCount = await compare(repository);
    await repository.pack();
    const packedCount = await compare(repository);
    repository.commit({ files: { 'later.txt': 'loose beside packs', 'dir/same.txt': 'no longer' } });
    const mixedCount = await compare(repository);

    assert.ok(looseCount > 20, String(looseCount));
    assert.equal(packedCount, looseCount);
    assert.ok(mixedCount >= packedCount);
  });
}

test('commits of one date, of dates before 1970 and without a date come in the order of git', async () => {
  await using repository = createTestRepository({ bare: true });
  const blob = repository.writeBlob('wanted');
  const tree = repository.writeTree([{ mode: '100644', name: 'file', oid: blob }]);
  const dates = ['5 +0000', '5 +0000', '-7 +0000', 'x', '9 +0000', '5 +0000', '99999999999 +0000'];
  const commits: string[] = [];
  for (const [i, date] of dates.entries()) {
    const parents = commits.slice(Math.max(0, i - 2), i).map((parent) => `parent ${parent}\n`);
    const header = `tree ${tree}\n${parents.join('')}author A <a@b> 1 +0000\ncommitter A <a@b> ${date}\n\n${i}\n`;
    commits.push(repository.writeObject('commit', header));
    repository.updateRef(`refs/heads/b${i}`, commits[i]);
  }

  assert.ok((await compare(repository)) > 0);
});

test('trees that hold each other many times over are left to git', async () => {
  await using repository = createTestRepository({ bare: true });
  let oid = repository.writeBlob('wanted');
  for (let level = 0; level < 8; level++) {
    const mode = level === 0 ? '100644' : '40000';
    oid = repository.writeTree(Array.from({ length: 10 }, (_, i) => ({ mode, name: `d${i}`, oid })));
  }
  repository.commit({ tree: oid });
  using work = createTemporaryDirectory();
  await using source = await openLocalRepository(repository.path, { workDirectory: join(work.path, 'work') });
  const blob = repository.writeBlob('wanted');

  const entries = await listByLinks(source, { commits: new Set<string>() }, [blob]);

  assert.equal(entries, undefined);
});
