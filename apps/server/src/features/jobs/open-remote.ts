import type { Platform } from '../../feature.ts';
import type { Remote } from '../../platform/children/index.ts';
import { buildChildLimits } from './child-limits.ts';
import { JobError } from './job-error.ts';

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
