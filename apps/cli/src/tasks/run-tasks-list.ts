import { operations, type Task } from '@deployguard/contracts';
import { listAll } from '../client/list-all.ts';
import { openClient } from '../client/open-client.ts';
import { printList } from '../client/print-answer.ts';
import type { ServerClient } from '../client/server-client.ts';
import type { ListFlags } from '../commands/add-options.ts';
import type { TasksListFlags } from '../commands/tasks/list.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import type { Column } from '../terminal/render-table.ts';

export async function runTasksList(flags: TasksListFlags, context: CliContext): Promise<ExitCode> {
  const tasks = await listTasks(await openClient(flags, context), flags, flags.state);
  await printList(tasks, taskColumns, flags, context);
  return exitCodes.clean;
}

/** Newest first. */
export function listTasks(client: ServerClient, flags: ListFlags, state?: Task['state']): ReturnType<typeof listAll<Task>> {
  const filter = { ...(state !== undefined && { state }) };
  return listAll(flags, (page) => client.call(operations.listTasks, { query: { ...page, ...filter } }));
}

export const taskColumns: readonly Column<Task>[] = [
  ['TASK', ({ id }) => id],
  ['KIND', ({ kind }) => kind],
  ['STATE', ({ state }) => state],
  ['ATTEMPT', ({ attempt }) => attempt],
  ['UPDATED', ({ updated_at: at }) => at],
  ['LAST ERROR', ({ last_error: error }) => error],
];
