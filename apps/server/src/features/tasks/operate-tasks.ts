import type { Task as ShownTask } from '@deployguard/contracts';
import { appendAudit, systemActor } from '../../platform/audit/index.ts';
import type { Database } from '../../platform/database/index.ts';
import { TaskError, listTasksOfAll, redriveTask } from '../../platform/tasks/index.ts';
import type { TaskState } from '../../platform/tasks/index.ts';
import { toShown } from './to-shown.ts';

interface TaskOfTenant extends ShownTask {
  readonly tenant_id: string;
}

/** Tasks of all tenants, newest first, without a request: for whoever runs the service, whom the alerts tell of them. */
export async function listAllTasks(
  database: Pick<Database, 'asSystem'>,
  filter: { readonly states: readonly TaskState[]; readonly limit: number },
): Promise<TaskOfTenant[]> {
  const tasks = await database.asSystem((tx) => listTasksOfAll(tx, filter));
  return tasks.map((task) => ({ ...toShown(task), tenant_id: task.tenantId }));
}

/**
 * Tries a dead or failed task of any tenant again, still for the user who asked for it. It stands in the tenant's audit log.
 *
 * @throws {TaskError} TASK_NOT_FOUND, TASK_NOT_ENDED.
 */
export async function redriveAnyTask(database: Pick<Database, 'asSystem' | 'asTenant'>, id: string): Promise<TaskOfTenant> {
  const [found] = await database.asSystem((tx) => listTasksOfAll(tx, { id, limit: 1 }));
  if (found === undefined) throw new TaskError('TASK_NOT_FOUND', `There is no task ${id}.`);
  return database.asTenant(found.tenantId, async (tx) => {
    const task = await redriveTask(tx, id);
    await appendAudit(tx, { ...systemActor, action: 'task_redriven', details: { task_id: id, kind: task.kind, by: 'operator' } });
    return { ...toShown(task), tenant_id: found.tenantId };
  });
}
