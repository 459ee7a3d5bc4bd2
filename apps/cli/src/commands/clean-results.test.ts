import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { aDirtyWorkTree, gitIn, readEverything, token } from '../../test/a-dirty-work-tree.ts';
import { runCli } from '../../test/run-cli.ts';

test('an earlier result is kept: the next one gets a number, and a place that was named is refused', async () => {
  using repository = aDirtyWorkTree();
  const named = join(repository.parent, 'mine.git');
  const clean = (...flags: string[]) => runCli(['clean', '--all', '--repo-path', repository.path, ...flags]);

  await clean();
  await clean();
  const first = await clean('--output', named);
  const refused = await clean('--output', named);
  const forced = await clean('--output', named, '--force');

  const replaced = await clean('--force');
  assert.equal(replaced.exitCode, 0, replaced.output);
  assert.deepEqual(
    readdirSync(repository.parent).filter((name) => /^app\.cleaned.*\.git$/.test(name)),
    ['app.cleaned-2.git', 'app.cleaned.git'],
  );
  assert.deepEqual([first.exitCode, refused.exitCode, forced.exitCode], [0, 5, 0]);
  assert.match(refused.stderr, /mine\.git exists already/);
  assert.ok(existsSync(join(repository.parent, 'mine.git.proof.json')));
});

test('--output x.bundle and x.zip give one file that git can use', async () => {
  using repository = aDirtyWorkTree();
  const [bundle, zip] = [join(repository.parent, 'clean.bundle'), join(repository.parent, 'clean.zip')];

  await runCli(['clean', '--all', '--repo-path', repository.path, '--output', bundle]);
  await runCli(['clean', '--all', '--repo-path', repository.path, '--output', zip]);

  gitIn(repository.parent, 'clone', '--quiet', '--bare', bundle, 'from-bundle.git');
  execFileSync('python3', ['-m', 'zipfile', '-e', zip, repository.parent]);
  assert.equal(gitIn(join(repository.parent, 'from-bundle.git'), 'log', '--format=%s', 'main').split('\n').length, 3);
  assert.equal(gitIn(join(repository.parent, 'clean'), '--git-dir=.', 'log', '--format=%s', 'main').split('\n').length, 3);
});

test('a bundle is scanned and cleaned like a directory', async () => {
  using repository = aDirtyWorkTree();
  const bundle = join(repository.parent, 'backup.bundle');
  repository.git('bundle', 'create', '--quiet', bundle, '--all');

  const scanned = await runCli(['scan', '--repo-path', bundle]);
  const { exitCode, output } = await runCli(['clean', '--all', '--repo-path', bundle]);

  assert.equal(scanned.exitCode, 1, scanned.output);
  assert.equal(exitCode, 0, output);
  assert.equal(readEverything(join(repository.parent, 'backup.bundle.cleaned.git')).includes(token), false);
});

test('a bundle beside the folder of the same name has a result of its own, which prove and push find', async () => {
  using repository = aDirtyWorkTree();
  const bundle = join(repository.parent, 'app.bundle');
  const target = join(repository.parent, 'target.git');
  repository.git('bundle', 'create', '--quiet', bundle, '--all');
  repository.commit({ 'later.txt': 'later\n' }, 'later');
  gitIn(repository.parent, 'init', '--quiet', '--bare', target);

  await runCli(['clean', '--all', '--repo-path', bundle]);
  const before = await runCli(['prove', '--repo-path', repository.path]);
  await runCli(['clean', '--all', '--repo-path', repository.path]);
  const [ofBundle, ofFolder] = [await runCli(['prove', '--repo-path', bundle]), await runCli(['prove', '--repo-path', repository.path])];
  const pushed = await runCli(['push', '--repo-path', bundle, '--target-url', target]);

  assert.equal(before.exitCode, 5, 'the result of the bundle is none of the folder');
  assert.match(ofBundle.stdout, /Result {3}\S*\/app\.bundle\.cleaned\.git\n/);
  assert.match(ofFolder.stdout, /Result {3}\S*\/app\.cleaned\.git\n/);
  assert.equal(pushed.exitCode, 0, pushed.output);
  assert.equal(gitIn(target, 'log', '--format=%s', 'main').includes('later'), false);
});

test('an archive is proven when it is unpacked as the message says', async () => {
  using repository = aDirtyWorkTree();
  const archive = join(repository.parent, 'clean.zip');
  await runCli(['clean', '--all', '--output', archive], { cwd: repository.path });
  const packed = await runCli(['prove', '--repo-path', archive]);
  execFileSync('python3', ['-m', 'zipfile', '-e', archive, repository.parent]);
  copyFileSync(`${archive}.proof.json`, join(repository.parent, 'clean.proof.json'));

  const unpacked = await runCli(['prove', '--repo-path', join(repository.parent, 'clean')]);
  const nothing = await runCli(['prove', '--repo-path', join(repository.parent, 'nothing')]);

  assert.equal(packed.exitCode, 2);
  assert.match(packed.stderr, /unpack it, put clean\.zip\.proof\.json beside the folder as clean\.proof\.json/);
  assert.equal(unpacked.exitCode, 0, unpacked.output);
  assert.equal(nothing.exitCode, 2);
  assert.match(nothing.stderr, /There is nothing at /);
});
