import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { snapshotFolder } from './snapshot-folder.ts';

test('the same files are the same commit whenever it is made, and other files another one', async () => {
  using directory = createTemporaryDirectory();
  const folder = join(directory.path, 'site');
  const page = join(folder, 'index.html');
  mkdirSync(folder);
  const snapshot = async (text: string, at: Date): Promise<string | undefined> => {
    writeFileSync(page, text);
    utimesSync(page, at, at);
    const work = join(directory.path, `${at.getTime()}`);
    mkdirSync(work);
    await using repository = await snapshotFolder(folder, work, new AbortController().signal);
    return repository.refs.find(({ name }) => name === 'refs/heads/main')?.target;
  };

  const first = await snapshot('one', new Date(1_700_000_000_000));
  // Commits are dated by the second.
  await delay(1100);
  const again = await snapshot('one', new Date(1_800_000_000_000));
  const other = await snapshot('two', new Date(1_900_000_000_000));

  assert.match(String(first), /^[0-9a-f]{40}$/);
  assert.equal(again, first);
  assert.notEqual(other, first);
});

test('what a repository around the folder has git ignore is left out, unless that is the folder', async () => {
  using directory = createTemporaryDirectory();
  const top = join(directory.path, 'shop');
  const write = writerOf(top);
  for (const path of [
    '.git/HEAD',
    'web/index.html',
    'web/.env',
    'web/local.txt',
    'web/src/.env',
    'web/own.log',
    'web/dist/a.js',
    'dist/b.js',
    'api/c.js',
  ])
    write(path);
  write('.git/info/exclude', 'local.txt\n');
  write('.git/objects/keep');
  write('.gitignore', '.env\n/dist/\nweb/dist/\n');
  write('web/.gitignore', '*.log\n');
  const list = async (folder: string): Promise<string[]> => {
    const work = join(directory.path, folder.replaceAll('/', '-'));
    mkdirSync(work);
    await using repository = await snapshotFolder(join(top, folder), work, new AbortController().signal);
    const names = await repository.git.run(['ls-tree', '-r', '--name-only', 'refs/heads/main']);
    return names.toString('utf8').trim().split('\n');
  };

  assert.deepEqual(await list('web'), ['.gitignore', 'index.html']);
  assert.deepEqual(await list('dist'), ['b.js']);
  assert.deepEqual(
    await list('web/src').catch((error: Error) => error.message.split(':')[0]),
    `There is nothing in ${join(top, 'web/src')}`,
  );
  assert.deepEqual(await list('api'), ['c.js']);
});

test('files of repositories inside of the folder are sent like all others, whatever is committed in them', async () => {
  using directory = createTemporaryDirectory();
  const top = join(directory.path, 'site');
  const write = writerOf(top);
  const git = (path: string, ...args: string[]): void => {
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@localhost'];
    execFileSync('git', ['-C', join(top, path), ...who, ...args], { stdio: 'pipe' });
  };
  for (const path of ['index.html', 'themes/thème/a.css', 'themes/thème/deep/b.css', '.hidden/c', 'cache/d', 'node_modules/e/f'])
    write(path);
  write('.gitignore', '/cache/\n');
  for (const path of ['themes/thème', 'themes/thème/deep', '.hidden', 'cache', 'node_modules/e']) git(path, 'init', '--quiet');
  git('themes/thème', 'add', 'a.css');
  git('themes/thème', 'commit', '--quiet', '-m', 'one');
  write('themes/thème/not-committed.css');
  write('themes/thème/.gitignore', '*.map\n');
  write('themes/thème/a.map');
  const list = async (folder: string): Promise<string[]> => {
    const work = createTemporaryDirectory();
    await using repository = await snapshotFolder(folder, work.path, new AbortController().signal);
    const names = await repository.git.run(['ls-tree', '-r', '-z', '--name-only', 'refs/heads/main']);
    work[Symbol.dispose]();
    return names.toString('utf8').split('\0').slice(0, -1);
  };
  const themes = ['.gitignore', 'a.css', 'deep/b.css', 'not-committed.css'];

  assert.deepEqual(await list(top), ['.gitignore', '.hidden/c', 'index.html', ...themes.map((path) => `themes/thème/${path}`)]);
  git('.', 'init', '--quiet');
  assert.deepEqual(
    await list(join(top, 'themes')),
    themes.map((path) => `thème/${path}`),
  );
});

function writerOf(folder: string) {
  return (path: string, text = 'x'): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
}
