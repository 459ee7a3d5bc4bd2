import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import { createGit, runBareGit } from './git.ts';
import { assertGitVersion, isRecentEnough } from './git-version.ts';
import { openLocalRepository } from './open-local-repository.ts';
import { stripControl } from './strip-control.ts';
import { createProgressParser, parseProgress } from './transfer-progress.ts';
import type { TransferProgress } from './transfer-progress.ts';

test('git sees nothing of our own environment', async () => {
  using work = createTemporaryDirectory();
  process.env['GIT_DIR'] = '/tmp/elsewhere';
  process.env['GIT_TRACE'] = '1';
  process.env['GIT_SSH_COMMAND'] = 'false';
  writeFileSync(join(work.path, 'git'), '#!/bin/sh\nenv\n');
  chmodSync(join(work.path, 'git'), 0o755);

  const output = (await runBareGit(['version'], { homeDirectory: work.path, searchPath: `${work.path}:/usr/bin:/bin` })).toString();
  for (const name of ['GIT_DIR', 'GIT_TRACE', 'GIT_SSH_COMMAND']) delete process.env[name];

  const names = output
    .trim()
    .split('\n')
    .map((line) => line.split('=')[0]!);
  assert.deepEqual(
    names.filter((name) => /^GIT_(?:DIR|TRACE|SSH)/.test(name)),
    [],
  );
  assert.ok(
    names.every((name) =>
      /^(?:GIT_[A-Z_0-9]+|SSH_ASKPASS|PATH|HOME|XDG_CONFIG_HOME|LC_ALL|NODE_V8_COVERAGE|PWD|SHLVL|_|OLDPWD)$/.test(name),
    ),
    names.join(),
  );
});

test('the settings of user and system take no part', async () => {
  using work = createTemporaryDirectory();
  writeFileSync(join(work.path, '.gitconfig'), '[user]\n\tname = Mallory\n');
  mkdirSync(join(work.path, '.config/git'), { recursive: true });
  writeFileSync(join(work.path, '.config/git/config'), '[user]\n\temail = mallory@example.com\n');

  const origins = (await runBareGit(['config', '--list', '--show-origin'], { homeDirectory: work.path })).toString();

  assert.deepEqual(
    new Set(
      origins
        .trim()
        .split('\n')
        .map((line) => line.split('\t')[0]),
    ),
    new Set(['command line:']),
  );
});

test('a failed git tells its sub-command and reason, not its arguments', async () => {
  await using repository = createTestRepository();
  using work = createTemporaryDirectory();
  const git = createGit({ gitDir: repository.gitDir, homeDirectory: work.path });

  await assert.rejects(git.run(['cat-file', '-p', 'no-such-object-name']), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'GIT_FAILED');
    assert.match(error.message, /^git cat-file failed \(exit 128\): fatal: /);
    return true;
  });
});

test('G9 a git that is missing or too old is refused before it is used', async () => {
  await using source = createTestRepository();
  using work = createTemporaryDirectory();
  const bin = join(work.path, 'bin');
  mkdirSync(bin);

  await assert.rejects(openLocalRepository(source.path, { workDirectory: join(work.path, 'a'), searchPath: bin }), {
    code: 'GIT_NOT_FOUND',
  });
  writeFileSync(join(bin, 'git'), '#!/bin/sh\necho git version 2.38.9\n');
  chmodSync(join(bin, 'git'), 0o755);
  await assert.rejects(openLocalRepository(source.path, { workDirectory: join(work.path, 'b'), searchPath: `${bin}:/bin` }), {
    code: 'GIT_TOO_OLD',
  });
  await assertGitVersion({ homeDirectory: work.path });
});

test('versions are compared by number', () => {
  const cases: Record<string, boolean> = {
    'git version 2.39.0': true,
    'git version 2.39.5 (Apple Git-154)': true,
    'git version 2.40.0.windows.1': true,
    'git version 2.100.0': true,
    'git version 3.0': true,
    'git version 2.38.5': false,
    'git version 2.9.9': false,
    'git version 1.99.0': false,
    'git version unknown': false,
    '': false,
  };

  for (const [text, isExpected] of Object.entries(cases)) assert.equal(isRecentEnough(text), isExpected, text);
});

test('G18 control characters and marks that reorder text are taken out', () => {
  assert.equal(stripControl('a\x1b[31mb\x07\x00\x7f\x9bc\r\nd\re\tf\u202eg\u2066h\n'), 'abc\nd\ne\tfgh\n');
  assert.equal(stripControl('grün 日本 🙂'), 'grün 日本 🙂');
});

test('progress is read from whatever pieces git writes it in', () => {
  const text =
    'Cloning into...\nremote: Counting objects:  50% (1/2)\rremote: Counting objects: 100% (2/2), done.\nReceiving objects:   4% (12/300), 1.20 MiB | 2.00 MiB/s\rremote: \x1b[31mResolving deltas: 9% (1/9)\nResolving deltas: 100% (9/9), done.\n';
  const expected: TransferProgress[] = [
    { phase: 'counting', done: 1, total: 2 },
    { phase: 'counting', done: 2, total: 2 },
    { phase: 'receiving', done: 12, total: 300 },
    { phase: 'resolving', done: 1, total: 9 },
    { phase: 'resolving', done: 9, total: 9 },
  ];

  for (const size of [1, 7, 1000]) {
    const seen: TransferProgress[] = [];
    const parse = createProgressParser((progress) => seen.push(progress));
    for (let at = 0; at < text.length; at += size) parse(Buffer.from(text.slice(at, at + size)));
    assert.deepEqual(seen, expected);
  }
  assert.equal(parseProgress('Unknown things: 1% (1/2)'), undefined);
});

for (const [signal, why] of [
  ['SEGV', /SIGSEGV.*nested thousands deep/],
  ['KILL', /SIGKILL.*run out of memory/],
] as const) {
  test(`a git that dies of SIG${signal} is told with what that means`, async () => {
    using work = createTemporaryDirectory();
    writeFileSync(join(work.path, 'git'), `#!/bin/sh\nkill -${signal} $$\n`, { mode: 0o755 });
    const git = createGit({ gitDir: work.path, homeDirectory: work.path, searchPath: `${work.path}:/usr/bin:/bin` });

    await assert.rejects(git.run(['log']), { code: 'LIMIT_EXCEEDED', message: why });
    await assert.rejects(git.start(['log']).done, { code: 'LIMIT_EXCEEDED', message: why });
  });
}
