import { sql } from 'kysely';
import type { Tx } from '../database/index.ts';
import { notifyRelays } from '../queue/index.ts';
import type { ClaimedTask, ErrorRecord, TaskDefinition } from './task.ts';
import { TaskError } from './task-error.ts';

/** Waiting times after errors and lost leases: doubled each time from the base to the longest, and up to half of it less at random. */
export interface Backoff {
  readonly baseSeconds: number;
  readonly longestSeconds: number;
}

export const defaultBackoff: Backoff = { baseSeconds: 5, longestSeconds: 600 };

type HeldTask = Pick<ClaimedTask, 'tenantId' | 'id' | 'attempt'>;

/** Locks the task's row until the transaction ends. Throws LEASE_LOST when the attempt is no longer the current one. */
export async function assertHeld(tx: Tx, task: HeldTask): Promise<void> {
  const { rows } = await sql`select 1 from tasks where ${isHeld(task)} for no key update`.execute(tx);
  if (rows.length === 0) throw new TaskError('LEASE_LOST', 'Another worker has taken the task over.');
}

/** Ends tasks that succeeded; answers which of them were still held. In a transaction of the system: many tasks, one statement. */
export async function completeTasks(tx: Tx, tasks: readonly HeldTask[]): Promise<boolean[]> {
  const { rows } = await sql<{ id: string }>`
    with locked as (
      select tasks.tenant_id, tasks.id
      from tasks join unnest(${tasks.map(({ id }) => id)}::uuid[], ${tasks.map(({ attempt }) => attempt)}::integer[]) as held (id, attempt)
        on tasks.id = held.id and tasks.attempt = held.attempt
      where state = 'running' order by tasks.id for no key update of tasks
    )
    update tasks set state = 'succeeded', progress_percent = 100, finished_at = now(), lease_owner = null, lease_until = null
    from locked where tasks.tenant_id = locked.tenant_id and tasks.id = locked.id
    returning tasks.id`.execute(tx);
  const ids = new Set(rows.map(({ id }) => id));
  return tasks.map(({ id }) => ids.has(id));
}

/** Ends the attempt with an error: once more after a while, or never. Answers how it stands; undefined when the lease is lost. */
export async function failTask(
  tx: Tx,
  definition: TaskDefinition,
  task: ClaimedTask,
  { error, isFinal, backoff }: { readonly error: ErrorRecord; readonly isFinal: boolean; readonly backoff: Backoff },
): Promise<'queued' | 'failed' | undefined> {
  const { rows } = await sql<{ state: 'queued' | 'failed' }>`
    update tasks set failures = failures + 1, lost_leases = 0, last_error = ${JSON.stringify(error)}::jsonb,
      state = case when ${isFinal} or failures + 1 >= max_failures then 'failed' else 'queued' end,
      finished_at = case when ${isFinal} or failures + 1 >= max_failures then now() end,
      run_at = now() + ${backoffAfter(sql`failures`, backoff)}, rung_at = null, lease_owner = null, lease_until = null
    where ${isHeld(task)} returning state`.execute(tx);
  const state = rows[0]?.state;
  if (state === 'failed') await definition.ended?.(tx, { ...task, outcome: 'failed', error });
  return state;
}

/** Ends the attempt because somebody asked for it. */
export async function cancelHeldTask(tx: Tx, definition: TaskDefinition, task: ClaimedTask): Promise<boolean> {
  const { rows } = await sql`
    update tasks set state = 'cancelled', finished_at = now(), lease_owner = null, lease_until = null
    where ${isHeld(task)} returning id`.execute(tx);
  if (rows.length > 0) await definition.ended?.(tx, { ...task, outcome: 'cancelled', error: undefined });
  return rows.length > 0;
}

/** Ends the attempt because the worker stops: another goes on at once, and nothing counts against the task. */
export async function giveTaskBack(tx: Tx, task: HeldTask): Promise<boolean> {
  const { rows } = await sql`
    with given as (
      update tasks set state = 'queued', run_at = now(), rung_at = now(), lease_owner = null, lease_until = null
      where ${isHeld(task)} returning tenant_id, id, kind, queue
    )
    insert into outbox (tenant_id, id, kind, queue) select tenant_id, id, kind, queue from given
    on conflict do nothing returning id`.execute(tx);
  await notifyRelays(tx);
  return rows.length > 0;
}

/** How long to wait, counted from the attempts that went wrong before this one. */
export function backoffAfter(earlier: ReturnType<typeof sql>, { baseSeconds, longestSeconds }: Backoff): ReturnType<typeof sql> {
  return sql`make_interval(secs =>
    least(${longestSeconds}::float8, ${baseSeconds}::float8 * 2 ^ least(${earlier}, 30)) * (0.5 + random() / 2))`;
}

function isHeld({ tenantId, id, attempt }: HeldTask): ReturnType<typeof sql> {
  return sql`tenant_id = ${tenantId} and id = ${id} and attempt = ${attempt} and state = 'running'`;
}
