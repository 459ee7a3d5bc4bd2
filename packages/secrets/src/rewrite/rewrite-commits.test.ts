import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildToken, createTestRepository } from '@deployguard/testkit';
import type { TestRepository } from '@deployguard/testkit';
import { rewriteTestRepository } from './rewrite-test-repository.ts';

const secret = buildToken({ prefix: ['to', 'ken_'], length: 24 });
const marker = '***REMOVED***';
const date = '1700000000 +0000';

/** Commits as bytes, where TREE stands for the tree's id. */
const oddCommits: Record<string, string> = {
  'Mercurial and unknown headers': `tree TREE\nauthor A <a@b> ${date}\ncommitter A <a@b> ${date}\nHG:extra branch:x\nunknown \xff value\n\nm\n`,
  'a second author': `tree TREE\nauthor A <a@b> ${date}\nauthor B <b@b> ${date}\ncommitter A <a@b> ${date}\n\nm\n`,
  'another encoding': `tree TREE\nauthor Andr\xe9 <a@b> ${date}\ncommitter A <a@b> ${date}\nencoding ISO-8859-1\n\ncaf\xe9\n`,
  'NUL in the message': `tree TREE\nauthor A <a@b> ${date}\ncommitter A <a@b> ${date}\n\nbefore\0after\n`,
  'no empty line': `tree TREE\nauthor A <a@b> ${date}\ncommitter A <a@b> ${date}\n`,
  'author without e-mail': `tree TREE\nauthor A ${date}\ncommitter A <a@b> ${date}\n\nm\n`,
  'no space before the e-mail': `tree TREE\nauthor A<a@b> ${date}\ncommitter A <a@b> ${date}\n\nm\n`,
  'a doubled bracket': `tree TREE\nauthor A <<a@b> ${date}\ncommitter A <a@b> ${date}\n\nm\n`,
  'no date': `tree TREE\nauthor A <a@b>\ncommitter A <a@b>\n\nm\n`,
  'no committer': `tree TREE\nauthor A <a@b> ${date}\n\nm\n`,
  'no name': `tree TREE\nauthor <a@b> ${date}\ncommitter <a@b> ${date}\n\nm\n`,
  'odd dates': `tree TREE\nauthor A <a@b> -1 +051800\ncommitter A <a@b> 0001700000000 -7247\n\nm\n`,
  'a huge date and no sign': `tree TREE\nauthor A <a@b> 99999999999999 +5\ncommitter A <a@b> ${date.replace('+', '-')}\n\nm\n`,
  'no line feed at the end': `tree TREE\nauthor A <a@b> ${date}\ncommitter A <a@b> ${date}\n\nm`,
  'an empty message': `tree TREE\nauthor A <a@b> ${date}\ncommitter A <a@b> ${date}\n\n`,
  'blank lines and carriage returns': `tree TREE\nauthor A <a@b> ${date}\ncommitter A <a@b> ${date}\n\n\n\nm\r\n\r\n\n\n`,
};

function writeOddCommit(repository: TestRepository, name: string, tree: string): string {
  return repository.writeObject('commit', Buffer.from(oddCommits[name]!.replace('TREE', tree), 'latin1'));
}

test('commits that hold nothing keep every byte, and so their ids, however they are written', async () => {
  await using repository = createTestRepository();
  const tree = repository.writeTree([]);
  const oids = Object.keys(oddCommits).map((name) => writeOddCommit(repository, name, tree));
  for (const [index, oid] of oids.entries()) repository.updateRef(`refs/heads/odd-${index}`, oid);
  repository.commit({ files: { key: secret } });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  for (const [index, oid] of oids.entries()) assert.equal(rewritten.git('rev-parse', `odd-${index}`).trim(), oid);
  assert.equal(rewritten.result.changedCommitCount, 1);
});

