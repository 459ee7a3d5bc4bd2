import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addListOptions, addServerOptions, type ListFlags, type ServerFlags } from '../add-options.ts';

export interface JobsSecretsFlags extends ServerFlags, ListFlags {
  readonly type?: string;
  readonly path?: string;
  readonly selected?: boolean;
  readonly falsePositives?: boolean;
}

export function addJobsSecretsCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('secrets')
    .summary('list the secrets that a job found')
    .description('List the secrets that a job found, with the ids to select them by. Values are never shown.')
    .argument('<job>', 'id of the job')
    .option('--type <type>', 'only this type')
    .option('--path <text>', 'only in the file of this path')
    .option('--selected', 'only those that are selected')
    .option('--false-positives', 'only those that are marked as no secrets');
  addServerOptions(addListOptions(command)).action(async (id: string, flags: JobsSecretsFlags) => {
    const { runJobsSecrets } = await import('../../jobs/run-jobs-secrets.ts');
    context.exitCode = await runJobsSecrets(id, flags, context);
  });
}
