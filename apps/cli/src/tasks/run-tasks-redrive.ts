import { type Task, operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import type { TasksRedriveFlags } from '../commands/tasks/redrive.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';

export async function runTasksRedrive(id: string, flags: TasksRedriveFlags, context: CliContext): Promise<ExitCode> {
  const task = await redrive(id, flags, context);
  await printAnswer(task, flags, context, () => `The task is ${task.state}.\n`);
  return exitCodes.clean;
}

async function redrive(id: string, flags: TasksRedriveFlags, context: CliContext): Promise<Task> {
  if (flags.allTenants) {
    const { redriveTaskOfTenant } = await import('./operate-tasks.ts');
    return redriveTaskOfTenant(id, flags, context);
  }
  const client = await openClient(flags, context);
  return client.call(operations.redriveTask, { params: { id } });
}
