import { type Job, type JobAccepted, operations } from '@deployguard/contracts';
import { printAnswer } from '../client/print-answer.ts';
import type { ServerClient } from '../client/server-client.ts';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { judgeJob } from './judge-job.ts';
import { waitForJob } from './wait-for-job.ts';

/** Has the service begin with something, and waits for its end if the user wants to. */
export async function startWork(
  client: ServerClient,
  flags: ServerFlags & { readonly wait?: boolean },
  context: CliContext,
  work: { readonly jobId?: string; readonly begin: () => Promise<JobAccepted> },
): Promise<ExitCode> {
  // What happened before is of no interest to who waits for this.
  const before = work.jobId !== undefined && flags.wait ? await getJob(client, work.jobId) : undefined;
  const accepted = await work.begin();
  if (!flags.wait) {
    await printAnswer(accepted, flags, context, () => `${accepted.id}\n`);
    if (!flags.quiet && !flags.json) await context.stderr.write(`Accepted. \`deployguard jobs watch ${accepted.id}\` follows it.\n`);
    return exitCodes.clean;
  }
  const job = await waitForJob(client, accepted.id, context, {
    isQuiet: (flags.quiet ?? false) || (flags.json ?? false),
    ...(before !== undefined && { since: before.updated_at }),
  });
  return await judgeJob(job, flags, context);
}

async function getJob(client: ServerClient, id: string): Promise<Job> {
  return (await client.call(operations.getJob, { params: { id } })).job;
}
