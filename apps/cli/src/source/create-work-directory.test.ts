import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { aWorkTree } from '../../test/a-work-tree.ts';
import { runCli } from '../../test/run-cli.ts';
import { createWorkDirectory } from './create-work-directory.ts';

test('what a killed command left in the temporary directory is removed by the next one, and nothing else', async () => {
  using repository = aWorkTree();
  using temporary = createTemporaryDirectory();
  repository.commit({ a: 'a\n' });
  await using mine = await createWorkDirectory();
  const [, space] = basename(mine.path).split('-');
  // The id of a process that has ended.
  const { pid } = spawnSync('true');
  const stale = `deployguard-${space}-${pid}-abcdef`;
  const kept = [
    `deployguard-${space}-${process.pid}-abcdef`,
    `deployguard-${Number(space) + 1}-${pid}-abcdef`,
    `deployguard-${space}-${pid}-abcdef.txt`,
    'deployguard-notes',
  ];
  for (const name of [stale, ...kept]) {
    mkdirSync(join(temporary.path, name));
    writeFileSync(join(temporary.path, name, 'object'), 'a');
  }

  const { exitCode, output } = await runCli(['scan'], { cwd: repository.path, environment: { TMPDIR: temporary.path } });

  assert.equal(exitCode, 0, output);
  assert.deepEqual(readdirSync(temporary.path).sort(), kept.sort());
});

test('a temporary directory that cannot be used is named, and how to choose another', async () => {
  using repository = aWorkTree();
  repository.commit({ a: 'a\n' });

  const { exitCode, stderr } = await runCli(['scan'], { cwd: repository.path, environment: { TMPDIR: '/no/such/place' } });

  assert.equal(exitCode, 5);
  assert.match(stderr, /error: .*\/no\/such\/place: no such file or directory\. Set TMPDIR/);
});
