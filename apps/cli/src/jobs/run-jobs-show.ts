import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { renderJob, renderSecrets } from './render-job.ts';

export async function runJobsShow(id: string, flags: ServerFlags, context: CliContext): Promise<ExitCode> {
  const { stdout, stderr } = context;
  const client = await openClient(flags, context);
  const details = await client.call(operations.getJob, { params: { id } });
  const { job, secrets } = details;
  await printAnswer(details, flags, context, () =>
    secrets.length === 0 ? renderJob(job, stdout) : `${renderJob(job, stdout)}\n${renderSecrets(secrets, stdout)}`,
  );
  if (secrets.length < job.total_secrets_found && secrets.length > 0 && !flags.quiet) {
    await stderr.write(`There are more: \`deployguard jobs secrets ${job.id} --all\` lists them.\n`);
  }
  return exitCodes.clean;
}
