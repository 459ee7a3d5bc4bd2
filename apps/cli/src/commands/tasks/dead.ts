import { type Command, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import {
  addListOptions,
  addOperatorOptions,
  addServerOptions,
  type ListFlags,
  type OperatorFlags,
  type ServerFlags,
} from '../add-options.ts';

export const deadStates = ['dead', 'failed'] as const;

export interface TasksDeadFlags extends ServerFlags, ListFlags, OperatorFlags {
  readonly state?: (typeof deadStates)[number];
}

export function addTasksDeadCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('dead')
    .summary('list what failed for good')
    .description(
      'List tasks that failed for good, whose error no further attempt would mend (failed) or who lost their workers again and again (dead). `tasks redrive` tries them again.',
    )
    .addOption(new Option('--state <state>', 'only these (default: both)').choices(deadStates));
  addServerOptions(addOperatorOptions(addListOptions(command))).action(async (flags: TasksDeadFlags) => {
    const { runTasksDead } = await import('../../tasks/run-tasks-dead.ts');
    context.exitCode = await runTasksDead(flags, context);
  });
}
