import { operations } from '@deployguard/contracts';
import { listAll } from '../client/list-all.ts';
import { openClient } from '../client/open-client.ts';
import { printList } from '../client/print-answer.ts';
import type { JobsListFlags } from '../commands/jobs/list.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { jobColumns } from './render-job.ts';

export async function runJobsList(flags: JobsListFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const filter = {
    ...(flags.status !== undefined && { status: flags.status }),
    ...(flags.platform !== undefined && { source_platform: flags.platform }),
  };
  const jobs = await listAll(flags, (page) => client.call(operations.listJobs, { query: { ...page, ...filter } }));
  await printList(jobs, jobColumns, flags, context);
  return exitCodes.clean;
}
