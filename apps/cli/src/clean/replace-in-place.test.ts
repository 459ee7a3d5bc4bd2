import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { aToken } from '../../test/a-token.ts';
import { aWorkTree } from '../../test/a-work-tree.ts';
import { runCli } from '../../test/run-cli.ts';

const token = aToken('in place');

test('files that a sparse checkout leaves out, or that git was told not to look at, do not become changes', async () => {
  using repository = aWorkTree();
  repository.commit({ 'in/prod.env': `TOKEN=${token}\n`, 'in/local': 'mine\n', 'out/a': 'a\n', 'out/é': 'b\n' });
  repository.git('sparse-checkout', 'set', 'in');
  repository.git('update-index', '--assume-unchanged', 'in/local');
  repository.write({ 'in/local': 'changed\n' });

  const { exitCode, output } = await runCli(['clean', '--all', '--in-place'], { cwd: repository.path });

  assert.equal(exitCode, 0, output);
  assert.equal(repository.git('status', '--short'), 'M in/prod.env');
  assert.deepEqual(readdirSync(repository.path).sort(), ['.git', 'in']);
});

test('staged changes are not lost: nothing is begun', async () => {
  using repository = aWorkTree();
  repository.commit({ 'prod.env': `TOKEN=${token}\n` });
  repository.write({ 'next.txt': 'work\n' });
  repository.git('add', 'next.txt');

  const { exitCode, stderr } = await runCli(['clean', '--all', '--in-place'], { cwd: repository.path });

  assert.equal(exitCode, 2);
  assert.match(stderr, /staged changes.*Commit them/);
  assert.equal(repository.git('status', '--short'), 'A  next.txt');
  assert.deepEqual(readdirSync(repository.parent), ['app']);
});

test('a staged deletion and a staged sub-module are staged changes too', async () => {
  using repository = aWorkTree();
  using inner = aWorkTree('inner');
  const [first, second] = [inner.commit({ a: 'a\n' }), inner.commit({ a: 'b\n' })];
  repository.git('update-index', '--add', '--cacheinfo', `160000,${first},sub`);
  repository.write({ 'prod.env': `TOKEN=${token}\n`, 'kept.txt': 'kept\n' });
  repository.git('add', 'prod.env', 'kept.txt');
  repository.git('commit', '--quiet', '--message', 'one');
  const clean = () => runCli(['clean', '--all', '--in-place'], { cwd: repository.path });

  repository.git('rm', '--quiet', '--cached', 'kept.txt');
  const deleted = await clean();
  repository.git('reset', '--quiet');
  repository.git('update-index', '--cacheinfo', `160000,${second},sub`);
  const moved = await clean();

  assert.deepEqual([deleted.exitCode, moved.exitCode], [2, 2]);
  for (const { stderr } of [deleted, moved]) assert.match(stderr, /staged changes/);
  assert.deepEqual(readdirSync(repository.parent), ['app']);
});

test('settings of old kinds go along, and what other tools keep in the git directory is named', async () => {
  using repository = aWorkTree();
  repository.commit({ 'prod.env': `TOKEN=${token}\n` });
  for (const folder of ['remotes', 'git-crypt']) mkdirSync(join(repository.path, '.git', folder));
  writeFileSync(join(repository.path, '.git', 'remotes', 'old'), 'URL: https://example.org/app.git\n');
  writeFileSync(join(repository.path, '.git', 'git-crypt', 'key'), 'key');

  const { exitCode, output } = await runCli(['clean', '--all', '--in-place', '--quiet'], { cwd: repository.path });

  assert.equal(exitCode, 0, output);
  assert.equal(repository.git('remote', 'get-url', 'old'), 'https://example.org/app.git');
  assert.match(output, /Left +git-crypt: no part of git, so only in the backup/);
});

test('the user is told that the work tree still holds what it held, and what to do', async () => {
  using repository = aWorkTree();
  repository.commit({ 'prod.env': `TOKEN=${token}\n` });

  const { stdout } = await runCli(['clean', '--all', '--in-place', '--quiet'], { cwd: repository.path });

  assert.match(stdout, /work tree are as they were.*git restore/);
});
