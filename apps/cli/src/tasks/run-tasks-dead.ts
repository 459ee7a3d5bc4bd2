import { openClient } from '../client/open-client.ts';
import { printList } from '../client/print-answer.ts';
import { deadStates, type TasksDeadFlags } from '../commands/tasks/dead.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { listTasks, taskColumns } from './run-tasks-list.ts';

export async function runTasksDead(flags: TasksDeadFlags, context: CliContext): Promise<ExitCode> {
  if (flags.allTenants) return runTasksDeadOfAll(flags, context);
  const client = await openClient(flags, context);
  const states = flags.state === undefined ? deadStates : [flags.state];
  const lists = await Promise.all(states.map((state) => listTasks(client, flags, state)));
  const newestFirst = lists.flatMap(({ items }) => items).toSorted((one, other) => other.created_at.localeCompare(one.created_at));
  const items = flags.all ? newestFirst : newestFirst.slice(0, flags.limit);
  const hasMore = items.length < newestFirst.length || lists.some((list) => list.hasMore);
  await printList({ items, hasMore }, taskColumns, flags, context);
  return exitCodes.clean;
}

async function runTasksDeadOfAll(flags: TasksDeadFlags, context: CliContext): Promise<ExitCode> {
  const { listTasksOfTenants, columnsOfTenants } = await import('./operate-tasks.ts');
  await printList(await listTasksOfTenants(flags, context), columnsOfTenants, flags, context);
  return exitCodes.clean;
}
