import { type JobStatus, jobStatuses, platforms } from '@deployguard/contracts/words';
import { type Command, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import { addListOptions, addServerOptions, type ListFlags, type ServerFlags } from '../add-options.ts';

export interface JobsListFlags extends ServerFlags, ListFlags {
  readonly status?: JobStatus;
  readonly platform?: (typeof platforms)[number];
}

export function addJobsListCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('list')
    .summary('list your jobs, newest first')
    .description('List your jobs, newest first.')
    .addOption(new Option('--status <status>', 'only jobs that are in this state').choices(jobStatuses))
    .addOption(new Option('--platform <platform>', 'only repositories of this kind of server').choices(platforms));
  addServerOptions(addListOptions(command)).action(async (flags: JobsListFlags) => {
    const { runJobsList } = await import('../../jobs/run-jobs-list.ts');
    context.exitCode = await runJobsList(flags, context);
  });
}
