import assert from 'node:assert/strict';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
