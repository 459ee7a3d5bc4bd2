import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTestRepository } from '@deployguard/testkit';
import { rewriteTestRepository } from './rewrite-test-repository.ts';

const secret = 'correct-horse-battery-staple';
const fileCount = 21_000;
const commitCount = 1500;

/** A stream for git fast-import: many files at first, then a file that holds the secret, changed in every commit. */
function buildHistory(): string {
  const parts: string[] = [];
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const commit = (number: number): string =>
    `commit refs/heads/main\ncommitter A <a@example.com> ${1_700_000_000 + number} +0000\n${data(`commit ${number}`)}`;
  parts.push(commit(0));
  for (let file = 0; file < fileCount; file++) parts.push(`M 100644 inline d${file % 50}/f${file}\n${data(`file ${file}\n`)}`);
  for (let number = 1; number < commitCount; number++) {
    parts.push(commit(number), `M 100644 inline d7/deep/settings\n${data(`line ${number}\npassword = ${secret}\n`)}`);
  }
  return parts.join('');
}

test('a history of many objects keeps every file but the value, in a pack of what is new and one of what stays', async () => {
  await using repository = createTestRepository({ bare: true });
  await repository.git(['fast-import', '--quiet'], { stdin: buildHistory() });
  await repository.git(['repack', '-adq']);

  await using rewritten = await rewriteTestRepository(repository.path, { values: [secret] });

  assert.equal(rewritten.git('fsck', '--full', '--strict'), '');
  assert.equal(rewritten.result.changedCommitCount, commitCount - 1);
  const packs = readdirSync(join(rewritten.gitDir, 'objects', 'pack')).filter((name) => name.endsWith('.idx'));
  assert.equal(packs.length, 2);
  const objects = rewritten.git('cat-file', '--batch-all-objects', '--batch-check=%(objectname)').trim().split('\n');
  assert.equal(objects.length, new Set(objects).size);
  assert.equal(objects.length, rewritten.result.objectCount);
  const list = async (revision: string): Promise<string> => await repository.git(['ls-tree', '-r', revision]);
  const listNew = (revision: string): string => rewritten.git('ls-tree', '-r', revision);
  for (const revision of ['main', 'main~1', 'main~700', `main~${commitCount - 2}`, `main~${commitCount - 1}`]) {
    const isOther = (line: string): boolean => !line.endsWith('settings');
    assert.deepEqual(listNew(revision).split('\n').filter(isOther), (await list(revision)).split('\n').filter(isOther));
  }
  assert.equal(rewritten.readText('main~700:d7/deep/settings'), `line ${commitCount - 701}\npassword = ***REMOVED***\n`);
  assert.deepEqual(rewritten.findLeaks(secret), []);
});
