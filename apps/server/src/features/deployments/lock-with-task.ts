import type { Tx } from '../../platform/database/index.ts';
import { lockApplication } from './application-queries.ts';
import type { ApplicationRow } from './application-queries.ts';

/**
 * Locks an application and, before it, the task that has it: workers lock in this order, and whoever took the other one would wait for them as
 * they wait for it.
 */
export async function lockWithTask(tx: Tx, id: string): Promise<ApplicationRow | undefined> {
  const seen = await tx.selectFrom('applications').select('active_task_id').where('id', '=', id).executeTakeFirst();
  if (seen === undefined) return undefined;
  if (seen.active_task_id !== null) {
    await tx.selectFrom('tasks').select('id').where('id', '=', seen.active_task_id).forNoKeyUpdate().executeTakeFirst();
  }
  return lockApplication(tx, { id });
}
