import assert from 'node:assert/strict';
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

test('git clones and pushes over ssh, with our configuration alone, as the user and at the port of the URL', async () => {
  using work = createTemporaryDirectory();
  await using source = createTestRepository({ bare: true });
  await using remote = createTestRepository({ bare: true });
  const commit = source.commit({ files: { a: 'a' } });
  const ssh = join(work.path, 'ssh');
  const knownHostsFile = join(work.path, 'known');
  writeFileSync(ssh, fakeSsh);
  chmodSync(ssh, 0o755);
  writeFileSync(knownHostsFile, '');
  const options = {
    workDirectory: work.path,
    searchPath: `${work.path}:${defaultSearchPath}`,
    policy: createEgressPolicy({ lookup: async () => ['192.0.2.7'], allowHosts: ['host.example'] }),
    ssh: { knownHostsFile },
  };
  const url = `ssh://jane@host.example:2222${remote.gitDir}`;

  const pushed = await pushRepository(source.gitDir, url, options);
  await using clone = await cloneRepository(url, options);

  assert.equal(pushed.isComplete, true);
  assert.equal(remote.resolveRef('refs/heads/main'), commit);
  assert.deepEqual(
    clone.refs.map(({ name, target }) => [name, target]),
    [['refs/heads/main', commit]],
  );
  const calls = readFileSync(`${ssh}.log`, 'latin1').split('\n');
  assert.deepEqual([calls.filter((word) => word === 'jane@host.example').length, calls.filter((word) => word === '2222').length], [3, 3]);
  assert.deepEqual(
    calls.filter((word) => word.startsWith('git-')).map((word) => word.split(' ')[0]),
    ['git-upload-pack', 'git-receive-pack', 'git-upload-pack'],
  );
  assert.equal(calls.filter((word, index) => calls[index - 1] === '-F' && word.endsWith('/ssh_config')).length, 3);
});
