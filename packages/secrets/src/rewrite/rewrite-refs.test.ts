import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildToken, createTestRepository } from '@deployguard/testkit';
import { rewriteTestRepository } from './rewrite-test-repository.ts';

const secret = buildToken({ prefix: ['to', 'ken_'], length: 24 });
const marker = '***REMOVED***';

test('tags of every kind follow what they tag', async () => {
  await using repository = createTestRepository();
  const clean = repository.commit({ files: { a: '1' } });
  const commit = repository.commit({ files: { key: secret } });
  const blob = repository.writeBlob(`only a tag leads here: ${secret}`);
  const tree = repository.writeTree([{ mode: '100644', name: 'key', oid: blob }]);
  repository.tag('clean', { target: clean, message: 'Clean\n' });
  repository.tag('light', { target: commit });
  const annotated = repository.tag('annotated', { target: commit, message: `Holds ${secret}\n` });
  repository.tag('nested', { target: annotated, targetType: 'tag', message: 'Outer\n' });
  repository.tag('light-tree', { target: tree });
  repository.tag('light-blob', { target: blob });
  repository.tag('tag-of-tree', { target: tree, targetType: 'tree', message: 'A tree\n' });
  repository.tag('tag-of-blob', { target: blob, targetType: 'blob', message: 'A blob\n' });
  const noTagger = repository.writeObject('tag', `object ${commit}\ntype commit\ntag bare\n\nNo tagger\n`);
  repository.updateRef('refs/tags/bare', noTagger);
  const signed = `object ${commit}\ntype commit\ntag signed\ntagger A <a@b> 1700000000 +0000\n\nSigned\n-----BEGIN SSH SIGNATURE-----\nabc\n-----END SSH SIGNATURE-----\n`;
  repository.updateRef('refs/tags/signed', repository.writeObject('tag', signed));

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  const newCommit = rewritten.git('rev-parse', 'main').trim();
  assert.equal(rewritten.git('rev-parse', 'clean'), await repository.git(['rev-parse', 'clean']));
  assert.equal(rewritten.git('rev-parse', 'light').trim(), newCommit);
  assert.match(rewritten.readText('annotated'), /\n\nHolds \*\*\*REMOVED\*\*\*\n$/);
  assert.equal(rewritten.git('rev-parse', 'nested^{commit}').trim(), newCommit);
  assert.match(rewritten.readText('nested'), new RegExp(`^object ${rewritten.git('rev-parse', 'annotated').trim()}\n`));
  for (const name of ['light-tree', 'tag-of-tree']) assert.match(rewritten.readText(`${name}:key`), /REMOVED/);
  for (const name of ['light-blob', 'tag-of-blob']) assert.match(rewritten.readText(`${name}^{blob}`), /REMOVED/);
  assert.equal(rewritten.readText('refs/tags/bare'), `object ${newCommit}\ntype commit\ntag bare\n\nNo tagger\n`);
  assert.equal(rewritten.readText('signed'), `object ${newCommit}\ntype commit\ntag signed\ntagger A <a@b> 1700000000 +0000\n\nSigned\n`);
  assert.deepEqual(rewritten.findLeaks(secret), []);
  assert.equal(rewritten.git('fsck', '--full'), '');
});

test('refs and tags that are named after the value are renamed without running into each other', async () => {
  await using repository = createTestRepository();
  const other = buildToken({ prefix: ['to', 'ken_'], length: 24, seed: 2 });
  const commit = repository.commit({ files: { a: '1' } });
  for (const name of [`fix/${secret}`, `fix/${other}`, 'fix/REMOVED-2/below', `${secret}/x`])
    repository.updateRef(`refs/heads/${name}`, commit);
  repository.tag(`v-${secret}`, { target: commit, message: 'm\n' });
  writeFileSync(join(repository.gitDir, 'HEAD'), `ref: refs/heads/fix/${secret}\n`);

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret, other] });

  assert.deepEqual(rewritten.git('for-each-ref', '--format=%(refname)').trim().split('\n'), [
    'refs/heads/REMOVED/x',
    'refs/heads/fix/REMOVED',
    'refs/heads/fix/REMOVED-2/below',
    'refs/heads/fix/REMOVED-3',
    'refs/heads/main',
    'refs/tags/v-REMOVED',
  ]);
  assert.match(rewritten.readText('v-REMOVED'), /^tag v-REMOVED$/m);
  assert.match(rewritten.git('symbolic-ref', 'HEAD'), /^refs\/heads\/fix\/REMOVED(?:-3)?\n$/);
  assert.deepEqual(rewritten.result.collisions, [{ kind: 'ref', newName: 'refs/heads/fix/REMOVED-3' }]);
  assert.deepEqual(rewritten.findLeaks(secret, other), []);
});

