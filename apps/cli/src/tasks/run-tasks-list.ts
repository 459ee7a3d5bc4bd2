import { operations, type Task } from '@deployguard/contracts';
import { listAll } from '../client/list-all.ts';
import { openClient } from '../client/open-client.ts';
import { printList } from '../client/print-answer.ts';
import type { TasksListFlags } from '../commands/tasks/list.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import type { Column } from '../terminal/render-table.ts';

export async function runTasksList(flags: TasksListFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const filter = { ...(flags.state !== undefined && { state: flags.state }) };
  const tasks = await listAll(flags, (page) => client.call(operations.listTasks, { query: { ...page, ...filter } }));
  await printList(tasks, columns, flags, context);
  return exitCodes.clean;
}

const columns: readonly Column<Task>[] = [
  ['TASK', ({ id }) => id],
  ['KIND', ({ kind }) => kind],
  ['STATE', ({ state }) => state],
  ['ATTEMPT', ({ attempt }) => attempt],
  ['UPDATED', ({ updated_at: at }) => at],
  ['LAST ERROR', ({ last_error: error }) => error],
];
