import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, type ServerFlags } from '../add-options.ts';

export function addJobsWatchCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('watch')
    .summary('follow a job until it rests')
    .description(
      'Shows what happened to a job and what happens, until there is nothing under way: it is done, or waits for you. A connection that is lost is made again where it broke off. Exits with 1 when secrets wait for a decision, with 5 when the job failed.',
    )
    .argument('<job>', 'id of the job');
  addServerOptions(command).action(async (id: string, flags: ServerFlags) => {
    const { runJobsWatch } = await import('../../jobs/run-jobs-watch.ts');
    context.exitCode = await runJobsWatch(id, flags, context);
  });
}