test('commits that must change keep all bytes but the ids that they name', async () => {
  await using repository = createTestRepository();
  const oldTree = repository.writeTree([{ mode: '100644', name: 'key', oid: repository.writeBlob(secret) }]);
  const newTree = repository.writeTree([{ mode: '100644', name: 'key', oid: repository.writeBlob(marker) }]);
  const names = Object.keys(oddCommits);
  for (const [index, name] of names.entries()) repository.updateRef(`refs/heads/odd-${index}`, writeOddCommit(repository, name, oldTree));

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  for (const [index, name] of names.entries()) {
    assert.equal(rewritten.read(`refs/heads/odd-${index}`).toString('latin1'), oddCommits[name]!.replace('TREE', newTree), name);
  }
});

test('signatures and merged tags go from changed commits alone', async () => {
  await using repository = createTestRepository();
  const signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----';
  const clean = repository.commit({ files: { a: '1' }, headers: signature });
  repository.commit({
    files: { key: secret },
    headers: `${signature}\ngpgsig-sha256 x\nmergetag object ${clean}\n type commit\n tag v1\n \n ${secret}\nHG:extra kept`,
  });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.equal(rewritten.git('rev-parse', 'main~1').trim(), clean);
  const headers = rewritten.readText('main').split('\n\n')[0]!;
  assert.deepEqual(
    headers.split('\n').map((line) => line.split(' ')[0]),
    ['tree', 'parent', 'author', 'committer', 'HG:extra'],
  );
});

test('a value in nothing but a merged tag or a signature goes with it', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { a: '1' }, headers: `mergetag object ${'1'.repeat(40)}\n type commit\n tag v1\n \n ${secret}` });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.equal(rewritten.result.changedCommitCount, 1);
  assert.deepEqual(rewritten.findLeaks(secret), []);
});

test('messages, names, e-mails and further headers lose the value', async () => {
  await using repository = createTestRepository();
  repository.commit({
    files: { a: '1' },
    author: `Ada ${secret} <ada+${secret}@example.com>`,
    headers: `x-origin https://${secret}@example.com\n and ${secret} here`,
    message: `Use ${secret}\n\nSigned-off-by: ${secret} <x@example.com>\n`,
  });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  const [headers, ...message] = rewritten.readText('main').split('\n\n');
  assert.match(headers!, /^author Ada \*\*\*REMOVED\*\*\* <ada\+\*\*\*REMOVED\*\*\*@example\.com> 1700000000 \+0000$/m);
  assert.match(headers!, /^x-origin https:\/\/\*\*\*REMOVED\*\*\*@example\.com\n and \*\*\*REMOVED\*\*\* here$/m);
  assert.equal(message.join('\n\n'), `Use ${marker}\n\nSigned-off-by: ${marker} <x@example.com>\n`);
  assert.deepEqual(rewritten.findLeaks(secret), []);
});

test('the message of a commit in another encoding is redacted as the bytes that it is', async () => {
  await using repository = createTestRepository();
  const value = `caf\u00e9-${secret}`;
  const message = Buffer.from(`caf\xe9 ${value} \xfc\n`, 'latin1');
  repository.commit({ files: { a: '1' }, headers: 'encoding ISO-8859-1', message });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [value] });

  assert.ok(rewritten.read('main').toString('latin1').endsWith(`\n\ncaf\xe9 ${marker} \xfc\n`));
});

test('a value that is part of the structure stays and is reported', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { a: '1' }, message: 'at 1700000000\n' });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: ['1700000000'] });

  assert.match(rewritten.readText('main'), /> 1700000000 \+0000\n\nat \*\*\*REMOVED\*\*\*\n$/);
  assert.deepEqual(
    rewritten.result.notCleanable.map(({ what }) => what),
    ['commit-structure'],
  );
});

