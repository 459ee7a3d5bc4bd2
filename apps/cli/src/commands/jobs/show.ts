import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, type ServerFlags } from '../add-options.ts';

export function addJobsShowCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('show')
    .summary('show a job and what it found')
    .description('Show a job and the secrets that it found.')
    .argument('<job>', 'id of the job');
  addServerOptions(command).action(async (id: string, flags: ServerFlags) => {
    const { runJobsShow } = await import('../../jobs/run-jobs-show.ts');
    context.exitCode = await runJobsShow(id, flags, context);
  });
}
