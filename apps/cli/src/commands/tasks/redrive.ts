import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, type ServerFlags } from '../add-options.ts';

export function addTasksRedriveCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('redrive')
    .summary('try a failed or dead task again')
    .description('Try a task again that failed for good.')
    .argument('<task>', 'id of the task');
  addServerOptions(command).action(async (id: string, flags: ServerFlags) => {
    const { runTasksRedrive } = await import('../../tasks/run-tasks-redrive.ts');
    context.exitCode = await runTasksRedrive(id, flags, context);
  });
}
