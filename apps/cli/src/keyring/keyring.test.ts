import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { runCli } from '../../test/run-cli.ts';

test('keys are made once, for their owner alone, and can be rotated', async () => {
  using directory = createTemporaryDirectory();
  const run = (...args: string[]) => runCli(['keyring', ...args], { cwd: directory.path });

  const missing = await run('rotate', 'keys.json');
  const created = await run('create', 'keys.json');
  const again = await run('create', 'keys.json');
  const rotated = await run('rotate', 'keys.json');

  assert.deepEqual([missing.exitCode, created.exitCode, again.exitCode, rotated.exitCode], [2, 0, 2, 0]);
  assert.match(created.stdout, /signed with the key [0-9a-f]{64}\.\n$/);
  assert.match(again.stderr, /is there already/);
  assert.equal(statSync(join(directory.path, 'keys.json')).mode & 0o777, 0o600);
});
