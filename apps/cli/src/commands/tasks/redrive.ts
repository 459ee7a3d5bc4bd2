import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addOperatorOptions, addServerOptions, type OperatorFlags, type ServerFlags } from '../add-options.ts';

export type TasksRedriveFlags = ServerFlags & OperatorFlags;

export function addTasksRedriveCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('redrive')
    .summary('try a failed or dead task again')
    .description('Try a task again that failed for good: as your own, or with --all-tenants for the user who asked for it.')
    .argument('<task>', 'id of the task');
  addServerOptions(addOperatorOptions(command)).action(async (id: string, flags: TasksRedriveFlags) => {
    const { runTasksRedrive } = await import('../../tasks/run-tasks-redrive.ts');
    context.exitCode = await runTasksRedrive(id, flags, context);
  });
}
