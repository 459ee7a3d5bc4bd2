import { copyFile, chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CloneUrl } from './parse-clone-url.ts';

/** How an ssh server is recognised, and who we are there. */
export interface SshOptions {
  /** The keys of the servers that may be talked to (known_hosts). A server that is not in it is refused. */
  readonly knownHostsFile: string;
  /** The private key. */
  readonly identityFile?: string;
  /** The socket of an agent that may sign with keys of its own. Default: none is asked. */
  readonly agentSocket?: string;
}

/**
 * Writes the configuration that ssh runs with, alone, and gives the `GIT_SSH_COMMAND` that names it.
 *
 * The connection goes to the address that was checked; the key is looked up under the name that the user gave. Nothing of the user's or
 * system's configuration or default keys takes part, and no agent but the one that is named.
 */
export async function writeSshConfig(directory: string, url: CloneUrl, address: string, options: SshOptions): Promise<string> {
  const knownHostsFile = await copyPrivately(options.knownHostsFile, join(directory, 'known_hosts'));
  const identityFile = options.identityFile === undefined ? 'none' : await copyPrivately(options.identityFile, join(directory, 'identity'));
  const host = url.host.replace(/^\[(.*)\]$/, '$1');
  const settings = {
    HostName: address,
    HostKeyAlias: url.port === 22 ? host : `[${host}]:${url.port}`,
    UserKnownHostsFile: quote(knownHostsFile),
    GlobalKnownHostsFile: '/dev/null',
    StrictHostKeyChecking: 'yes',
    UpdateHostKeys: 'no',
    IdentityFile: identityFile === 'none' ? 'none' : quote(identityFile),
    IdentitiesOnly: options.agentSocket === undefined ? 'yes' : 'no',
    IdentityAgent: options.agentSocket === undefined ? 'none' : quote(options.agentSocket),
    BatchMode: 'yes',
    PasswordAuthentication: 'no',
    ProxyCommand: 'none',
    PermitLocalCommand: 'no',
    ClearAllForwardings: 'yes',
    ForwardAgent: 'no',
    ForwardX11: 'no',
    ControlPath: 'none',
    ConnectTimeout: '30',
    ServerAliveInterval: '30',
    LogLevel: 'ERROR',
  };
  const configFile = join(directory, 'ssh_config');
  const lines = Object.entries(settings).map(([name, value]) => `  ${name} ${value}\n`);
  await writeFile(configFile, `Host *\n${lines.join('')}`, { mode: 0o600 });
  // git hands this text to a shell.
  return `ssh -F '${configFile.replaceAll("'", `'\\''`)}'`;
}

/** ssh refuses keys that others may read, and expands `~` and `%` in paths: a copy in a directory of ours has neither problem. */
async function copyPrivately(from: string, to: string): Promise<string> {
  await copyFile(from, to);
  await chmod(to, 0o600);
  return to;
}

function quote(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&').replaceAll('%', '%%')}"`;
}
