import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { aToken } from '../../test/a-token.ts';
import { aWorkTree, type WorkTree } from '../../test/a-work-tree.ts';
import { launcher } from '../../test/run-cli.ts';

const tokens = ['gho', 'ghp', 'ghs'].map((prefix) => aToken(`review ${prefix}`, prefix));

function aDirtyWorkTree(): WorkTree {
  const repository = aWorkTree();
  repository.commit({ 'README.md': 'x\n' });
  repository.commit(Object.fromEntries(tokens.map((token, index) => [`tests/${index}.env`, `${token}\n`])), 'settings');
  return repository;
}

/** Runs a review on a terminal (a pseudo-terminal of `script`) and presses a key each time that a question stands there. */
async function review(repository: WorkTree, keys: readonly string[]): Promise<{ screen: string; exitCode: number | null }> {
  const command = `'${process.execPath}' '${launcher}' clean --interactive --dry-run`;
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', `stty cols 100; ${command}`, '/dev/null'], {
    cwd: repository.path,
    env: { PATH: process.env['PATH'], HOME: repository.parent, LANG: 'C.UTF-8', TERM: 'xterm' },
    timeout: 60_000,
  });
  let screen = '';
  let answered = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    const asked = screen.split('Remove it from history?').length - 1;
    for (; answered < Math.min(asked, keys.length); answered++) child.stdin.write(keys[answered]!);
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { screen: stripVTControlCharacters(screen).replaceAll('\r', ''), exitCode };
}

test('one secret is shown at a time: value masked, kind, places, first commit, doubts', async () => {
  using repository = aDirtyWorkTree();

  const { screen, exitCode } = await review(repository, ['y', 'n', 'y']);

  assert.equal(exitCode, 0, screen);
  assert.match(screen, /CRITICAL {2}GitHub .* {2}1 of 3\n/);
  assert.match(screen, /Value +gh[a-z]\.\.\.\w{3}\n/);
  assert.match(screen, /Places +tests\/\d\.env:1:1 {2}in HEAD\n/);
  assert.match(screen, /First +[0-9a-f]{7} {2}2026-01-31 {2}Jane Doe {2}settings\n/);
  assert.match(screen, /Doubts +It stands only in files of tests, fixtures or examples\.\n/);
  assert.match(screen, /2 secrets of 3 chosen\.\n/);
  assert.match(screen, /Dry run: nothing was written\. 2 secrets would go/);
  for (const token of tokens) assert.equal(screen.includes(token), false);
});

for (const [name, keys, chosen] of [
  ['a takes all from here', ['n', 'a'], 2],
  ['s keeps the rest', ['y', 's'], 1],
  ['b goes back to decide again', ['n', 'b', 'y', 'y', 'y'], 3],
  ['keys without meaning are passed over', ['xn', 'n', 'n'], 0],
] as const) {
  test(name, async () => {
    using repository = aDirtyWorkTree();

    const { screen, exitCode } = await review(repository, keys);

    assert.equal(exitCode, 0, screen);
    assert.match(screen, new RegExp(`${chosen} secrets? of 3 chosen\\.`));
  });
}

for (const [name, key] of [
  ['q', 'q'],
  ['Ctrl-D', '\u0004'],
] as const) {
  test(`${name} leaves without doing anything`, async () => {
    using repository = aDirtyWorkTree();

    const { screen, exitCode } = await review(repository, ['y', key]);

    assert.equal(exitCode, 0);
    assert.match(screen, /quit\nNothing was changed\.\n$/);
    assert.equal(existsSync(join(repository.parent, 'app.cleaned.git')), false);
  });
}

test('Ctrl-C in a review interrupts, and the keyboard is given back', async () => {
  using repository = aDirtyWorkTree();

  const { screen, exitCode } = await review(repository, ['\u0003']);

  assert.equal(exitCode, 130, screen);
  assert.match(screen, /Interrupted\./);
});
