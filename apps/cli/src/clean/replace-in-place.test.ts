import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
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

test('the user is told that the work tree still holds what it held, and what to do', async () => {
  using repository = aWorkTree();
  repository.commit({ 'prod.env': `TOKEN=${token}\n` });

  const { stdout } = await runCli(['clean', '--all', '--in-place', '--quiet'], { cwd: repository.path });

  assert.match(stdout, /work tree are as they were.*git restore/);
});
