import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createEgressPolicy, type EgressPolicy } from '@deployguard/egress';
import { parseCloneUrl, type SshOptions } from '@deployguard/git';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { findHomeDirectory } from '../home-directory.ts';
import { readCredentials, type Credentials } from './read-credentials.ts';

/** How a remote is reached, from what the environment says. */
export interface TransferChoice {
  readonly policy: EgressPolicy;
  readonly credentials?: Credentials;
  readonly ssh?: SshOptions;
  readonly caFile?: string;
  /** Set for a repository on this machine. */
  readonly allowFile?: boolean;
}

/**
 * The host that the user typed may be anywhere, also in a private network; what it sends on to may not. Keys and known hosts are the
 * user's own unless named.
 */
export function chooseTransfer(url: string, context: CliContext): TransferChoice {
  const { environment } = context;
  const { host, protocol } = parseCloneUrl(url, { allowFile: true });
  const credentials = readCredentials(context);
  const caFile = environment['DEPLOYGUARD_CA_FILE'] ?? environment['GIT_SSL_CAINFO'];
  return {
    policy: createEgressPolicy(host === '' ? {} : { allowHosts: [host] }),
    ...(credentials && { credentials }),
    ...(protocol === 'ssh' && { ssh: chooseSsh(environment) }),
    ...(caFile !== undefined && { caFile }),
    ...(protocol === 'file' && { allowFile: true }),
  };
}

function chooseSsh(environment: CliContext['environment']): SshOptions {
  const own = join(findHomeDirectory(environment), '.ssh');
  const knownHostsFile = environment['DEPLOYGUARD_SSH_KNOWN_HOSTS'] ?? join(own, 'known_hosts');
  if (!existsSync(knownHostsFile))
    throw new CliError(
      'USAGE',
      `There is no ${knownHostsFile}, so the server cannot be recognised. Connect to it once with ssh, or name a file with DEPLOYGUARD_SSH_KNOWN_HOSTS.`,
    );
  // A key that was named is the one to use, and no other.
  const namedKey = environment['DEPLOYGUARD_SSH_KEY'];
  if (namedKey) {
    if (existsSync(namedKey)) return { knownHostsFile, identityFile: namedKey };
    throw new CliError('USAGE', `DEPLOYGUARD_SSH_KEY names ${namedKey}, which is not there. Name the file of a private key.`);
  }
  const identityFile = ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(own, name)).find((file) => existsSync(file));
  const agentSocket = environment['SSH_AUTH_SOCK'];
  return { knownHostsFile, ...(identityFile !== undefined && { identityFile }), ...(agentSocket && { agentSocket }) };
}
