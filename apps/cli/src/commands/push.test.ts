import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { startTestGitServer, type TestGitServer } from '@deployguard/testkit';
import { aToken } from '../../test/a-token.ts';
import { aWorkTree, type WorkTree } from '../../test/a-work-tree.ts';
import { type CliRun, runCli } from '../../test/run-cli.ts';

const token = aToken('push');
const password = 'made-up-password';

interface Scene extends AsyncDisposable {
  readonly source: WorkTree;
  readonly server: TestGitServer;
  readonly remote: string;
  readonly url: string;
  run(...args: readonly string[]): Promise<CliRun>;
  remoteGit(...args: readonly string[]): string;
}

/** A repository with a secret, published on an https server that asks for a password. */
async function aScene(): Promise<Scene> {
  const source = aWorkTree();
  source.commit({ 'a.txt': `${token}\n` }, 'first');
  source.commit({ 'a.txt': 'removed\n' }, 'second');
  source.git('branch', 'topic');
  const remote = join(source.parent, 'served', 'app.git');
  execFileSync('git', ['clone', '--quiet', '--mirror', source.path, remote]);
  const server = await startTestGitServer({ root: join(source.parent, 'served'), credentials: `jane:${password}` });
  const environment = { DEPLOYGUARD_GIT_USERNAME: 'jane', DEPLOYGUARD_GIT_TOKEN: password, DEPLOYGUARD_CA_FILE: server.caFile };
  return {
    source,
    server,
    remote,
    url: `${server.url}/app.git`,
    run: (...args) => runCli(args, { cwd: source.path, environment }),
    remoteGit: (...args) => execFileSync('git', args, { cwd: remote, encoding: 'utf8', maxBuffer: 1e8 }).trim(),
    async [Symbol.asyncDispose]() {
      await server.close();
      source[Symbol.dispose]();
    },
  };
}

/** What someone gets who clones now. */
function cloneContent({ remote, source }: Scene): string {
  const clone = join(source.parent, 'fresh.git');
  rmSync(clone, { recursive: true, force: true });
  execFileSync('git', ['clone', '--quiet', '--mirror', `file://${remote}`, clone], { stdio: 'ignore' });
  return execFileSync('git', ['cat-file', '--batch', '--batch-all-objects'], { cwd: clone, encoding: 'latin1', maxBuffer: 1e8 });
}

test('the proven result replaces the published history, and a fresh clone of it is proven', async () => {
  await using scene = await aScene();
  await scene.run('clean', '--all');

  const { exitCode, output, stdout } = await scene.run('push', '--target-url', scene.url, '--force');

  assert.equal(exitCode, 0, output);
  assert.equal(cloneContent(scene).includes(token), false);
  assert.match(stdout, /Refs {5}2 updated\n/);
  assert.match(stdout, /a fresh clone: \d+ objects searched for 1 value, none found\n/);
  for (const hidden of [token, password]) assert.equal(output.includes(hidden), false);
});

test('a remote repository is scanned and cleaned by its URL', async () => {
  await using scene = await aScene();

  const scanned = await scene.run('scan', '--url', scene.url);
  const cleaned = await scene.run('clean', '--all', '--url', scene.url, '--output', join(scene.source.parent, 'result.git'));
  const pushed = await scene.run('push', '--repo-path', join(scene.source.parent, 'result.git'), '--target-url', scene.url, '--force');

  assert.equal(scanned.exitCode, 1, scanned.output);
  assert.equal(cleaned.exitCode, 0, cleaned.output);
  assert.equal(pushed.exitCode, 0, pushed.output);
  assert.match(pushed.stdout, /the target has the same ids/);
  assert.equal(cloneContent(scene).includes(token), false);
});

