import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { aDirtyWorkTree, gitIn, readEverything, token } from '../../test/a-dirty-work-tree.ts';
import { runCli } from '../../test/run-cli.ts';

test('--in-place swaps the proven result in and keeps the original; work tree, settings and hooks stay', async () => {
  using repository = aDirtyWorkTree();
  repository.git('config', 'user.name', 'Kept');
  repository.write({ 'not-committed.txt': 'mine\n' });
  const before = gitIn(repository.path, 'rev-parse', 'HEAD');

  const { exitCode, output } = await runCli(['clean', '--all', '--in-place'], { cwd: repository.path });

  assert.equal(exitCode, 0, output);
  assert.equal(readEverything(repository.path).includes(token), false);
  assert.equal(gitIn(repository.path, 'config', 'user.name'), 'Kept');
  assert.equal(gitIn(repository.path, 'status', '--short'), 'M deploy.sh\n?? not-committed.txt');
  assert.equal(gitIn(repository.path, 'fsck', '--no-progress'), '');
  const backup = readdirSync(repository.parent).find((name) => /^app\.backup-\d{8}-\d{6}\.git$/.test(name));
  assert.ok(backup);
  assert.equal(gitIn(join(repository.parent, backup), '--git-dir=.', 'rev-parse', 'HEAD'), before);
  assert.equal((await runCli(['prove', '--repo-path', repository.path])).exitCode, 0);
});

test('--in-place refuses a repository with linked work trees before it does anything', async () => {
  using repository = aDirtyWorkTree();
  repository.git('worktree', 'add', '--quiet', '--detach', join(repository.parent, 'linked'));

  const { exitCode, stderr } = await runCli(['clean', '--all', '--in-place'], { cwd: repository.path });

  assert.equal(exitCode, 2);
  assert.match(stderr, /linked work trees/);
  assert.deepEqual(readdirSync(repository.parent).sort(), ['app', 'linked']);
});

test('a bare repository beside the work tree of the same name has a result of its own, also in place', async () => {
  using repository = aDirtyWorkTree();
  const bare = join(repository.parent, 'app.git');
  gitIn(repository.parent, 'clone', '--quiet', '--bare', repository.path, bare);
  repository.commit({ 'later.txt': 'later\n' }, 'later');
  const prove = async (path: string) => (await runCli(['prove', '--repo-path', path])).exitCode;

  await runCli(['clean', '--all', '--repo-path', bare]);
  const [ofBare, ofFolder] = [await prove(bare), await prove(repository.path)];
  for (const path of [bare, repository.path]) await runCli(['clean', '--all', '--in-place', '--repo-path', path]);

  assert.deepEqual([ofBare, ofFolder], [0, 5]);
  assert.ok(existsSync(join(repository.parent, 'app.git.cleaned.git')));
  assert.deepEqual([await prove(bare), await prove(repository.path)], [0, 0]);
});
