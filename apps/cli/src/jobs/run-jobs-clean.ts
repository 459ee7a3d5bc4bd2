import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import type { JobsCleanFlags } from '../commands/jobs/clean.ts';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-code.ts';
import { startWork } from './start-work.ts';

export async function runJobsClean(id: string, flags: JobsCleanFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  return await startWork(client, flags, context, { jobId: id, begin: () => client.call(operations.cleanJob, { params: { id } }) });
}
