import { listAllTasks, redriveAnyTask } from '@deployguard/server';
import { CliError } from '../cli-error.ts';
import { deadStates, type TasksDeadFlags } from '../commands/tasks/dead.ts';
import type { TasksRedriveFlags } from '../commands/tasks/redrive.ts';
import type { CliContext } from '../context.ts';
import { assertUpgraded } from '../db/assert-upgraded.ts';
import { withDatabaseTools } from '../db/open-tools.ts';
import type { Column } from '../terminal/render-table.ts';
import { taskColumns } from './run-tasks-list.ts';

type TaskOfTenant = Awaited<ReturnType<typeof listAllTasks>>[number];

const most = 1_000_000;

/** Those that failed for good, of all tenants, newest first. */
export async function listTasksOfTenants(
  flags: TasksDeadFlags,
  context: CliContext,
): Promise<{ readonly items: readonly TaskOfTenant[]; readonly hasMore: boolean }> {
  const states = flags.state === undefined ? deadStates : [flags.state];
  const limit = flags.all ? most : flags.limit;
  return withDatabaseTools(flags, context, async (tools) => {
    await assertUpgraded(tools);
    const found = await listAllTasks(tools.database, { states, limit: limit + 1 });
    return { items: found.slice(0, limit), hasMore: found.length > limit };
  });
}

export const columnsOfTenants: readonly Column<TaskOfTenant>[] = [['TENANT', ({ tenant_id: tenantId }) => tenantId], ...taskColumns];

export async function redriveTaskOfTenant(id: string, flags: TasksRedriveFlags, context: CliContext): Promise<TaskOfTenant> {
  if (!/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(id)) {
    throw new CliError('USAGE', `"${id}" is no id of a task: it looks like 0193aa00-0000-7000-8000-000000000001.`);
  }
  return withDatabaseTools(flags, context, async (tools) => {
    await assertUpgraded(tools);
    return redriveAnyTask(tools.database, id.toLowerCase());
  });
}
