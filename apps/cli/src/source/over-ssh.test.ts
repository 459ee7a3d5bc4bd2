import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createTemporaryDirectory, startTestSshd, type TestSshd } from '@deployguard/testkit';
import { aToken } from '../../test/a-token.ts';
import { aWorkTree, type WorkTree } from '../../test/a-work-tree.ts';
import { type CliRun, runCli } from '../../test/run-cli.ts';

const token = aToken('over ssh');

let sshd: TestSshd;
before(async () => {
  sshd = await startTestSshd();
});
after(() => sshd.stop());

interface Scene extends Disposable {
  readonly source: WorkTree;
  /** The bare repository that the server has. */
  readonly remote: string;
  readonly url: string;
  /** The user's own: `.ssh` with the keys of servers and nothing else yet. */
  readonly home: string;
  run(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<CliRun>;
}

function aScene(): Scene {
  const source = aWorkTree();
  source.commit({ 'a.txt': `${token}\n` }, 'first');
  const remote = join(source.parent, 'app.git');
  execFileSync('git', ['clone', '--quiet', '--mirror', source.path, remote]);
  const home = createTemporaryDirectory();
  mkdirSync(join(home.path, '.ssh'));
  writeFileSync(join(home.path, '.ssh', 'known_hosts'), `${sshd.knownHosts}\n`);
  return {
    source,
    remote,
    url: `${sshd.url}${remote}`,
    home: home.path,
    run: (args, environment) => runCli(args, { cwd: source.path, environment: { HOME: home.path, ...environment } }),
    [Symbol.dispose]() {
      source[Symbol.dispose]();
      home.dispose();
    },
  };
}

function writeKey(file: string): string {
  writeFileSync(file, sshd.privateKey);
  chmodSync(file, 0o600);
  return file;
}

test('a repository is scanned, cleaned and pushed over ssh, with the key of the user', async () => {
  using scene = aScene();
  writeKey(join(scene.home, '.ssh', 'id_ed25519'));
  const result = join(scene.source.parent, 'result.git');

  const scanned = await scene.run(['scan', '--url', scene.url]);
  const cleaned = await scene.run(['clean', '--all', '--url', scene.url, '--output', result]);
  const pushed = await scene.run(['push', '--repo-path', result, '--target-url', scene.url, '--force']);

  assert.equal(scanned.exitCode, 1, scanned.output);
  assert.match(scanned.stdout, /1 secret in 1 place/);
  assert.equal(cleaned.exitCode, 0, cleaned.output);
  assert.equal(pushed.exitCode, 0, pushed.output);
  assert.match(pushed.stdout, /the target has the same ids/);
  const served = execFileSync('git', ['log', '--all', '-p'], { cwd: scene.remote, encoding: 'utf8' });
  assert.ok(served.includes('a.txt') && !served.includes(token));
});

test('a key that was named is the one that is used; without it the server’s refusal is told as that', async () => {
  using scene = aScene();
  const key = writeKey(join(scene.home, 'deploy key'));

  const named = await scene.run(['scan', '--url', scene.url], { DEPLOYGUARD_SSH_KEY: key });
  const without = await scene.run(['scan', '--url', scene.url]);

  assert.equal(named.exitCode, 1, named.output);
  assert.equal(without.exitCode, 3, without.output);
  assert.match(without.stderr, /did not accept a key, or was offered none/);
});

test('a key of the agent is used, also one whose file is locked by a passphrase', async () => {
  using scene = aScene();
  await using agent = await startAgent(scene.home);
  const key = writeKey(join(scene.home, '.ssh', 'id_ed25519'));
  execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: agent.socket }, stdio: 'ignore' });
  execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'a passphrase', '-f', key], { stdio: 'ignore' });

  const asked = await scene.run(['scan', '--url', scene.url], { SSH_AUTH_SOCK: agent.socket });
  const unasked = await scene.run(['scan', '--url', scene.url]);

  assert.equal(asked.exitCode, 1, asked.output);
  assert.equal(unasked.exitCode, 3, unasked.output);
  assert.match(unasked.stderr, /passphrase serves only from an agent \(ssh-add\)/);
});

test('G4 a server that is not known, or has another key than the known one, is refused, with what to do', async () => {
  using scene = aScene();
  writeKey(join(scene.home, '.ssh', 'id_ed25519'));
  const known = join(scene.home, 'known');
  const run = (line: string): Promise<CliRun> => {
    writeFileSync(known, line);
    return scene.run(['scan', '--url', scene.url], { DEPLOYGUARD_SSH_KNOWN_HOSTS: known });
  };
  const otherKey = sshd.knownHosts.replace(/AAAA.*$/s, 'AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n');

  const [unknown, changed] = [await run(''), await run(otherKey)];

  assert.deepEqual([unknown.exitCode, changed.exitCode], [2, 2], unknown.output);
  assert.match(unknown.stderr, /is not among the known ones.*connecting once with ssh/);
  assert.match(changed.stderr, /key is not the known one.*ssh-keygen -R/);
});

test('where there are no known hosts, it is said how to come by them', async () => {
  using scene = aScene();

  const { exitCode, stderr } = await scene.run(['scan', '--url', scene.url], {
    DEPLOYGUARD_SSH_KNOWN_HOSTS: join(scene.home, 'none'),
  });

  assert.equal(exitCode, 2);
  assert.match(stderr, /Connect to it once with ssh/);
});

interface Agent extends AsyncDisposable {
  readonly socket: string;
}

async function startAgent(directory: string): Promise<Agent> {
  const socket = join(directory, 'agent');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  const exited = once(agent, 'exit');
  while (!existsSync(socket)) {
    if (agent.exitCode !== null) throw new Error(`ssh-agent ended with ${agent.exitCode}`);
    await delay(20);
  }
  return {
    socket,
    async [Symbol.asyncDispose]() {
      agent.kill();
      await exited;
    },
  };
}
