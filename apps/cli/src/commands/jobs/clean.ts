import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, type ServerFlags } from '../add-options.ts';

export interface JobsCleanFlags extends ServerFlags {
  readonly wait?: boolean;
}

export function addJobsCleanCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('clean')
    .summary('rewrite the history without the selected secrets')
    .description('Has the history rewritten without the selected secrets, and proven.')
    .argument('<job>', 'id of the job')
    .option('--wait', 'wait until it is done; exits with 5 when it fails');
  addServerOptions(command).action(async (id: string, flags: JobsCleanFlags) => {
    const { runJobsClean } = await import('../../jobs/run-jobs-clean.ts');
    context.exitCode = await runJobsClean(id, flags, context);
  });
}