test('every ref of the source is accounted for, also pull requests, remotes and odd bytes in names', async () => {
  await using repository = createTestRepository();
  const clean = repository.commit({ files: { a: '1' } });
  const commit = repository.commit({ files: { key: secret } });
  const names = ['refs/pull/7/head', 'refs/remotes/origin/main', 'refs/heads/b\xe9\xff', 'refs/custom/x', 'refs/keep-around/1'];
  for (const name of names) repository.updateRef(name, commit);
  repository.updateRef('refs/pull/8/head', clean);
  repository.symbolicRef('refs/remotes/origin/HEAD', 'refs/remotes/origin/main');

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  const newCommit = rewritten.git('rev-parse', 'main').trim();
  const byName = new Map(rewritten.result.refs.map((ref) => [ref.oldName, ref]));
  assert.equal(byName.size, 8);
  for (const name of names) assert.deepEqual(byName.get(name), { oldName: name, newName: name, oldTarget: commit, newTarget: newCommit });
  assert.equal(byName.get('refs/pull/8/head')?.newTarget, clean);
  assert.equal(rewritten.git('symbolic-ref', 'refs/remotes/origin/HEAD').trim(), 'refs/remotes/origin/main');
  assert.ok(rewritten.git('for-each-ref', '--format=%(refname)').includes('refs/heads/b\xe9\xff\n'));
});

for (const fanOut of [false, true]) {
  test(`notes are redacted and move to the new commits, ${fanOut ? 'cut into directories as before' : 'flat as before'}`, async () => {
    await using repository = createTestRepository();
    const clean = repository.commit({ files: { a: '1' } });
    const commit = repository.commit({ files: { key: secret } });
    const path = (oid: string): string => (fanOut ? `${oid.slice(0, 2)}/${oid.slice(2, 4)}/${oid.slice(4)}` : oid);
    const files = { [path(clean)]: 'about the clean one\n', [path(commit)]: `about ${secret}\n`, 'other/file': 'no note\n' };
    repository.commit({ files, branch: 'refs/notes/commits', parents: [] });
    repository.commit({ files: { [path(commit)]: 'changed\n' }, branch: 'refs/notes/commits' });

    await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

    const newCommit = rewritten.git('rev-parse', 'main').trim();
    assert.equal(rewritten.git('notes', 'show', newCommit), 'changed\n');
    assert.equal(rewritten.git('notes', 'show', clean), 'about the clean one\n');
    assert.equal(rewritten.readText(`refs/notes/commits~1:${path(newCommit)}`), `about ${marker}\n`);
    assert.deepEqual(
      rewritten.git('ls-tree', '-r', '--name-only', 'refs/notes/commits').trim().split('\n').sort(),
      [path(clean), path(newCommit), 'other/file'].sort(),
    );
    assert.deepEqual(rewritten.findLeaks(secret, commit), []);
    assert.equal(rewritten.git('fsck', '--full', '--strict'), '');
  });
}

test('notes of commits that keep their ids keep theirs', async () => {
  await using repository = createTestRepository();
  const clean = repository.commit({ files: { a: '1' } });
  const notes = repository.note(clean, 'fine\n');
  repository.commit({ files: { key: secret }, parents: [], branch: 'other' });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.equal(rewritten.git('rev-parse', 'refs/notes/commits').trim(), notes);
});

