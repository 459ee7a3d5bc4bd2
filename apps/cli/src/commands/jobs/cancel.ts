import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, type ServerFlags } from '../add-options.ts';

export function addJobsCancelCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('cancel')
    .summary('stop a job and delete what it stored')
    .description('Stops what is under way for a job and deletes what the service stored for it. A second time is no error.')
    .argument('<job>', 'id of the job');
  addServerOptions(command).action(async (id: string, flags: ServerFlags) => {
    const { runJobsCancel } = await import('../../jobs/run-jobs-cancel.ts');
    context.exitCode = await runJobsCancel(id, flags, context);
  });
}
