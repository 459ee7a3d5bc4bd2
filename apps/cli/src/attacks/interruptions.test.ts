import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import { aToken } from '../../test/a-token.ts';
import { aWorkTree, type WorkTree } from '../../test/a-work-tree.ts';
import { listFileDigests } from '../../test/list-file-digests.ts';
import { launcher, runCli } from '../../test/run-cli.ts';

const token = aToken('interruptions');

function aDirtyWorkTree(): WorkTree {
  const repository = aWorkTree();
  repository.commit({ 'prod.env': `TOKEN=${token}\n` });
  return repository;
}

for (const phase of ['Searching objects', 'Rewriting commits', 'Copying objects', 'Writing the result']) {
  test(`killed at "${phase}", the source is intact, nothing looks finished, and the next run clears up`, async () => {
    using repository = aDirtyWorkTree();
    // Each phase has to last longer than the way of a signal.
    repository.commit({ noise: randomBytes(12 * 1024 * 1024).toString('base64') });
    const before = listFileDigests(repository.path);

    for (const flags of [[], ['--in-place']]) await killAt(phase, ['clean', '--all', ...flags], repository.path);
    const left = readdirSync(repository.parent);
    const untouched = listFileDigests(repository.path).filter((line) => !line.startsWith('.git.tmp-'));
    const next = [
      await runCli(['clean', '--all'], { cwd: repository.path }),
      await runCli(['clean', '--all', '--in-place'], { cwd: repository.path }),
    ];

    assert.deepEqual(untouched, before);
    assert.ok(
      left.every((name) => name === 'app' || name.startsWith('app.cleaned.git.tmp-') || /^app(?:\.cleaned)?\.maps$/.test(name)),
      left.join(),
    );
    assert.deepEqual(
      next.map(({ exitCode }) => exitCode),
      [0, 0],
      next[0]!.output + next[1]!.output,
    );
    assert.equal(
      [...readdirSync(repository.parent), ...readdirSync(repository.path)].some((name) => name.includes('.tmp-')),
      false,
    );
  });
}

/** SIGKILL to the program and its gits as soon as it says that it is there. */
async function killAt(phase: string, args: readonly string[], cwd: string): Promise<void> {
  using home = createTemporaryDirectory();
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: home.path, TMPDIR: home.path },
  });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    if (text.includes(phase)) child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  assert.equal(signal, 'SIGKILL', text);
}

/** Kills its own process right before the n-th time that something gets its name. */
const killer = `
  import fs from 'node:fs/promises';
  import { syncBuiltinESMExports } from 'node:module';
  import { isMainThread } from 'node:worker_threads';
  const { rename } = fs;
  let left = Number(process.env.KILL_AT_RENAME);
  fs.rename = (...places) => {
    if (isMainThread && --left === 0) process.kill(process.pid, 'SIGKILL');
    return rename(...places);
  };
  syncBuiltinESMExports();
`;

/** Stages a file when the rewritten repository is there and nothing is proven yet. */
const stager = `
  import { execFileSync } from 'node:child_process';
  import fs from 'node:fs/promises';
  import { syncBuiltinESMExports } from 'node:module';
  import { isMainThread } from 'node:worker_threads';
  const { rename } = fs;
  let isStaged = false;
  fs.rename = (...places) => {
    if (isMainThread && !isStaged) execFileSync('git', ['add', 'new.txt']);
    isStaged = true;
    return rename(...places);
  };
  syncBuiltinESMExports();
`;

/** Runs the program on fresh repositories, killed right before its first rename, its second and so on, and at last to the end. */
async function killAtEachRename(
  args: readonly string[],
  check: (repository: WorkTree, isKilled: boolean) => Promise<void>,
): Promise<number> {
  for (let at = 1; ; at++) {
    using repository = aDirtyWorkTree();
    const { exitCode, output } = await runCli(args, {
      cwd: repository.path,
      environment: { KILL_AT_RENAME: String(at), NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(killer)}` },
    });
    assert.ok(exitCode === null || exitCode === 0, output);
    await check(repository, exitCode === null);
    if (exitCode === 0) return at - 1;
  }
}

test('killed before anything of a result gets its name, nothing counts as proven until the proof has its own', async () => {
  const renames = await killAtEachRename(['clean', '--all'], async (repository, isKilled) => {
    const { exitCode } = await runCli(['prove'], { cwd: repository.path });

    assert.equal(exitCode, isKilled ? 5 : 0);
    assert.equal(repository.git('show', 'HEAD:prod.env'), `TOKEN=${token}`);
  });

  // The rewritten repository in its temporary place, then in its own, the aftercare, the proof.
  assert.ok(renames >= 4, String(renames));
});

test('killed in the middle of the swap of a cleaning in place, the original is whole, and the next command tells where', async () => {
  const seen = new Set<string>();

  await killAtEachRename(['clean', '--all', '--in-place'], async (repository, isKilled) => {
    const isGone = !existsSync(join(repository.path, '.git'));
    if (isGone) {
      const { stderr } = await runCli(['scan'], { cwd: repository.path });
      const [, from = '', to = ''] = /interrupted at .*Nothing is lost: mv (\S+) (\S+)/.exec(stderr) ?? [];
      renameSync(from, to);
    }
    const isCleaned = repository.git('show', 'HEAD:prod.env') !== `TOKEN=${token}`;
    seen.add(isGone ? 'gone' : isCleaned ? (isKilled ? 'unproven' : 'proven') : 'untouched');

    repository.git('fsck', '--strict');
    assert.equal((await runCli(['prove'], { cwd: repository.path })).exitCode, isKilled ? 5 : 0);
  });

  assert.deepEqual([...seen].sort(), ['gone', 'proven', 'unproven', 'untouched']);
});

test('what was committed during a cleaning in place is not lost: nothing is swapped', async () => {
  using repository = aDirtyWorkTree();
  let committed: string | undefined;

  const { exitCode, output } = await runCli(['clean', '--all', '--in-place'], {
    cwd: repository.path,
    onOutput(text) {
      if (committed === undefined && text.includes('Searching objects')) committed = repository.commit({ 'new.txt': 'work\n' });
    },
  });

  assert.equal(exitCode, 5, output);
  assert.match(output, /changed while it was being cleaned/);
  assert.equal(repository.git('rev-parse', 'HEAD'), committed);
  assert.deepEqual(readdirSync(repository.parent), ['app']);
});

test('what was staged during a cleaning in place is not lost: nothing is swapped', async () => {
  using repository = aDirtyWorkTree();
  repository.write({ 'new.txt': 'work\n' });

  const { exitCode, output } = await runCli(['clean', '--all', '--in-place'], {
    cwd: repository.path,
    environment: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(stager)}` },
  });

  assert.equal(exitCode, 2, output);
  assert.match(output, /staged changes/);
  assert.equal(repository.git('status', '--short'), 'A  new.txt');
  assert.deepEqual(readdirSync(repository.parent), ['app']);
});