test('replacements are not baked in: both sides are cleaned and the replacement follows the new id', async () => {
  await using repository = createTestRepository();
  const replaced = repository.commit({ files: { key: secret } });
  const substitute = repository.commit({ files: { hidden: `${secret}-too` }, parents: [], branch: undefined });
  repository.updateRef(`refs/replace/${replaced}`, substitute);

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  const newReplaced = rewritten.git('rev-parse', 'main').trim();
  assert.equal(rewritten.readText('main:key'), marker);
  assert.equal(rewritten.readText(`refs/replace/${newReplaced}:hidden`), `${marker}-too`);
  assert.deepEqual(rewritten.findLeaks(secret, replaced), []);
});

test('all entries of the stash are cleaned and kept', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { a: '1' } });
  repository.stash({ key: `older ${secret}` }, `On main: older ${secret}`);
  repository.stash({ key: `newer ${secret}` }, 'On main: newer');

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.equal(
    rewritten.git('reflog', 'show', '--format=%gd %gs', 'refs/stash'),
    `stash@{0} On main: newer\nstash@{1} On main: older ${marker}\n`,
  );
  assert.equal(rewritten.readText('stash@{0}:key'), `newer ${marker}`);
  assert.equal(rewritten.readText('stash@{1}:key'), `older ${marker}`);
  assert.deepEqual(rewritten.findLeaks(secret), []);
  assert.equal(rewritten.git('fsck', '--full', '--strict'), '');
});

test('what only logs, ORIG_HEAD, an index or a linked work tree lead to is not delivered', async () => {
  await using repository = createTestRepository();
  const old = repository.commit({ files: { key: secret }, branch: undefined });
  repository.commit({ files: { a: '1' } });
  writeFileSync(join(repository.gitDir, 'ORIG_HEAD'), `${old}\n`);
  writeFileSync(join(repository.gitDir, 'FETCH_HEAD'), `${old}\tnot-for-merge\tbranch '${secret}' of example.com/x\n`);
  mkdirSync(join(repository.gitDir, 'logs'), { recursive: true });
  writeFileSync(join(repository.gitDir, 'logs', 'HEAD'), `${'0'.repeat(40)} ${old} A <a@b> 1700000000 +0000\tcommit: ${secret}\n`);
  mkdirSync(join(repository.gitDir, 'worktrees', 'w'), { recursive: true });
  writeFileSync(join(repository.gitDir, 'worktrees', 'w', 'HEAD'), `${old}\n`);

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.deepEqual(rewritten.findLeaks(secret), []);
  assert.equal(rewritten.result.objectCount, 3);
});

test('a detached HEAD is moved with its commit', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { a: '1' } });
  const detached = repository.commit({ files: { key: secret }, branch: undefined });
  writeFileSync(join(repository.gitDir, 'HEAD'), `${detached}\n`);

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.equal(rewritten.result.head, rewritten.result.objects.get(detached));
  assert.equal(rewritten.readText('HEAD:key'), marker);
});

test('a HEAD whose branch is not born yet leaves a repository that git accepts', async () => {
  await using repository = createTestRepository();
  repository.commit({ files: { key: secret }, parents: [], branch: 'other' });

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.equal(rewritten.git('for-each-ref', '--format=%(refname)'), 'refs/heads/other\n');
  assert.equal(rewritten.git('symbolic-ref', 'HEAD'), 'refs/heads/main\n');
});

test('a repository without anything in it stays that', async () => {
  await using repository = createTestRepository();

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  assert.equal(rewritten.result.objectCount, 0);
  assert.equal(rewritten.git('for-each-ref'), '');
});

test('fifty thousand refs are rewritten in one go', async () => {
  await using repository = createTestRepository({ bare: true });
  const clean = repository.commit({ files: { a: '1' } });
  const commit = repository.commit({ files: { key: secret } });
  const refs = Array.from(
    { length: 50_000 },
    (_, index) => `${index % 2 ? commit : clean} refs/changes/${String(index).padStart(5, '0')}\n`,
  );
  writeFileSync(join(repository.gitDir, 'packed-refs'), `# pack-refs with: sorted \n${refs.join('')}`);

  await using rewritten = await rewriteTestRepository(repository.gitDir, { values: [secret] });

  const targets = rewritten.git('for-each-ref', '--format=%(objectname)', 'refs/changes').trim().split('\n');
  assert.equal(targets.length, 50_000);
  assert.deepEqual(new Set(targets), new Set([clean, rewritten.git('rev-parse', 'main').trim()]));
});
