import { taskStates } from '@deployguard/contracts/words';
import { type Command, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import { addListOptions, addServerOptions, type ListFlags, type ServerFlags } from '../add-options.ts';

export interface TasksListFlags extends ServerFlags, ListFlags {
  readonly state?: (typeof taskStates)[number];
}

export function addTasksListCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('list')
    .summary('list tasks, newest first')
    .description('List tasks, newest first.')
    .addOption(new Option('--state <state>', 'only tasks in this state').choices(taskStates));
  addServerOptions(addListOptions(command)).action(async (flags: TasksListFlags) => {
    const { runTasksList } = await import('../../tasks/run-tasks-list.ts');
    context.exitCode = await runTasksList(flags, context);
  });
}
