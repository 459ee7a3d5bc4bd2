import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addListOptions, addServerOptions, type ListFlags, type ServerFlags } from '../add-options.ts';

export function addTasksDeadCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('dead')
    .summary('list what failed for good')
    .description('List tasks that failed for good: `tasks redrive` tries them again.');
  addServerOptions(addListOptions(command)).action(async (flags: ServerFlags & ListFlags) => {
    const { runTasksList } = await import('../../tasks/run-tasks-list.ts');
    context.exitCode = await runTasksList({ ...flags, state: 'dead' }, context);
  });
}
