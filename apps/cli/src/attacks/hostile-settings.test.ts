import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { createTemporaryDirectory, startTestGitServer } from '@deployguard/testkit';
import { aToken } from '../../test/a-token.ts';
import { aWorkTree, type WorkTree } from '../../test/a-work-tree.ts';
import { listFileDigests } from '../../test/list-file-digests.ts';
import { runCli } from '../../test/run-cli.ts';

const token = aToken('hostile');

test('G7 G8 G23 settings, hooks, filters and attributes run nothing in a whole scan, cleaning, proof and push', async () => {
  using repository = aWorkTree();
  using elsewhere = createTemporaryDirectory();
  repository.commit({ 'prod.env': `TOKEN=${token}\n` });
  const index = join(repository.path, '.git', 'index');
  copyFileSync(index, join(elsewhere.path, 'index'));
  repository.write({ 'staged.env': `TOKEN=${token}\n` });
  repository.git('add', 'staged.env');
  const canary = join(elsewhere.path, 'canary');
  plantPayloads(repository.path, join(elsewhere.path, 'payload'), canary);
  assertBaitWorks(repository, canary);
  const before = listFileDigests(repository.path);
  await using server = await startServer(elsewhere.path);
  const run = (...args: readonly string[]) =>
    runCli([...args, '--repo-path', repository.path], {
      environment: { DEPLOYGUARD_CA_FILE: server.caFile, DEPLOYGUARD_GIT_TOKEN: 'made-up' },
    });

  const runs = [
    await run('scan'),
    await run('scan', '--working-tree'),
    await run('scan', '--staged'),
    await run('clean', '--all'),
    await run('prove'),
    await run('push', '--target-url', `${server.url}/app.git`),
  ];
  const untouched = listFileDigests(repository.path);
  // What is staged would be in the way, and to unstage it git would have to run here.
  copyFileSync(join(elsewhere.path, 'index'), index);
  const inPlace = await run('clean', '--all', '--in-place');

  assert.deepEqual(
    [...runs, inPlace].map(({ exitCode }) => exitCode),
    [1, 1, 1, 0, 0, 0, 0],
    [...runs, inPlace].map(({ output }) => output).join('\n'),
  );
  assert.equal(existsSync(canary), false);
  assert.deepEqual(untouched, before);
  assert.equal(
    [...runs, inPlace].some(({ output }) => output.includes(token)),
    false,
  );
  assert.doesNotMatch(readFileSync(join(repository.parent, 'app.cleaned.git', 'config'), 'utf8'), /payload/);
});

test('G12 a bare repository hidden in the work tree gets no say, from above it or from inside it', async () => {
  using repository = aWorkTree();
  using elsewhere = createTemporaryDirectory();
  repository.commit({ 'prod.env': `TOKEN=${token}\n` });
  const hidden = join(repository.path, 'vendor');
  execFileSync('git', ['init', '--quiet', '--bare', hidden]);
  const canary = join(elsewhere.path, 'canary');
  plantPayloads(hidden, join(elsewhere.path, 'payload'), canary);
  appendFileSync(join(hidden, 'config'), `[core]\n\tworktree = ${repository.path}\n\tbare = false\n`);

  const above = await runCli(['scan', '--working-tree'], { cwd: repository.path });
  const inside = await runCli(['scan'], { cwd: join(hidden, 'refs') });
  const named = await runCli(['scan', '--repo-path', hidden]);

  assert.equal(above.exitCode, 1, above.output);
  assert.equal(inside.exitCode, 1, 'the repository around it was scanned');
  assert.match(named.stderr, /nothing was scanned/);
  assert.equal(existsSync(canary), false);
});

/** git itself must fall for it, else the test proves nothing. */
function assertBaitWorks({ path }: WorkTree, canary: string): void {
  try {
    execFileSync('git', ['status'], { cwd: path, stdio: 'ignore' });
  } catch {
    // What counts is whether the payload ran.
  }
  assert.ok(existsSync(canary));
  rmSync(canary);
}

/** Settings by which a repository can make git start a program, all hooks, and attributes that switch filters on. */
function plantPayloads(path: string, payload: string, canary: string): void {
  const gitDir = existsSync(join(path, '.git')) ? join(path, '.git') : path;
  writeFileSync(payload, `#!/bin/sh\necho "$0 $*" >> '${canary}'\n`);
  chmodSync(payload, 0o755);
  appendFileSync(
    join(gitDir, 'config'),
    `[core]
	fsmonitor = ${payload}
	sshCommand = ${payload}
	gitProxy = ${payload}
	pager = ${payload}
	editor = ${payload}
	askPass = ${payload}
	alternateRefsCommand = ${payload}
	hooksPath = ${join(gitDir, 'hooks')}
[filter "evil"]
	clean = ${payload}
	smudge = ${payload}
	process = ${payload}
	required = true
[diff "evil"]
	textconv = ${payload}
	command = ${payload}
[diff]
	external = ${payload}
[merge "evil"]
	driver = ${payload}
[gpg]
	program = ${payload}
[log]
	showSignature = true
[credential]
	helper = ${payload}
[uploadpack]
	packObjectsHook = ${payload}
[alias]
	log = !${payload}
	push = !${payload}
[url "ext::${payload}"]
	insteadOf = https://
[remote "origin"]
	url = ext::${payload}
	uploadpack = ${payload}
	receivepack = ${payload}
`,
  );
  mkdirSync(join(gitDir, 'hooks'), { recursive: true });
  mkdirSync(join(gitDir, 'info'), { recursive: true });
  for (const hook of [
    'pre-commit',
    'post-index-change',
    'reference-transaction',
    'pre-push',
    'pre-receive',
    'update',
    'post-update',
    'post-checkout',
  ]) {
    rmSync(join(gitDir, 'hooks', hook), { force: true });
    symlinkSync(payload, join(gitDir, 'hooks', hook));
  }
  writeFileSync(join(gitDir, 'info', 'attributes'), '* filter=evil diff=evil merge=evil\n');
  writeFileSync(join(path, '.lfsconfig'), '[lfs]\n\turl = https://localhost:1/\n');
}

async function startServer(directory: string): ReturnType<typeof startTestGitServer> {
  execFileSync('git', ['init', '--quiet', '--bare', join(directory, 'served', 'app.git')]);
  return await startTestGitServer({ root: join(directory, 'served'), credentials: 'x-access-token:made-up' });
}
