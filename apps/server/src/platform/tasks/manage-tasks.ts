import { sql } from 'kysely';
import type { Tx } from '../database/index.ts';
import { announce, notifyRelays } from '../queue/index.ts';
import type { ErrorRecord, Requester, TaskState } from './task.ts';
import { TaskError } from './task-error.ts';

/** A task as its owner sees it. */
export interface Task {
  readonly id: string;
  readonly kind: string;
  readonly queue: string;
  readonly subject: string;
  readonly state: TaskState;
  readonly attempt: number;
  readonly failures: number;
  readonly progressPercent: number;
  readonly currentStep: string | null;
  readonly lastError: ErrorRecord | null;
  /** From when on it may be run. */
  readonly runAt: Date;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface TaskFilter {
  readonly state?: TaskState;
  readonly subject?: string;
  /** Those that are older than this task, whose id is the last of the page before. */
  readonly afterId?: string;
  readonly limit: number;
  /** How many to skip. */
  readonly offset?: number;
}

/** Notified with a task's id when it is to stop. */
export const cancelChannel = 'deployguard_cancel';

const columns = sql`id, kind, queue, subject, state, attempt, failures, progress_percent as "progressPercent", current_step as "currentStep",
  last_error as "lastError", run_at as "runAt", created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt"`;

/** The tenant's tasks, newest first. */
export async function listTasks(tx: Tx, { state, subject, afterId, limit, offset = 0 }: TaskFilter): Promise<Task[]> {
  const { rows } = await sql<Task>`
    select ${columns} from tasks
    where tenant_id = current_tenant()
      and (${state ?? null}::text is null or state = ${state ?? null})
      and (${subject ?? null}::text is null or subject = ${subject ?? null})
      and (${afterId ?? null}::uuid is null
        or (created_at, id) < (select created_at, id from tasks where tenant_id = current_tenant() and id = ${afterId ?? null}))
    order by created_at desc, id desc limit ${limit} offset ${offset}`.execute(tx);
  return rows;
}

/** Tasks of all tenants, newest first. In a transaction of the system. */
export async function listTasksOfAll(
  tx: Tx,
  { id, states, limit }: { readonly id?: string; readonly states?: readonly TaskState[]; readonly limit: number },
): Promise<(Task & { readonly tenantId: string })[]> {
  const { rows } = await sql<Task & { readonly tenantId: string }>`
    select tenant_id as "tenantId", ${columns} from tasks
    where (${id ?? null}::uuid is null or id = ${id ?? null}) and (${states ?? null}::text[] is null or state = any(${states ?? null}))
    order by created_at desc, id desc limit ${limit}`.execute(tx);
  return rows;
}

/** How many tasks the tenant has. */
export async function countTasks(tx: Tx, { state }: Pick<TaskFilter, 'state'>): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from tasks
    where tenant_id = current_tenant() and (${state ?? null}::text is null or state = ${state ?? null})`.execute(tx);
  return rows[0]!.count;
}

export async function findTask(tx: Tx, id: string): Promise<Task | undefined> {
  const { rows } = await sql<Task>`select ${columns} from tasks where tenant_id = current_tenant() and id = ${id}`.execute(tx);
  return rows[0];
}

/**
 * Cancels a task: at once when it waits; when it runs, its worker is told, stops the work and settles it (see `TaskDefinition.ended`).
 * `ended`: there is nothing left to cancel. Throws TASK_NOT_FOUND.
 */
export async function cancelTask(tx: Tx, id: string): Promise<'cancelled' | 'cancelling' | 'ended'> {
  const { rows } = await sql<{ state: TaskState }>`
    update tasks set cancel_requested_at = coalesce(cancel_requested_at, now()),
      state = case when state = 'queued' then 'cancelled' else state end,
      finished_at = case when state = 'queued' then now() end
    where tenant_id = current_tenant() and id = ${id} and state in ('queued', 'running')
    returning state`.execute(tx);
  if (rows.length === 0) {
    await getTask(tx, id);
    return 'ended';
  }
  if (rows[0]!.state === 'cancelled') return 'cancelled';
  await sql`select pg_notify(${cancelChannel}, ${id})`.execute(tx);
  return 'cancelling';
}

/**
 * Tries a dead or failed task again, as if it were new, and as if whoever wants that had asked for it; without one it stays as it was asked for.
 * Throws TASK_NOT_FOUND, and TASK_NOT_ENDED when it is in another state.
 */
export async function redriveTask(tx: Tx, id: string, requester?: Requester): Promise<Task> {
  const asker =
    requester === undefined
      ? sql``
      : sql`, user_id = ${requester.userId}, ip = ${requester.ip ?? null}, request_id = ${requester.requestId ?? null}`;
  const { rows } = await sql`
    with redriven as (
      update tasks set state = 'queued', failures = 0, lost_leases = 0, run_at = now(), rung_at = now(), finished_at = null,
        cancel_requested_at = null, outage_since = null ${asker}
      where tenant_id = current_tenant() and id = ${id} and state in ('dead', 'failed')
      returning tenant_id, id, kind, queue
    ), announced as (
      ${announce(sql`redriven`)}
    )
    select id from redriven`.execute(tx);
  const task = await getTask(tx, id);
  if (rows.length === 0) {
    throw new TaskError('TASK_NOT_ENDED', `The task is ${task.state}: only a dead or failed one can be tried again.`);
  }
  await notifyRelays(tx);
  return task;
}

async function getTask(tx: Tx, id: string): Promise<Task> {
  const task = await findTask(tx, id);
  if (task === undefined) throw new TaskError('TASK_NOT_FOUND', 'There is no such task.');
  return task;
}
