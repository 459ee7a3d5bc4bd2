import type { ProcessLimits } from '@deployguard/process';
import type { Platform } from '../../feature.ts';
import { buildChildLimits } from './child-limits.ts';
import type { GitCredentials } from '../../platform/credentials/index.ts';
import { JobError } from './job-error.ts';

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

/** Asks for the credentials, each time they are needed: they are stored nowhere. */
export async function openRemote(
  { config, credentials, egress }: Platform,
  { url, credentialsId, userId }: { readonly url: string; readonly credentialsId: string | null; readonly userId: string },
): Promise<Remote> {
  const reach = {
    url,
    allowHosts: config.egress.allow,
    trustedCertificates: egress.trustedCertificates,
    maxRepositoryBytes: config.jobs.maxRepositoryBytes,
    limits: buildChildLimits(config),
  };
  if (credentialsId === null) return reach;
  if (credentials === undefined) {
    throw new JobError(
      'CREDENTIALS_NOT_CONFIGURED',
      'No service that keeps credentials is configured. Leave them out, or ask the operator.',
    );
  }
  return { ...reach, credentials: (await credentials.load({ credentialsId, userId, url })).reveal() };
}