test('--in-place refuses a sub-module and a repository in the middle of a merge', async () => {
  using repository = aDirtyWorkTree();
  using outer = aWorkTree('outer');
  outer.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', repository.path, 'inner');
  writeFileSync(join(repository.path, '.git', 'MERGE_HEAD'), `${repository.git('rev-parse', 'HEAD')}\n`);

  const inner = await runCli(['clean', '--all', '--in-place', '--repo-path', join(outer.path, 'inner')]);
  const merging = await runCli(['clean', '--all', '--in-place', '--repo-path', repository.path]);

  assert.deepEqual([inner.exitCode, merging.exitCode], [2, 2]);
  assert.match(inner.stderr, /sub-?module/);
  assert.match(merging.stderr, /in the middle of something \(MERGE_HEAD\)/);
  assert.deepEqual(readdirSync(outer.parent), ['outer']);
});

test('of cleanings that run at once each gets a place of its own, or is refused', async () => {
  using repository = aDirtyWorkTree();

  const runs = await Promise.all([1, 2, 3].map(() => runCli(['clean', '--all'], { cwd: repository.path })));

  assert.ok(runs.some(({ exitCode }) => exitCode === 0));
  assert.equal(
    runs.every(({ exitCode }) => exitCode === 0 || exitCode === 5),
    true,
    runs.map(({ output }) => output).join('\n'),
  );
  assert.equal((await runCli(['prove'], { cwd: repository.path })).exitCode, 0);
  assert.equal(
    readdirSync(repository.parent).some((name) => name.includes('.tmp')),
    false,
  );
});

for (const { name, message, open } of listSmallPlaces()) {
  test(`${name} is told as such, and nothing of the failed cleaning stays`, async () => {
    using place = open();
    await using repository = createTestRepository();
    repository.commit({ files: { 'prod.env': `TOKEN=${token}\n`, noise: randomBytes(512 * 1024) } });
    const run = (...args: string[]) => runCli([...args, '--repo-path', repository.path], { node: place.node });
    const clean = (result: string) => run('clean', '--all', '--output', join(place.path, result));

    const runs = [await clean('clean.git'), await clean('clean.zip'), await clean('clean.bundle')];
    const report = await run('scan', '--format', 'html', '--output', join(place.path, 'noise'));

    for (const { exitCode, stderr } of runs) {
      assert.equal(exitCode, 5, stderr);
      assert.match(stderr, message);
    }
    assert.deepEqual([report.exitCode, readdirSync(place.path)], [1, ['noise']], report.stderr);
  });
}

interface SmallPlace extends Disposable {
  readonly path: string;
  /** The program to run the command with. */
  readonly node: string;
}

/** A limit on the size of files (setrlimit(2)) is to be had everywhere; a small disk, as root where mounting is allowed. */
function listSmallPlaces(): { readonly name: string; readonly message: RegExp; open(): SmallPlace }[] {
  const limit = { name: 'a limit on the size of files', message: /larger than the system allows/, open: openLimited };
  return canMount() ? [limit, { name: 'a full disk', message: /disk is full/, open: openSmallDisk }] : [limit];
}

function openLimited(): SmallPlace {
  const directory = createTemporaryDirectory();
  const [path, node] = [join(directory.path, 'results'), join(directory.path, 'limited-node')];
  mkdirSync(path);
  // Blocks of 512 or, with some shells, of 1024 bytes.
  writeFileSync(node, `#!/bin/sh\nulimit -f 400\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 });
  return { path, node, [Symbol.dispose]: directory.dispose };
}

function openSmallDisk(): SmallPlace {
  const directory = createTemporaryDirectory();
  const path = join(directory.path, 'small');
  mkdirSync(path);
  mountSmall(path);
  return {
    path,
    node: process.execPath,
    [Symbol.dispose]() {
      execFileSync('umount', [path]);
      directory.dispose();
    },
  };
}

function canMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  using directory = createTemporaryDirectory();
  try {
    mountSmall(directory.path);
    execFileSync('umount', [directory.path]);
    return true;
  } catch {
    return false;
  }
}

function mountSmall(path: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', path], { stdio: 'ignore' });
}
