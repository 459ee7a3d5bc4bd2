import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { aDirtyWorkTree, gitIn, other, readEverything, token } from '../../test/a-dirty-work-tree.ts';
import { aWorkTree } from '../../test/a-work-tree.ts';
import { runCli } from '../../test/run-cli.ts';

test('--all writes a clean copy, its proof, maps and aftercare beside the source, which stays as it was', async () => {
  using repository = aDirtyWorkTree();
  const before = gitIn(repository.path, 'rev-parse', 'HEAD');

  const { stdout, output, exitCode } = await runCli(['clean', '--all', '--repo-path', repository.path]);

  assert.equal(exitCode, 0, output);
  assert.deepEqual(readdirSync(repository.parent).sort(), [
    'app',
    'app.cleaned.aftercare.md',
    'app.cleaned.git',
    'app.cleaned.maps',
    'app.cleaned.proof.json',
  ]);
  const cleaned = join(repository.parent, 'app.cleaned.git');
  const everything = readEverything(cleaned);
  for (const value of [token, other]) {
    assert.equal(everything.includes(value), false);
    assert.equal(output.includes(value), false);
    assert.equal(readFileSync(join(repository.parent, 'app.cleaned.aftercare.md'), 'utf8').includes(value), false);
    assert.equal(
      Buffer.from(JSON.parse(readFileSync(join(repository.parent, 'app.cleaned.proof.json'), 'utf8')).payload, 'base64')
        .toString()
        .includes(value),
      false,
    );
  }
  assert.equal(gitIn(cleaned, 'log', '--format=%s', 'main'), 'remove ***REMOVED***\nsettings\nbegin');
  assert.equal(gitIn(cleaned, 'rev-list', '--max-parents=0', 'main'), repository.base, 'untouched commits keep their ids');
  assert.equal(gitIn(repository.path, 'rev-parse', 'HEAD'), before);
  assert.match(stdout, /✔ 2 secrets removed, 2 commits of 3 rewritten\./);
  assert.match(stdout, /1\. Rotate the secrets[^]*3\. Repair every clone[^]*Next {2}deployguard push/);
});

test('the result passes a scan and its proof verifies', async () => {
  using repository = aDirtyWorkTree();
  await runCli(['clean', '--all', '--repo-path', repository.path]);
  const cleaned = join(repository.parent, 'app.cleaned.git');

  const scanned = await runCli(['scan', '--repo-path', cleaned]);
  const proved = await runCli(['prove', '--repo-path', repository.path]);
  const json = await runCli(['prove', '--repo-path', cleaned, '--format', 'json']);

  assert.equal(scanned.exitCode, 0, scanned.output);
  assert.equal(proved.exitCode, 0, proved.output);
  assert.match(proved.stdout, /✔ Proven\./);
  assert.equal(JSON.parse(json.stdout).verdict, 'proven');
});

test('--dry-run tells what would change and writes nothing', async () => {
  using repository = aDirtyWorkTree();

  const { exitCode, stdout } = await runCli(['clean', '--all', '--dry-run', '--repo-path', repository.path]);

  assert.equal(exitCode, 0);
  assert.match(stdout, /Dry run: nothing was written\. 2 secrets would go, 2 commits of 3 rewritten\./);
  assert.deepEqual(readdirSync(repository.parent), ['app']);
});

test('a shallow repository is scanned with a warning and not cleaned', async () => {
  using repository = aDirtyWorkTree();
  gitIn(repository.parent, 'clone', '--quiet', '--depth', '1', `file://${repository.path}`, 'shallow');
  const shallow = join(repository.parent, 'shallow');

  const scanned = await runCli(['scan', '--repo-path', shallow]);
  const cleaned = await runCli(['clean', '--all', '--repo-path', shallow]);

  assert.equal(scanned.exitCode, 1);
  assert.match(scanned.stderr, /warning: .*shallow/i);
  assert.equal(cleaned.exitCode, 5, cleaned.output);
  assert.equal(
    readdirSync(repository.parent).some((name) => name.startsWith('shallow.')),
    false,
  );
});

test('a repository without secrets needs no cleaning', async () => {
  using repository = aWorkTree();
  repository.commit({ 'a.txt': 'a\n' });

  const { exitCode, stdout } = await runCli(['clean', '--all', '--repo-path', repository.path]);

  assert.equal(exitCode, 0);
  assert.match(stdout, /Nothing to remove\./);
  assert.deepEqual(readdirSync(repository.parent), ['app']);
});

test('a value goes out of an archive, which stays whole', async () => {
  using repository = aDirtyWorkTree();
  execFileSync('python3', ['-m', 'zipfile', '-c', 'packed.zip', 'deploy.sh'], { cwd: repository.path });
  repository.commit({}, 'add archive');

  const cleaned = await runCli(['clean', '--all', '--repo-path', repository.path]);

  assert.equal(cleaned.exitCode, 0, cleaned.output);
  const read = (path: string): Buffer => execFileSync('git', ['--git-dir', `${repository.path}.cleaned.git`, 'show', `main:${path}`]);
  const script =
    'import io, sys, zipfile; z = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())); print(z.testzip(), z.read("deploy.sh").decode())';
  const unpacked = execFileSync('python3', ['-c', script], { input: read('packed.zip'), encoding: 'utf8' });
  assert.equal(unpacked, `None ${read('deploy.sh').toString()}\n`);
  assert.match(unpacked, /REMOVED/);
});

