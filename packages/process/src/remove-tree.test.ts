import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempDisposableSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { removeTree } from './remove-tree.ts';
import { runProcess } from './run-process.ts';

test('folders deeper than a path can be long, and those that nobody may enter, are removed; what links lead to is not', async () => {
  using directory = mkdtempDisposableSync(join(tmpdir(), 'deployguard-remove-'));
  const [tree, outside] = [join(directory.path, 'tree'), join(directory.path, 'outside')];
  mkdirSync(join(tree, 'locked'), { recursive: true });
  chmodSync(join(tree, 'locked'), 0);
  mkdirSync(outside);
  writeFileSync(join(outside, 'kept'), '');
  symlinkSync(outside, join(tree, 'link'));
  const deep = await runProcess({
    program: 'perl',
    args: ['-e', 'for (1..600) { mkdir "dddddddd"; chdir "dddddddd" } open F, ">file"'],
    cwd: tree,
    env: { PATH: '/usr/bin:/bin' },
  });
  assert.equal(deep.exitCode, 0, deep.stderr);

  await removeTree(tree);

  assert.equal(existsSync(tree), false);
  assert.ok(existsSync(join(outside, 'kept')));
  await removeTree(tree);
});
