import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from './find-free-port.ts';
import { createTemporaryDirectory } from './temporary-directory.ts';

/** The real OpenSSH server, for one user with one key. */
export interface TestSshd {
  /** `ssh://<user>@127.0.0.1:<port>`, before an absolute path. */
  readonly url: string;
  /** The private key that it lets in. */
  readonly privateKey: string;
  /** Its line of known_hosts. */
  readonly knownHosts: string;
  stop(): Promise<void>;
}

export async function startTestSshd(): Promise<TestSshd> {
  const directory = createTemporaryDirectory();
  chmodSync(directory.path, 0o700);
  const file = (name: string): string => join(directory.path, name);
  for (const name of ['host', 'client']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file(name)]);
  const port = await findFreePort();
  const settings = {
    ListenAddress: '127.0.0.1',
    Port: port,
    HostKey: file('host'),
    PidFile: 'none',
    AuthorizedKeysFile: file('client.pub'),
    AuthenticationMethods: 'publickey',
    PermitRootLogin: 'yes',
    StrictModes: 'no',
    UsePAM: 'no',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
  writeFileSync(file('sshd_config'), lines.join(''));
  // Where root's server puts its unprivileged half.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  // It starts itself anew for each connection, by its whole path.
  const server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', file('sshd_config')], { stdio: 'ignore' });
  const exited = once(server, 'exit');
  while (!(await isListening(port))) {
    if (server.exitCode !== null) throw new Error(`sshd ended with ${server.exitCode}`);
    await delay(20);
  }
  const [type, key] = readFileSync(file('host.pub'), 'utf8').split(' ');
  return {
    url: `ssh://${userInfo().username}@127.0.0.1:${port}`,
    privateKey: readFileSync(file('client'), 'utf8'),
    knownHosts: `[127.0.0.1]:${port} ${type} ${key}`,
    async stop() {
      server.kill();
      await exited;
      directory.dispose();
    },
  };
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isOpen = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isOpen;
}
