import type { ProcessLimits } from '@deployguard/process';
import type { GitCredentials } from '../credentials/index.ts';

/** How a child process reaches a repository: plain data, handed over on its standard input. */
export interface Remote {
  readonly url: string;
  /** A token for https, a key for ssh. */
  readonly credentials?: ReturnType<GitCredentials['reveal']>;
  /** Private hosts that may be reached. */
  readonly allowHosts: readonly string[];
  /** Authorities (PEM) to trust besides the public ones. */
  readonly trustedCertificates: readonly string[];
  readonly maxRepositoryBytes: number;
  readonly limits: ProcessLimits;
}