test('where no value can be searched for, it is said why, and that the ids are the same', async () => {
  using source = aWorkTree();
  source.commit({ 'a.txt': `${token}\n`, 'b.txt': 'removed\n' });
  const { parent } = source;
  const [texts, result] = [join(parent, 'texts'), join(parent, 'result.git')];
  writeFileSync(texts, 'removed\n');
  const push = async (...flags: readonly string[]) => {
    const target = join(parent, 'target.git');
    rmSync(target, { recursive: true, force: true });
    execFileSync('git', ['init', '--quiet', '--bare', target]);
    return (await runCli(['push', '--target-url', target, ...flags], { cwd: source.path })).stdout;
  };
  const clean = (...flags: readonly string[]) => runCli(['clean', '--force', ...flags], { cwd: source.path });

  await clean('--replace-text', texts);
  const [ofTexts, unproven] = [await push(), await push('--unproven')];
  await clean('--all', '--output', result);
  const ofResult = await push('--repo-path', result);
  await clean('--remove-path', 'a.txt', '--output', result);
  const ofPaths = await push('--repo-path', result);

  assert.match(ofTexts, /the target has the same ids; nothing was searched, because a scan of the repository that was cleaned tells none/);
  assert.match(ofTexts, /deployguard prove --repo-path \S+app\.cleaned\.git --replace-text <file>\n/);
  assert.match(unproven, /the target has the same ids; nothing was searched, because no proof says for which values\n/);
  assert.match(ofResult, /the target has the same ids; nothing was searched, because a cleaned repository does not tell/);
  assert.match(ofPaths, /the target has the same ids; there was no value to search for: what was removed are paths\n/);
  assert.doesNotMatch(ofPaths, /--replace-text/);
});

test('without a cleaned result there is nothing to push', async () => {
  await using scene = await aScene();
  await scene.run('clean', '--all', '--dry-run');

  const { exitCode, stderr } = await scene.run('push', '--target-url', scene.url);

  assert.equal(exitCode, 5);
  assert.match(stderr, /Make one with `deployguard clean`|there is no key of your own/);
});

for (const [name, spoil] of [
  ['its proof is gone', ({ source }: Scene) => renameSync(join(source.parent, 'app.cleaned.proof.json'), join(source.parent, 'elsewhere'))],
  [
    'its proof was changed',
    ({ source }: Scene) => {
      const file = join(source.parent, 'app.cleaned.proof.json');
      const envelope = JSON.parse(readFileSync(file, 'utf8'));
      const payload = Buffer.from(envelope.payload, 'base64').toString('utf8').replace('"refCount":2', '"refCount":3');
      writeFileSync(file, JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString('base64') }));
    },
  ],
  [
    'its refs were changed',
    ({ source }: Scene) => {
      const file = join(source.parent, 'app.cleaned.git', 'packed-refs');
      appendFileSync(
        file,
        readFileSync(file, 'utf8')
          .split('\n')
          .at(-2)!
          .replace(/refs\/heads\/\S+/, 'refs/heads/sneaked-in') + '\n',
      );
    },
  ],
] as const) {
  test(`a result is refused when ${name}; --unproven pushes it loudly`, async () => {
    await using scene = await aScene();
    await scene.run('clean', '--all');
    spoil(scene);

    const refused = await scene.run('push', '--target-url', scene.url, '--force');
    const before = scene.remoteGit('for-each-ref');
    const pushed = await scene.run('push', '--target-url', scene.url, '--unproven');

    assert.equal(refused.exitCode, 5, refused.output);
    assert.match(refused.stderr, /No cleaned result of .* is proven:\n.*app\.cleaned\.git: [^]*--unproven/);
    assert.match(before, /refs\/heads\/main/);
    assert.match(pushed.stderr, /warning: Pushing WITHOUT a proof/);
    assert.equal(/The proof beside it \(.*app\.cleaned\.proof\.json\) does not fit: \S/.test(pushed.stderr), name !== 'its proof is gone');
  });
}

test('a branch that moved since is left alone and all others with it, reported, and the exit code is 5', async () => {
  await using scene = await aScene();
  scene.source.git('branch', 'before', 'main~1');
  scene.source.git('push', '--quiet', scene.remote, 'before');
  await scene.run('clean', '--all');
  scene.source.commit({ 'new.txt': 'work\n' }, 'pushed meanwhile');
  scene.source.git('push', '--quiet', scene.remote, 'main');
  const published = scene.remoteGit('for-each-ref');

  const { exitCode, stdout } = await scene.run('push', '--target-url', scene.url, '--force');

  assert.equal(exitCode, 5);
  assert.match(
    stdout,
    /Nothing was pushed to [^]*Not pushed: these refs still have the old history\n {2}refs\/heads\/main .*scan and clean again[^]*refs\/heads\/topic .*another ref/,
  );
  assert.equal(scene.remoteGit('for-each-ref'), published);
});