test('merges of many, several roots, crossing merges and doubled parents keep their shape', async () => {
  await using repository = createTestRepository();
  const root = repository.commit({ files: { key: secret } });
  const otherRoot = repository.commit({ files: { b: '2' }, parents: [], branch: 'other' });
  const third = repository.commit({ files: { c: secret }, parents: [root], branch: 'third' });
  const octopus = repository.commit({ parents: [root, otherRoot, third] });
  const left = repository.commit({ parents: [octopus], files: { l: '1' }, branch: 'left' });
  const right = repository.commit({ parents: [octopus], files: { r: '1' }, branch: 'right' });
  repository.commit({ parents: [left, right], branch: 'cross-1' });
  repository.commit({ parents: [right, left], branch: 'cross-2' });
  repository.commit({ parents: [root, root], branch: 'doubled' });
  const shape = async (git: (args: string[]) => Promise<string>): Promise<string[]> =>
    (await git(['rev-list', '--all', '--parents', '--date-order']))
      .trim()
      .split('\n')
      .map((line) => String(line.split(' ').length))
      .sort();

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  const plainGit = async (args: string[]): Promise<string> => rewritten.git(...args);
  assert.deepEqual(await shape(plainGit), await shape((args) => repository.git(args)));
  assert.equal(rewritten.git('rev-parse', 'other').trim(), otherRoot);
  assert.equal(rewritten.git('rev-list', '--count', '--all').trim(), String(rewritten.result.commitCount));
  assert.equal(rewritten.git('fsck', '--full'), '');
});

test('a commit that becomes empty stays', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { key: `${marker}\n` } });
  repository.commit({ files: { key: `${secret}\n` }, message: 'Use the real key\n' });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.equal(rewritten.result.commitCount, 2);
  assert.equal(rewritten.git('rev-parse', 'main^{tree}'), rewritten.git('rev-parse', 'main~1^{tree}'));
});

test('ids that messages quote follow their commits, abbreviated ones too, unless that is switched off', async () => {
  await using repository = createTestRepository();
  const first = repository.commit({ files: { key: secret } });
  const kept = repository.commit({ files: { b: '2' }, parents: [], branch: 'kept' });
  const message = `Revert ${first}\n\nSee ${first.slice(0, 9)}, ${kept.slice(0, 10)} and deadbeefcafe; not x${first}.\n`;
  repository.commit({ files: { c: '3' }, message });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });
  await using plain = await rewriteTestRepository(repository.gitDir, { values: [secret], mapQuotedIds: false });

  const newFirst = rewritten.git('rev-parse', 'main~1').trim();
  const text = rewritten.readText('main').split('\n\n').slice(1).join('\n\n');
  assert.equal(text, `Revert ${newFirst}\n\nSee ${newFirst.slice(0, 9)}, ${kept.slice(0, 10)} and deadbeefcafe; not x${first}.\n`);
  assert.ok(plain.readText('main').endsWith(message));
});

test('a cherry-pick quotes the new id of a commit on another branch', async () => {
  await using repository = createTestRepository();
  const base = repository.commit({ files: { key: secret } });
  const picked = repository.commit({ files: { a: '1' }, parents: [base], branch: 'side' });
  repository.commit({ files: { a: '1' }, parents: [base], message: `Pick\n\n(cherry picked from commit ${picked})\n` });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.match(rewritten.readText('main'), new RegExp(`cherry picked from commit ${rewritten.git('rev-parse', 'side').trim()}`));
});

test('the oldest changed commits of each ref are named', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { a: '1' } });
  const first = repository.commit({ files: { key: secret } });
  repository.commit({ files: { b: '2' } });
  const other = repository.commit({ files: { key: `${secret}2` }, parents: [], branch: 'other' });
  repository.commit({ parents: [repository.resolveRef('refs/heads/main'), other], branch: 'both' });
  repository.commit({ files: { clean: '1' }, parents: [], branch: 'clean' });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  const firstsOf = (branch: string): string[] =>
    rewritten.result.firstChangedCommits
      .filter(({ ref }) => ref === `refs/heads/${branch}`)
      .map(({ commit }) => commit)
      .sort();
  assert.deepEqual(firstsOf('main'), [first]);
  assert.deepEqual(firstsOf('both'), [first, other].sort());
  assert.deepEqual(firstsOf('clean'), []);
});
