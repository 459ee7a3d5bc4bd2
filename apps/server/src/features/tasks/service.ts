import type { QueryOf, Task as ShownTask, operations } from '@deployguard/contracts';
import { appendAudit } from '../../platform/audit/index.ts';
import type { Database } from '../../platform/database/index.ts';
import { ApiError, auditFieldsOf, buildPage, notFoundError, parsePage } from '../../platform/http/index.ts';
import type { Caller, RequestClaim } from '../../platform/http/index.ts';
import { TaskError, countTasks, listTasks, redriveTask } from '../../platform/tasks/index.ts';
import { toShown } from './to-shown.ts';

export function createTaskService(database: Pick<Database, 'asTenant'>) {
  return {
    async list({ actor }: Caller, { state, ...query }: QueryOf<typeof operations.listTasks>) {
      const page = parsePage(query);
      const filter = state === undefined ? {} : { state };
      return database.asTenant(actor.tenantId, async (tx) => {
        const { afterId, offset } = page;
        const rows = await listTasks(tx, {
          ...filter,
          limit: page.limit + 1,
          ...(afterId === undefined ? {} : { afterId }),
          ...(offset === undefined ? {} : { offset }),
        });
        return { ...buildPage(rows, page, toShown), ...(offset === undefined ? {} : { total: await countTasks(tx, filter) }) };
      });
    },

    async redrive(caller: Caller, id: string, idempotency?: RequestClaim): Promise<ShownTask> {
      return database.asTenant(caller.actor.tenantId, async (tx) => {
        const task = await redriveTask(tx, id, auditFieldsOf(caller)).catch((error: unknown) => {
          throw toRefusal(error);
        });
        await appendAudit(tx, { action: 'task_redriven', details: { task_id: id, kind: task.kind }, ...auditFieldsOf(caller) });
        const shown = toShown(task);
        await idempotency?.complete(tx, shown);
        return shown;
      });
    },
  };
}

function toRefusal(error: unknown): unknown {
  if (!(error instanceof TaskError)) return error;
  if (error.code === 'TASK_NOT_FOUND') return notFoundError('task');
  return error.code === 'TASK_NOT_ENDED' ? new ApiError('ILLEGAL_STATE', error.message) : error;
}
