import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addTasksDeadCommand } from './dead.ts';
import { addTasksListCommand } from './list.ts';
import { addTasksRedriveCommand } from './redrive.ts';

export function addTasksCommand(program: Command, context: CliContext): void {
  const command = program
    .command('tasks')
    .summary('list background work, and try again what failed')
    .description("A service's background work.");
  addTasksListCommand(command, context);
  addTasksDeadCommand(command, context);
  addTasksRedriveCommand(command, context);
}