test('a value that cannot be taken out of an archive fails the proof: exit 5, with the place and the way on', async () => {
  using repository = aDirtyWorkTree();
  const packed = gzipSync(readFileSync(join(repository.path, 'deploy.sh')));
  // Cut off, it can still be read but not be made whole again.
  writeFileSync(join(repository.path, 'packed.gz'), packed.subarray(0, -8));
  repository.commit({}, 'add archive');

  const failed = await runCli(['clean', '--all', '--repo-path', repository.path]);
  const pushed = await runCli(['push', '--repo-path', repository.path, '--target-url', 'https://127.0.0.1:1/a.git']);
  const inPlace = await runCli(['clean', '--all', '--in-place', '--repo-path', repository.path]);
  const retried = await runCli(['clean', '--all', '--force', '--remove-path', 'packed.gz', '--repo-path', repository.path]);

  assert.equal(failed.exitCode, 5, failed.output);
  assert.match(failed.stdout, /could not be proven clean[^]*no-value-found[^]*packed\.gz[^]*--remove-path packed\.gz/);
  assert.equal(failed.output.includes(other), false);
  assert.equal(pushed.exitCode, 5);
  assert.match(pushed.stderr, /Its proof failed: no-value-found/);
  assert.equal(inPlace.exitCode, 5);
  assert.match(inPlace.stdout, /the repository is as it was/);
  assert.equal(readEverything(repository.path).includes(token), true);
  assert.equal(retried.exitCode, 0, retried.output);
});

test('a secret in a branch name is in no output, not even of a dry run', async () => {
  using repository = aDirtyWorkTree();
  repository.git('checkout', '--quiet', '-b', `fix-${token}`);
  repository.commit({ 'b.txt': 'b\n' }, 'on the branch');
  repository.git('checkout', '--quiet', 'main');

  const dry = await runCli(['clean', '--all', '--dry-run', '--repo-path', repository.path]);
  const wet = await runCli(['clean', '--all', '--repo-path', repository.path]);

  for (const { exitCode, output } of [dry, wet]) {
    assert.equal(exitCode, 0, output);
    assert.equal(output.includes(token), false);
  }
  for (const file of ['app.cleaned.aftercare.md', 'app.cleaned.maps/ref-map', 'app.cleaned.maps/first-changed-commits'])
    assert.equal(readFileSync(join(repository.parent, file), 'utf8').includes(token), false);
});

test('interrupted in the middle, nothing is left beside the source', async () => {
  using repository = aDirtyWorkTree();
  let isSent = false;

  const { exitCode, output } = await runCli(['clean', '--all', '--repo-path', repository.path], {
    onOutput(text, child) {
      if (isSent || !text.includes('Rewriting')) return;
      isSent = true;
      child.kill('SIGINT');
    },
  });

  assert.equal(exitCode, 130, output);
  assert.deepEqual(readdirSync(repository.parent), ['app']);
});

test('paths that are no UTF-8 are told so that they lead back to the file', async () => {
  using repository = aWorkTree();
  const folder = Buffer.from(repository.path);
  for (const name of [Buffer.from('caf\xe9.gz', 'latin1'), Buffer.from('größe [1].gz')])
    writeFileSync(Buffer.concat([folder, Buffer.from('/'), name]), gzipSync(`${token}\n${name.length}`).subarray(0, -8));
  repository.commit({ 'prod.env': `TOKEN=${token}\n` });
  writeFileSync(Buffer.concat([folder, Buffer.from('/.git/refs/heads/caf\xe9', 'latin1')]), `${repository.git('rev-parse', 'HEAD')}\n`);

  const { stdout } = await runCli(['clean', '--all', '--repo-path', repository.path]);
  const proof = readFileSync(join(repository.parent, 'app.cleaned.proof.json'), 'utf8');
  const refs = readFileSync(join(repository.parent, 'app.cleaned.maps', 'ref-map'), 'utf8');

  assert.match(stdout, /archive-member {2}[0-9a-f]{40} "caf\\351\.gz": /);
  assert.match(stdout, /archive-member {2}[0-9a-f]{40} größe \[1\]\.gz: /);
  assert.match(stdout, /--remove-path caf\?\.gz|--remove-path 'caf\?\.gz'/);
  assert.ok(Buffer.from(JSON.parse(proof).payload, 'base64').toString().includes('größe [1].gz'));
  assert.match(refs, / "refs\/heads\/caf\\351"\n/);
});

test('what stands nowhere is not said to be removed', async () => {
  using repository = aDirtyWorkTree();

  const { stdout, exitCode } = await runCli(['clean', '--remove-path', 'no-such-file'], { cwd: repository.path });

  assert.equal(exitCode, 0);
  assert.match(stdout, /1 path pattern looked for and found nowhere, 0 commits of 3 rewritten/);
  assert.doesNotMatch(stdout, /removed,/);
});

test('HEAD keeps the name of a branch that is not there yet, without a secret in it', async () => {
  using repository = aDirtyWorkTree();
  const heads: string[] = [];
  for (const name of ['trunk', `topic-${token}`]) {
    repository.git('symbolic-ref', 'HEAD', `refs/heads/${name}`);
    const { exitCode, output } = await runCli(['clean', '--all', '--force'], { cwd: repository.path });
    assert.equal(exitCode, 0, output);
    heads.push(readFileSync(join(repository.parent, 'app.cleaned.git', 'HEAD'), 'utf8'));
  }

  assert.deepEqual(heads, ['ref: refs/heads/trunk\n', 'ref: refs/heads/topic-REMOVED\n']);
});
