import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { createTestRepository, type TestRepository } from '@deployguard/testkit';
import { aToken } from '../../test/a-token.ts';
import { runCli } from '../../test/run-cli.ts';

const token = aToken('odd');
const lfsPointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'7'.repeat(64)}\nsize 12345\n`;

/** Repositories that are whole, however unusual: each holds the token. */
const whole: Record<string, () => Promise<TestRepository>> = {
  async 'mailmap, merged tags, submodules, LFS pointers, linked work trees and refs of trees and blobs'() {
    const repository = createTestRepository();
    const first = repository.commit({ files: { 'a.env': token, '.mailmap': `Jane <jane@example.org> ${token} <j@example.org>\n` } });
    const side = repository.commit({ files: { side: 'side' }, branch: 'refs/heads/side', parents: [first] });
    const merged = `object ${side}\ntype commit\ntag signed\ntagger J <j@example.org> 1700000000 +0000\n\nsigned ${token}\n`;
    repository.commit({
      files: {
        'a.env': 'removed',
        'big.bin': lfsPointer,
        '.gitmodules': '[submodule "sub"]\n\tpath = sub\n\turl = https://example.org/sub.git\n',
        sub: { mode: '160000', oid: '12'.repeat(20) },
      },
      parents: [first, side],
      headers: `mergetag ${merged.trimEnd().replaceAll('\n', '\n ')}`,
    });
    const blob = repository.writeBlob(`a blob with ${token}\n`);
    repository.updateRef('refs/blobs/one', blob);
    repository.updateRef('refs/trees/one', repository.writeTree([{ mode: '100644', name: 'in-tree', oid: blob }]));
    const tag = repository.tag('of-blob', { target: blob, targetType: 'blob', message: 'a blob' });
    repository.tag('of-tag', { target: tag, targetType: 'tag', message: `of a tag, ${token}` });
    await repository.git(['worktree', 'add', '--quiet', '-b', 'linked', join(repository.gitDir, '..', '..', 'linked')]);
    return repository;
  },
  async 'SHA-256 for ids'() {
    const repository = createTestRepository({ objectFormat: 'sha256' });
    repository.commit({ files: { 'a.env': token } });
    repository.commit({ files: { 'a.env': 'removed' } });
    return repository;
  },
  async 'tags and no branch'() {
    const repository = createTestRepository({ bare: true });
    const commit = repository.commit({ files: { 'a.env': token } });
    repository.tag('v1', { target: commit });
    repository.tag('v2', { target: commit, message: 'annotated' });
    repository.updateRef('refs/heads/main', undefined);
    return repository;
  },
  async 'a blob and no commit'() {
    const repository = createTestRepository({ bare: true });
    repository.updateRef('refs/blobs/one', repository.writeBlob(`a blob with ${token}\n`));
    return repository;
  },
};
for (const [name, create] of Object.entries(whole)) {
  test(`a repository with ${name} is scanned, cleaned and proven`, async () => {
    await using repository = await create();
    const result = join(repository.path, '..', 'result.git');

    const scanned = await runCli(['scan', '--repo-path', repository.path]);
    const cleaned = await runCli(['clean', '--all', '--repo-path', repository.path, '--output', result]);
    const proven = await runCli(['prove', '--repo-path', result]);

    assert.equal(scanned.exitCode, 1, scanned.output);
    assert.match(scanned.stdout, /1 secret in /);
    assert.equal(cleaned.exitCode, 0, cleaned.output);
    assert.equal(proven.exitCode, 0, proven.output);
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: result, encoding: 'latin1', stdio: ['ignore', 'pipe', 'pipe'] });
    git('fsck', '--full', '--strict');
    assert.equal(git('cat-file', '--batch-all-objects', '--batch').includes(token), false);
    const names = (directory: string): string =>
      execFileSync('git', ['for-each-ref', '--format=%(refname) %(objecttype)'], { cwd: directory, encoding: 'latin1' });
    assert.equal(names(result), names(repository.gitDir));
  });
}

const notWhole: Record<string, { spoil: (repository: TestRepository) => void; says: RegExp }> = {
  'objects left to its server': {
    says: /is a partial clone: 1 objects are missing .* Clone it without --filter/,
    spoil(repository) {
      writeFileSync(join(repository.gitDir, 'config'), '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpartialClone = origin\n');
      repository.commit({ tree: repository.writeTree([{ mode: '100644', name: 'left', oid: '12'.repeat(20) }]) });
    },
  },
  'a boundary to its history': {
    says: /is shallow: .* Run "git fetch --unshallow"/,
    spoil: (repository) => writeFileSync(join(repository.gitDir, 'shallow'), `${repository.resolveRef('HEAD')}\n`),
  },
  grafts: {
    says: /info\/grafts pretends another history .* remove it/,
    spoil(repository) {
      mkdirSync(join(repository.gitDir, 'info'), { recursive: true });
      writeFileSync(join(repository.gitDir, 'info', 'grafts'), `${repository.resolveRef('HEAD')}\n`);
    },
  },
  'borrowed objects': {
    says: /Objects are borrowed from 1 other place.* run "git repack -ad"/,
    spoil(repository) {
      mkdirSync(join(repository.gitDir, 'elsewhere'));
      mkdirSync(join(repository.gitDir, 'objects', 'info'), { recursive: true });
      writeFileSync(join(repository.gitDir, 'objects', 'info', 'alternates'), '../elsewhere\n');
    },
  },
  'a HEAD that leads to nothing': {
    says: /HEAD leads to nothing .* Write "ref: refs\/heads\/<branch>"/,
    spoil: (repository) => writeFileSync(join(repository.gitDir, 'HEAD'), `${'12'.repeat(20)}\n`),
  },
};
for (const [name, { spoil, says }] of Object.entries(notWhole)) {
  test(`a repository with ${name} is scanned with a warning; cleaning is refused with what to do, also where nothing is found`, async () => {
    await using repository = createTestRepository({ bare: true });
    repository.commit({ files: { 'a.txt': 'nothing secret' } });
    spoil(repository);
    const result = join(repository.path, '..', 'result.git');

    const scanned = await runCli(['scan', '--repo-path', repository.path]);
    const cleaned = await runCli(['clean', '--all', '--repo-path', repository.path, '--output', result]);

    assert.equal(scanned.exitCode, 0, scanned.output);
    assert.match(scanned.stderr, says);
    assert.equal(cleaned.exitCode, 5, cleaned.output);
    assert.match(cleaned.stderr, says);
    assert.equal(existsSync(result), false);
  });
}