test('without --force nothing published is replaced', async () => {
  await using scene = await aScene();
  await scene.run('clean', '--all');
  const before = scene.remoteGit('for-each-ref');

  const { exitCode, stdout } = await scene.run('push', '--target-url', scene.url);

  assert.equal(exitCode, 5);
  assert.match(stdout, /Nothing was pushed to [^]*still have the old history\n {2}refs\/heads\/main [^]*--force\n/);
  assert.doesNotMatch(stdout, /Checked/);
  assert.equal(scene.remoteGit('for-each-ref'), before);
});

test('a branch whose name held the secret is renamed, and its old name goes from the target', async () => {
  await using scene = await aScene();
  scene.source.git('branch', `wip-${token}`);
  scene.source.git('push', '--quiet', scene.remote, `wip-${token}`);
  await scene.run('clean', '--all');

  const { exitCode, output } = await scene.run('push', '--target-url', scene.url, '--force');

  assert.equal(exitCode, 0, output);
  assert.equal(scene.remoteGit('for-each-ref').includes(token), false);
  assert.equal(output.includes(token), false);
});

for (const [name, toTarget] of [
  ['an absolute path', (path: string) => path],
  ['a file URL', (path: string) => `file://${path}`],
  ['a path from where the user is', () => '../served/app.git'],
] as const) {
  test(`a repository on this machine is pushed to by ${name}; its own hooks have their say`, async () => {
    await using scene = await aScene();
    await scene.run('clean', '--all');
    const hook = join(scene.remote, 'hooks', 'pre-receive');
    mkdirSync(join(scene.remote, 'hooks'), { recursive: true });
    writeFileSync(hook, '#!/bin/sh\necho "No pushes today" >&2\nexit 1\n', { mode: 0o755 });

    const refused = await scene.run('push', '--target-url', toTarget(scene.remote), '--force');
    rmSync(hook);
    const pushed = await scene.run('push', '--target-url', toTarget(scene.remote), '--force');

    assert.equal(refused.exitCode, 5, refused.output);
    assert.match(refused.stdout, /Nothing was pushed to [^]*The target refuses these[^]*remote: No pushes today/);
    assert.equal(pushed.exitCode, 0, pushed.output);
    assert.match(pushed.stdout, /Checked {2}a fresh clone/);
    assert.equal(scene.remoteGit('log', '--all', '--format=%H', '-S', token), '');
  });
}

test('a repository on this machine is scanned by its file URL as by its path', async () => {
  await using scene = await aScene();

  const { exitCode, stdout } = await scene.run('scan', '--url', `file://${scene.remote}`, '--format', 'json');

  assert.equal(exitCode, 1);
  assert.deepEqual([JSON.parse(stdout).findings.length, JSON.parse(stdout).subject.name], [1, 'app']);
});

test('killed while it pushes, the target has the old history or the new one, and the next push says which', async () => {
  using source = aWorkTree();
  source.commit({ 'a.txt': `${token}\n` });
  source.git('branch', 'topic');
  const [target, pidFile] = [join(source.parent, 'target.git'), join(source.parent, 'pid')];
  execFileSync('git', ['clone', '--quiet', '--mirror', source.path, target]);
  const refs = (gitDir: string) => execFileSync('git', ['for-each-ref'], { cwd: gitDir, encoding: 'utf8' });
  const before = refs(target);
  await runCli(['clean', '--all'], { cwd: source.path });
  const push = () =>
    runCli(['push', '--target-url', target, '--force'], {
      cwd: source.path,
      onStart: (pid) => writeFileSync(pidFile, String(pid)),
    });
  /** At that step of the target, which then goes on or refuses. */
  const pushKilledIn = async (hook: string, exitCode: number) => {
    mkdirSync(join(target, 'hooks'), { recursive: true });
    const file = join(target, 'hooks', hook);
    writeFileSync(file, `#!/bin/sh\nkill -9 "$(cat '${pidFile}')"\nexit ${exitCode}\n`, { mode: 0o755 });
    const killed = await push();
    rmSync(file);
    return [killed.exitCode, refs(target)];
  };

  const refused = await pushKilledIn('pre-receive', 1);
  const taken = await pushKilledIn('post-receive', 0);
  const next = await push();

  const after = refs(join(source.parent, 'app.cleaned.git'));
  assert.notEqual(before, after);
  assert.deepEqual(
    [refused, taken],
    [
      [null, before],
      [null, after],
    ],
  );
  assert.equal(next.exitCode, 0, next.output);
  assert.match(next.stdout, /Refs {5}2 unchanged\n {2}Checked {2}a fresh clone: \d+ objects searched for 1 value, none found\n/);
});
