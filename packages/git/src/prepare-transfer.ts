import { createEgressPolicy, resolveChecked, startEgressProxy } from '@deployguard/egress';
import type { EgressPolicy, EgressProxy } from '@deployguard/egress';
import type { ProcessLimits } from '@deployguard/process';
import type { Protocol, Setting } from './git-environment.ts';
import { GitError } from './git-error.ts';
import type { CloneUrl } from './parse-clone-url.ts';
import { writeSshConfig } from './write-ssh-config.ts';
import type { SshOptions } from './write-ssh-config.ts';

/** Who we are at an https server. */
export interface Credentials {
  /** Default `x-access-token`, which servers take beside a token. */
  readonly username?: string;
  /** A password or an access token. */
  readonly password: string;
}

export interface TransferOptions {
  readonly credentials?: Credentials;
  /** Default: public addresses only. */
  readonly policy?: EgressPolicy;
  /** For `ssh` URLs. */
  readonly ssh?: SshOptions;
  /** Certificates (PEM) of the authorities to trust instead of the system's. */
  readonly caFile?: string;
  readonly limits?: TransferLimits;
}

/** When to give a transfer up. */
export interface TransferLimits {
  /** What may come from the server. Over ssh the size of the file that it becomes counts, kept by the kernel, which needs `prlimit`. */
  readonly receivedBytes?: number;
  /** What git and its helpers may use; kept by the kernel, which needs `prlimit`. */
  readonly process?: ProcessLimits;
  /** Default: an hour. */
  readonly timeoutSeconds?: number;
  /** A transfer slower than this for `lowSpeedSeconds` ends (https). Default 1000 and 60. */
  readonly lowSpeedBytesPerSecond?: number;
  readonly lowSpeedSeconds?: number;
}

/** What git needs to reach one remote, and nothing else. */
export interface Transfer extends AsyncDisposable {
  readonly protocols: readonly Protocol[];
  readonly settings: readonly Setting[];
  readonly environment: Readonly<Record<string, string>>;
  readonly proxy: EgressProxy | undefined;
}

/**
 * Opens the one way out that git gets for a remote: a checking proxy and a credential bound to the origin for https, a fixed configuration
 * and a checked address for ssh. Close it when the transfer is over.
 *
 * The credential stands in git's environment (not in arguments, files or the URL) and is sent to that origin only.
 */
export async function prepareTransfer(url: CloneUrl, homeDirectory: string, options: TransferOptions): Promise<Transfer> {
  const policy = options.policy ?? createEgressPolicy();
  if (url.protocol === 'file') return closedTransfer({ protocols: ['file'] });
  if (url.protocol === 'ssh') return await prepareSsh(url, homeDirectory, policy, options);

  const { limits = {} } = options;
  const proxy = await startEgressProxy(policy, limits.receivedBytes === undefined ? {} : { maxReceivedBytes: limits.receivedBytes });
  const settings: Setting[] = [
    ['http.proxy', proxy.url],
    ['http.proxyAuthMethod', 'basic'],
    ['http.lowSpeedLimit', String(limits.lowSpeedBytesPerSecond ?? 1000)],
    ['http.lowSpeedTime', String(limits.lowSpeedSeconds ?? 60)],
  ];
  const header = buildAuthorization(url, options.credentials);
  if (header !== undefined) settings.push([`http.https://${url.host}:${url.port}/.extraHeader`, header]);
  if (options.caFile !== undefined) settings.push(['http.sslCAInfo', options.caFile]);
  const close = (): Promise<void> => proxy.close();
  return { protocols: ['https'], settings, environment: {}, proxy, [Symbol.asyncDispose]: close };
}

async function prepareSsh(url: CloneUrl, homeDirectory: string, policy: EgressPolicy, options: TransferOptions): Promise<Transfer> {
  if (options.ssh === undefined) {
    throw new GitError('URL_REFUSED', 'An ssh URL needs a known-hosts file, so that the server can be recognised. Give one, or use https.');
  }
  const [address] = await resolveChecked(policy, url.host);
  const command = await writeSshConfig(homeDirectory, url, address!, options.ssh);
  return closedTransfer({ protocols: ['ssh'], environment: { GIT_SSH_COMMAND: command, GIT_SSH_VARIANT: 'ssh' } });
}

function closedTransfer(parts: Partial<Transfer>): Transfer {
  return { protocols: [], settings: [], environment: {}, proxy: undefined, ...parts, [Symbol.asyncDispose]: async () => {} };
}

function buildAuthorization(url: CloneUrl, given: Credentials | undefined): string | undefined {
  // A token alone in a URL stands where the user name is.
  const own = url.password === undefined ? url.username : url.password;
  const credentials =
    given ?? (own === undefined ? undefined : { password: own, ...(url.password ? { username: url.username ?? '' } : {}) });
  if (credentials === undefined) return undefined;
  const pair = `${credentials.username ?? 'x-access-token'}:${credentials.password}`;
  return `Authorization: Basic ${Buffer.from(pair).toString('base64')}`;
}
