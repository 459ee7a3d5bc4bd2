import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { listImages } from './list-images.ts';

test('a listing that was disturbed is asked for again, and one that fails each time is an error', async () => {
  using directory = createTemporaryDirectory();
  const program = join(directory.path, 'engine');
  const list = (script: string): Promise<string[]> => {
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o755);
    return listImages({ kind: 'podman', program, environment: { PATH: '/usr/bin:/bin' } }, ['--quiet']);
  };
  const count = `echo >>${directory.path}/asked; [ $(wc -l <${directory.path}/asked) -gt`;

  assert.deepEqual(await list(`${count} 2 ] || { echo 'Error: layer not known' >&2; exit 125; }; echo one; echo two`), ['one', 'two']);
  await assert.rejects(list("echo 'Error: layer not known' >&2; exit 125"), { code: 'ENGINE_FAILED', message: /layer not known/ });
});
