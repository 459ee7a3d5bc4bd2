import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import type { JobsPushFlags } from '../commands/jobs/push.ts';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-code.ts';
import { startWork } from './start-work.ts';

export async function runJobsPush(id: string, flags: JobsPushFlags, context: CliContext): Promise<ExitCode> {
  const { targetUrl, platform, credentials, force = false } = flags;
  const client = await openClient(flags, context);
  const body = {
    target_platform: platform,
    target_url: targetUrl,
    force_push: force,
    ...(credentials !== undefined && { target_credentials_id: credentials }),
  };
  return await startWork(client, flags, context, { jobId: id, begin: () => client.call(operations.pushJob, { params: { id }, body }) });
}
