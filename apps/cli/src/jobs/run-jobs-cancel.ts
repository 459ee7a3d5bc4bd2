import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';

export async function runJobsCancel(id: string, flags: ServerFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const job = await client.call(operations.deleteJob, { params: { id } });
  await printAnswer(job, flags, context, () => `The job is ${job.status}; what was stored for it is being deleted.\n`);
  return exitCodes.clean;
}
