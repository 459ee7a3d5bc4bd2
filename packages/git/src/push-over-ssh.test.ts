import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createEgressPolicy } from '@deployguard/egress';
import { createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import { cloneRepository } from './clone-repository.ts';
import { defaultSearchPath } from './git-environment.ts';
import { pushRepository } from './push-repository.ts';

/**
 * In the place of ssh: writes down how it was called, and does on this machine what the other side would do. That ssh itself takes the
 * configuration, and whom it talks to with it, is tested beside `writeSshConfig`.
 */
const fakeSsh = `#!/bin/sh
printf '%s\\n' "$@" >>"$0.log"
for command; do :; done
exec sh -c "$command"
`;

test('a repository that is larger than allowed is not taken over ssh either', async () => {
  using work = createFakeSsh();
  await using source = createTestRepository({ bare: true });
  // Random, so that it is as large on the way.
  source.commit({ files: { a: randomBytes(3_000_000) } });
  const clone = (receivedBytes: number) =>
    cloneRepository(`ssh://jane@host.example${source.gitDir}`, { ...work.options, limits: { receivedBytes } });

  await assert.rejects(clone(1_000_000), { code: 'LIMIT_EXCEEDED' });

  await using taken = await clone(10_000_000);
  assert.equal(taken.refs.length, 1);
});

test('git clones and pushes over ssh, with our configuration alone, as the user and at the port of the URL', async () => {
  using work = createFakeSsh();
  const { options } = work;
  await using source = createTestRepository({ bare: true });
  await using remote = createTestRepository({ bare: true });
  const commit = source.commit({ files: { a: 'a' } });
  const url = `ssh://jane@host.example:2222${remote.gitDir}`;

  const pushed = await pushRepository(source.gitDir, url, options);
  await using clone = await cloneRepository(url, options);

  assert.equal(pushed.isComplete, true);
  assert.equal(remote.resolveRef('refs/heads/main'), commit);
  assert.deepEqual(
    clone.refs.map(({ name, target }) => [name, target]),
    [['refs/heads/main', commit]],
  );
  const calls = readFileSync(work.logFile, 'latin1').split('\n');
  assert.deepEqual([calls.filter((word) => word === 'jane@host.example').length, calls.filter((word) => word === '2222').length], [3, 3]);
  assert.deepEqual(
    calls.filter((word) => word.startsWith('git-')).map((word) => word.split(' ')[0]),
    ['git-upload-pack', 'git-receive-pack', 'git-upload-pack'],
  );
  assert.equal(calls.filter((word, index) => calls[index - 1] === '-F' && word.endsWith('/ssh_config')).length, 3);
});

function createFakeSsh() {
  const directory = createTemporaryDirectory();
  const ssh = join(directory.path, 'ssh');
  const knownHostsFile = join(directory.path, 'known');
  writeFileSync(ssh, fakeSsh);
  chmodSync(ssh, 0o755);
  writeFileSync(knownHostsFile, '');
  return {
    logFile: `${ssh}.log`,
    options: {
      workDirectory: directory.path,
      searchPath: `${directory.path}:${defaultSearchPath}`,
      policy: createEgressPolicy({ lookup: async () => ['192.0.2.7'], allowHosts: ['host.example'] }),
      ssh: { knownHostsFile },
    },
    [Symbol.dispose]: () => directory.dispose(),
  };
}
