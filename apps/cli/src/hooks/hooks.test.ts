import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { aToken } from '../../test/a-token.ts';
import { aWorkTree, type WorkTree } from '../../test/a-work-tree.ts';
import { launcher, runCli } from '../../test/run-cli.ts';
import { buildHookScript } from './hook-script.ts';

const token = aToken('hooks');

/** Runs git as a user does, with what it says and how it ends. */
function tryGit(repository: WorkTree, ...args: readonly string[]): { status: number | null; output: string } {
  const identity = ['-c', 'user.name=Jane Doe', '-c', 'user.email=jane@example.org'];
  const { status, stdout, stderr } = spawnSync('git', [...identity, ...args], {
    cwd: repository.path,
    env: { PATH: process.env['PATH'], HOME: repository.parent, GIT_CONFIG_NOSYSTEM: '1', LANG: 'C.UTF-8' },
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

async function install(repository: WorkTree, ...flags: string[]): Promise<void> {
  const { exitCode, output } = await runCli(['hooks', 'install', '--repo-path', repository.path, ...flags]);
  assert.equal(exitCode, 0, output);
}

for (const [name, commit] of [
  ['git commit', ['commit', '--message', 'x']],
  ['git commit -a', ['commit', '--all', '--message', 'x']],
  ['git commit <path>', ['commit', '--message', 'x', 'a.txt']],
] as const) {
  test(`pre-commit stops ${name} with a secret and lets the clean one pass`, async () => {
    using repository = aWorkTree();
    repository.commit({ 'a.txt': 'a\n' });
    await install(repository);
    repository.write({ 'a.txt': `${token}\n` });
    if (name === 'git commit') repository.git('add', 'a.txt');

    const stopped = tryGit(repository, ...commit);
    repository.write({ 'a.txt': 'b\n' });
    if (name === 'git commit') repository.git('add', 'a.txt');
    const passed = tryGit(repository, ...commit);

    assert.equal(stopped.status, 1);
    assert.match(stopped.output, /GitHub personal access token[^]*a\.txt:1:1[^]*Nothing was committed\./);
    assert.equal(stopped.output.includes(token), false);
    assert.equal(passed.status, 0, passed.output);
    assert.equal(repository.git('rev-list', '--count', 'HEAD'), '2');
  });
}

test('pre-commit works for the first commit and is silent when there is nothing to say', async () => {
  using repository = aWorkTree();
  await install(repository);
  repository.write({ 'a.txt': 'a\n' });
  repository.git('add', 'a.txt');

  const { status, output } = tryGit(repository, 'commit', '--quiet', '--message', 'first');

  assert.equal(status, 0, output);
  assert.equal(output, '');
});

test('pre-push stops commits that the remote does not have, and only looks at those', async () => {
  using repository = aWorkTree();
  execFileSync('git', ['init', '--quiet', '--bare', join(repository.parent, 'remote.git')]);
  repository.git('remote', 'add', 'origin', join(repository.parent, 'remote.git'));
  repository.commit({ 'old.txt': `${token}\n` });
  repository.git('push', '--quiet', 'origin', 'main');
  await install(repository, '--hook', 'pre-push');

  repository.commit({ 'b.txt': 'b\n' });
  const passed = tryGit(repository, 'push', 'origin', 'main');
  repository.commit({ 'c.txt': `${aToken('pushed')}\n` });
  repository.commit({ 'c.txt': 'removed again\n' });
  const stopped = tryGit(repository, 'push', 'origin', 'main', 'main:refs/heads/new');
  const deleted = tryGit(repository, 'push', '--no-verify', 'origin', 'main:refs/heads/old');

  assert.equal(passed.status, 0, passed.output);
  assert.equal(stopped.status, 1);
  assert.match(stopped.output, /c\.txt:1:1[^]*Nothing was pushed\./);
  assert.equal(stopped.output.includes('old.txt'), false);
  assert.equal(deleted.status, 0, '--no-verify still skips the check');
  assert.equal(tryGit(repository, 'push', 'origin', ':refs/heads/old').status, 0, 'a deletion brings nothing');
});

test('a commit and a push that bring nothing pass without a word', async () => {
  using repository = aWorkTree();
  execFileSync('git', ['init', '--quiet', '--bare', join(repository.parent, 'remote.git')]);
  repository.git('remote', 'add', 'origin', join(repository.parent, 'remote.git'));
  repository.commit({ 'a.txt': 'a\n' });
  repository.git('push', '--quiet', 'origin', 'main');
  await install(repository);

  const committed = tryGit(repository, 'commit', '--quiet', '--allow-empty', '--message', 'nothing');
  repository.git('reset', '--quiet', '--hard', 'HEAD~1');
  const pushed = tryGit(repository, 'push', '--quiet', 'origin', 'main:refs/heads/same');

  assert.deepEqual(
    [committed, pushed],
    [
      { status: 0, output: '' },
      { status: 0, output: '' },
    ],
  );
});

test('a foreign hook is never overwritten', async () => {
  using repository = aWorkTree();
  const hook = join(repository.path, '.git', 'hooks', 'pre-commit');
  mkdirSync(join(hook, '..'), { recursive: true });
  writeFileSync(hook, '#!/bin/sh\nexit 0\n', { mode: 0o755 });

  const { exitCode, stderr } = await runCli(['hooks', 'install', '--repo-path', repository.path]);

  assert.equal(exitCode, 5);
  assert.match(stderr, /pre-commit is somebody else's hook and was left alone\. With --chain/);
  assert.equal(readFileSync(hook, 'utf8'), '#!/bin/sh\nexit 0\n');
});

test('a symbolic link at the place of a hook is foreign, wherever it leads', async () => {
  using repository = aWorkTree();
  const hook = join(repository.path, '.git', 'hooks', 'pre-push');
  mkdirSync(join(hook, '..'), { recursive: true });
  symlinkSync('/nowhere', hook);

  const { exitCode } = await runCli(['hooks', 'install', '--repo-path', repository.path, '--hook', 'pre-push']);

  assert.equal(exitCode, 5);
});

test('with --chain the foreign hook runs first, its refusal counts, and uninstalling puts it back', async () => {
  using repository = aWorkTree();
  const hook = join(repository.path, '.git', 'hooks', 'pre-commit');
  const script = '#!/bin/sh\necho foreign hook ran\ntest ! -e refuse\n';
  mkdirSync(join(hook, '..'), { recursive: true });
  writeFileSync(hook, script, { mode: 0o755 });
  await install(repository, '--chain');
  const commit = () => tryGit(repository, 'commit', '--all', '--message', 'x');
  repository.write({ 'a.txt': 'a\n' });
  repository.git('add', 'a.txt');

  const first = commit();
  repository.write({ 'a.txt': `${token}\n` });
  const withSecret = commit();
  repository.write({ 'a.txt': 'b\n', refuse: '' });
  const refused = commit();
  const uninstalled = await runCli(['hooks', 'uninstall', '--repo-path', repository.path]);

  assert.equal(first.status, 0, first.output);
  assert.match(first.output, /foreign hook ran/);
  assert.equal(withSecret.status, 1);
  assert.match(withSecret.output, /foreign hook ran[^]*Nothing was committed/);
  assert.equal(refused.status, 1);
  assert.match(uninstalled.stdout, /pre-commit removed; the hook that was there before is back/);
  assert.equal(readFileSync(hook, 'utf8'), script);
  assert.equal(existsSync(`${hook}.before-deployguard`), false);
});

test('installing twice changes nothing; status tells what is there; uninstalling removes it', async () => {
  using repository = aWorkTree();
  const hook = join(repository.path, '.git', 'hooks', 'pre-commit');
  const status = async () => (await runCli(['hooks', 'status', '--repo-path', repository.path])).stdout;

  const before = await status();
  await install(repository);
  const script = readFileSync(hook, 'utf8');
  await install(repository);
  const installed = await status();
  await runCli(['hooks', 'uninstall', '--repo-path', repository.path]);

  assert.match(before, /pre-commit +not installed/);
  assert.match(installed, /pre-commit +installed\n[^]*pre-push +installed\n/);
  assert.equal(script.includes(launcher), true);
  assert.equal(existsSync(hook), false);
  assert.match(await status(), /pre-commit +not installed/);
});

test('what somebody wrote into our hook is not lost: it is neither removed nor replaced', async () => {
  using repository = aWorkTree();
  await install(repository);
  const hook = join(repository.path, '.git', 'hooks', 'pre-commit');
  const edited = `${readFileSync(hook, 'utf8').replace('exec "$@"', '"$@" || exit')}npm run lint\n`;
  writeFileSync(hook, edited);

  const status = await runCli(['hooks', 'status', '--repo-path', repository.path]);
  const again = await runCli(['hooks', 'install', '--repo-path', repository.path]);
  const uninstalled = await runCli(['hooks', 'uninstall', '--repo-path', repository.path]);

  assert.match(status.stdout, /pre-commit +installed, and edited since\n/);
  assert.equal(again.exitCode, 5);
  assert.match(again.stderr, /pre-commit was edited after it was installed/);
  assert.match(uninstalled.stdout, /pre-commit was edited[^]*pre-push removed/);
  assert.equal(readFileSync(hook, 'utf8'), edited);
});

test('core.hooksPath inside the repository is followed; outside of it nothing is installed', async () => {
  using repository = aWorkTree();
  repository.git('config', 'core.hooksPath', 'own hooks');
  await install(repository);
  repository.git('config', 'core.hooksPath', join(repository.parent, 'shared'));

  const refused = await runCli(['hooks', 'install', '--repo-path', repository.path]);

  assert.ok(existsSync(join(repository.path, 'own hooks', 'pre-commit')));
  assert.equal(refused.exitCode, 5);
  assert.match(refused.stderr, /other repositories may share[^]*deployguard hooks run pre-commit/);
  assert.equal(existsSync(join(repository.parent, 'shared')), false);
});

test("husky's hooks, which it writes anew at each install, are left alone, with the lines for one's own", async () => {
  using repository = aWorkTree();
  repository.git('config', 'core.hooksPath', '.husky/_');

  const { exitCode, stderr } = await runCli(['hooks', 'install', '--repo-path', repository.path]);

  assert.equal(exitCode, 5);
  assert.match(stderr, /husky[^]*your own hooks in \S+\.husky:\n {2}pre-commit: {2}deployguard hooks run pre-commit/);
  assert.equal(existsSync(join(repository.path, '.husky')), false);
});

test('pre-push stops a tag whose message holds a secret, also when its commit is there already', async () => {
  using repository = aWorkTree();
  await install(repository);
  const remote = join(repository.parent, 'remote.git');
  repository.git('init', '--quiet', '--bare', remote);
  repository.git('remote', 'add', 'origin', remote);
  repository.commit({ a: 'a\n' });
  repository.git('push', '--quiet', 'origin', 'main');
  repository.git('tag', '--annotate', '--message', `release with ${token}`, 'v1');
  repository.git('tag', '--annotate', '--message', 'again', 'v2', 'v1');

  for (const tag of ['v1', 'v2']) {
    const { status, output } = tryGit(repository, 'push', 'origin', tag);
    assert.equal(status, 1, output);
    assert.match(output, /Nothing was pushed/);
    assert.equal(output.includes(token), false);
  }
});

test("core.hooksPath of the user's settings is known too", async () => {
  using repository = aWorkTree();
  writeFileSync(join(repository.parent, '.gitconfig'), '[core]\n\thooksPath = ~/hooks\n');

  const { exitCode, stderr } = await runCli(['hooks', 'install', '--repo-path', repository.path], {
    environment: { HOME: repository.parent },
  });

  assert.equal(exitCode, 5);
  assert.ok(stderr.includes(join(repository.parent, 'hooks')));
});

test('the hooks of the repository around a folder are meant, as with every command', async () => {
  using repository = aWorkTree();
  repository.write({ 'deep/er/a.txt': 'a\n' });

  const { exitCode, output } = await runCli(['hooks', 'install'], { cwd: join(repository.path, 'deep', 'er') });

  assert.equal(exitCode, 0, output);
  assert.ok(existsSync(join(repository.path, '.git', 'hooks', 'pre-commit')));
});

test('a linked work tree shares the hooks of its repository', async () => {
  using repository = aWorkTree();
  repository.commit({ 'a.txt': 'a\n' });
  repository.git('worktree', 'add', '--quiet', join(repository.parent, 'linked'), '-b', 'linked');

  const { exitCode } = await runCli(['hooks', 'install', '--repo-path', join(repository.parent, 'linked')]);

  assert.equal(exitCode, 0);
  assert.ok(existsSync(join(repository.path, '.git', 'hooks', 'pre-commit')));
});

test('a hook whose program is gone stops git and says why', () => {
  using repository = aWorkTree();
  const hook = join(repository.parent, 'pre-commit');
  writeFileSync(hook, buildHookScript('pre-commit', { node: '/gone/node', launcher: '/gone/deployguard.mjs' }));
  chmodSync(hook, 0o755);

  const { status, stderr } = spawnSync(hook, { env: { PATH: '/usr/bin:/bin' }, encoding: 'utf8' });

  assert.equal(status, 1);
  assert.match(stderr, /the program that this hook starts is gone/);
});

test('paths with quotes and spaces stay one word in the script', () => {
  for (const hook of ['pre-commit', 'pre-push'] as const) {
    const script = buildHookScript(hook, { node: "/it's a/node", launcher: '/a $(touch x) `y`/deployguard.mjs' });

    execFileSync('sh', ['-n'], { input: script });
    assert.ok(script.includes(`node='/it'\\''s a/node'\nlauncher='/a $(touch x) \`y\`/deployguard.mjs'\n`));
  }
});
