import { operations } from '@deployguard/contracts';
import { openClient } from '../client/open-client.ts';
import { printAnswer } from '../client/print-answer.ts';
import type { ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';

export async function runTasksRedrive(id: string, flags: ServerFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const task = await client.call(operations.redriveTask, { params: { id } });
  await printAnswer(task, flags, context, () => `The task is ${task.state}.\n`);
  return exitCodes.clean;
}
