import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { createEgressPolicy } from '@deployguard/egress';
import type { TransferOptions } from '@deployguard/git';
import type { ChildContext } from '../tasks/index.ts';
import type { Remote } from './remote.ts';

/** What git needs to reach a remote: the checked way out, who we are, and whom to trust. */
export async function toTransfer(remote: Remote, workDirectory: string, context: Pick<ChildContext, 'note'>): Promise<TransferOptions> {
  const { allowHosts, credentials, limits, maxRepositoryBytes, trustedCertificates } = remote;
  return {
    // Whoever chose the address is not told which names and addresses there are inside; whoever runs the service is.
    policy: createEgressPolicy({ allowHosts, onFailure: ({ host, error }) => void context.note(`${host}: ${error.code}`) }),
    limits: { receivedBytes: maxRepositoryBytes, process: limits },
    ...(credentials === undefined ? {} : await toIdentity(credentials, workDirectory)),
    ...(trustedCertificates.length === 0 ? {} : { caFile: await writeAuthorities(trustedCertificates, workDirectory) }),
  };
}

/** ssh takes a key and the keys of servers from files only. They go with the work directory. */
async function toIdentity(
  credentials: NonNullable<Remote['credentials']>,
  workDirectory: string,
): Promise<Pick<TransferOptions, 'credentials' | 'ssh'>> {
  if (!('privateKey' in credentials)) return { credentials };
  const [identityFile, knownHostsFile] = [join(workDirectory, 'identity'), join(workDirectory, 'known_hosts')];
  await writeFile(identityFile, credentials.privateKey, { mode: 0o600 });
  await writeFile(knownHostsFile, credentials.knownHosts, { mode: 0o600 });
  return { ssh: { identityFile, knownHostsFile } };
}

/** git takes one file instead of the system's, so that stands in it too. */
async function writeAuthorities(trusted: readonly string[], workDirectory: string): Promise<string> {
  const file = join(workDirectory, 'authorities.pem');
  await writeFile(file, [...getCACertificates('default'), ...trusted].join('\n'));
  return file;
}
