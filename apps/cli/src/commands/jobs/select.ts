import { severities, type Severity } from '@deployguard/findings';
import { type Command, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import { addExamples, addServerOptions, type ServerFlags } from '../add-options.ts';

export interface JobsSelectFlags extends ServerFlags {
  readonly secret?: readonly string[];
  readonly all?: boolean;
  readonly minSeverity?: Severity;
  readonly falsePositive?: readonly string[];
}

export function addJobsSelectCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('select')
    .summary('choose what a job cleans')
    .description(
      'Choose which secrets are cleaned: exactly those that are named. What was selected before and is not named stays in the history.',
    )
    .argument('<job>', 'id of the job')
    .addOption(new Option('--secret <id...>', 'ids, as `jobs secrets` shows them').conflicts('all'))
    .option('--all', 'all that are not marked as no secrets')
    .addOption(new Option('--min-severity <severity>', 'with --all: leave out lesser ones').choices(severities))
    .option('--false-positive <id...>', 'ids of what is no secret');
  addServerOptions(command);
  addExamples(command, [['deployguard jobs select <job> --all --min-severity high', 'what matters most']]);
  command.action(async (id: string, flags: JobsSelectFlags) => {
    const { runJobsSelect } = await import('../../jobs/run-jobs-select.ts');
    context.exitCode = await runJobsSelect(id, flags, context);
  });
}
