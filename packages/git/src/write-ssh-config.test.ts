import assert from 'node:assert/strict';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createEgressPolicy } from '@deployguard/egress';
import { runProcess } from '@deployguard/process';
import { createTemporaryDirectory, startTestSshServer } from '@deployguard/testkit';
import type { TestSshServer } from '@deployguard/testkit';
import { cloneRepository } from './clone-repository.ts';
import { parseCloneUrl } from './parse-clone-url.ts';
import { writeSshConfig } from './write-ssh-config.ts';

test('G4 a server whose key is the known one is talked to, at the address that was checked', async () => {
  await using server = await startTestSshServer();

  await assert.rejects(connect(server, `[host.example]:${server.port} ${server.hostKey}`), { code: 'REMOTE_UNREACHABLE' });

  assert.deepEqual([server.connections, server.acceptances], [1, 1]);
});

test('G4 a server with another key, or with a key that nobody knows, is not talked to', async () => {
  await using server = await startTestSshServer();
  await using other = await startTestSshServer();
  const knownHosts = [
    `[host.example]:${server.port} ${other.hostKey}`,
    `[other.example]:${server.port} ${server.hostKey}`,
    `host.example ${server.hostKey}`,
    `[127.0.0.1]:${server.port} ${server.hostKey}`,
    '',
  ];

  for (const line of knownHosts) {
    await assert.rejects(connect(server, line), { code: 'URL_REFUSED', message: /impostor/ }, line);
  }

  assert.deepEqual([server.connections, server.acceptances], [knownHosts.length, 0]);
});

test('G4 without known hosts no server is trusted', async () => {
  using work = createTemporaryDirectory();

  await assert.rejects(cloneRepository('git@host.example:a/b', { workDirectory: work.path }), {
    code: 'URL_REFUSED',
    message: /known-hosts/,
  });
});

test('G22 an ssh server on one’s own network sees nothing unless it is allowed', async () => {
  await using server = await startTestSshServer();
  const policy = createEgressPolicy({ lookup: async () => ['127.0.0.1'] });

  await assert.rejects(connect(server, `[host.example]:${server.port} ${server.hostKey}`, policy), { code: 'ADDRESS_DENIED' });

  assert.equal(server.connections, 0);
});

test('G4 G6 ssh runs with this configuration alone, wherever it lies', async () => {
  using work = createTemporaryDirectory(`it's $(touch canary) "here"; `);
  const knownHostsFile = join(work.path, 'mine');
  const identityFile = join(work.path, 'key');
  for (const file of [knownHostsFile, identityFile]) writeFileSync(file, '');
  const url = parseCloneUrl('ssh://git@host.example:2222/a/b');

  const command = await writeSshConfig(work.path, url, '192.0.2.1', { knownHostsFile, identityFile });
  // Through a shell, as git does it.
  const shell = await runProcess({
    program: 'bash',
    args: ['-c', `${command} -G -p 2222 git@host.example`],
    cwd: work.path,
    env: { PATH: '/usr/bin:/bin' },
  });

  const settings = Object.fromEntries(
    shell.stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => [line.split(' ', 1)[0], line.slice(line.indexOf(' ') + 1)]),
  );
  const expected = {
    hostname: '192.0.2.1',
    hostkeyalias: '[host.example]:2222',
    user: 'git',
    port: '2222',
    userknownhostsfile: join(work.path, 'known_hosts'),
    globalknownhostsfile: '/dev/null',
    stricthostkeychecking: 'true',
    identityfile: join(work.path, 'identity'),
    identitiesonly: 'yes',
    batchmode: 'yes',
    passwordauthentication: 'no',
    permitlocalcommand: 'no',
    forwardagent: 'no',
    clearallforwardings: 'yes',
  };
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, settings[name]])), expected, shell.stderr);
  assert.equal(settings['proxycommand'], undefined);
  assert.equal(statSync(join(work.path, 'identity')).mode & 0o777, 0o600);
  assert.equal(existsSync(join(work.path, 'canary')), false);
});

async function connect(
  server: TestSshServer,
  knownHosts: string,
  policy = createEgressPolicy({ allowPrivate: true, lookup: async () => ['127.0.0.1'] }),
): Promise<unknown> {
  using work = createTemporaryDirectory();
  const knownHostsFile = join(work.path, 'known');
  writeFileSync(knownHostsFile, `${knownHosts}\n`);
  return await cloneRepository(`ssh://git@host.example:${server.port}/a/b.git`, {
    workDirectory: work.path,
    policy,
    ssh: { knownHostsFile },
  });
}
