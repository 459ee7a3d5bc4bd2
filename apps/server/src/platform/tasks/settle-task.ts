import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Tx } from '../database/index.ts';
import { announce, notifyRelays } from '../queue/index.ts';
import type { ClaimedTask, ErrorRecord, TaskDefinition } from './task.ts';
import { TaskError } from './task-error.ts';

/** Waiting times after errors and lost leases: doubled each time from the base to the longest, and up to half of it less at random. */
export interface Backoff {
  readonly baseSeconds: number;
  readonly longestSeconds: number;
}

export const defaultBackoff: Backoff = { baseSeconds: 5, longestSeconds: 600 };

/** How long a task waits for a service that is away before that is its failure. */
const longestOutageSeconds = 86_400;
/** Between two tries: once the service is back, nobody waits for much longer. */
const longestOutageWaitSeconds = 120;

export interface Failure {
  readonly error: ErrorRecord;
  /** Another attempt makes no sense. */
  readonly isFinal: boolean;
  /** The fault is the platform's, and nothing that this task did. */
  readonly isOutage: boolean;
  readonly backoff: Backoff;
}

type HeldTask = Pick<ClaimedTask, 'tenantId' | 'id' | 'attempt'>;

function lost(): TaskError {
  return new TaskError('LEASE_LOST', 'Another worker has taken the task over.');
}

/** Locks the task's row until the transaction ends. Throws LEASE_LOST when the attempt is no longer the current one. */
export async function assertHeld(tx: Tx, task: HeldTask): Promise<void> {
  const { rows } = await sql`select 1 from tasks where ${isHeld(task)} for no key update`.execute(tx);
  if (rows.length === 0) throw lost();
}

/**
 * Locks the task's row as `assertHeld` does, and renews the lease when half of it is over: the heartbeat passes by rows that are locked, and one transaction
 * after another would keep it away until the lease had ended.
 */
export async function keepHeld(tx: Tx, task: HeldTask, leaseSeconds: number): Promise<void> {
  const lease = sql`make_interval(secs => ${leaseSeconds})`;
  const { rows } = await sql`
    with held as (
      select tenant_id, id, lease_until from tasks where ${isHeld(task)} for no key update
    ), renewed as (
      update tasks set lease_until = now() + ${lease} from held
      where tasks.tenant_id = held.tenant_id and tasks.id = held.id and held.lease_until < now() + ${lease} / 2
    )
    select 1 from held`.execute(tx);
  if (rows.length === 0) throw lost();
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
  { error, isFinal, isOutage, backoff }: Failure,
): Promise<'queued' | 'failed' | undefined> {
  const { rows } = await sql<{ state: 'queued' | 'failed' }>`
    update tasks set ${isOutage ? afterOutage(backoff) : afterError(isFinal, backoff)}, lost_leases = 0,
      last_error = ${JSON.stringify(error)}::jsonb, rung_at = null, lease_owner = null, lease_until = null
    where ${isHeld(task)} returning state`.execute(tx);
  const state = rows[0]?.state;
  if (state === 'failed') await definition.ended?.(tx, { ...task, outcome: 'failed', error });
  return state;
}

function afterError(isFinal: boolean, backoff: Backoff): RawBuilder<unknown> {
  const isOver = sql`(${isFinal} or failures + 1 >= max_failures)`;
  return sql`${endWhen(isOver)}, failures = failures + 1, outage_since = null, run_at = now() + ${backoffAfter(sql`failures`, backoff)}`;
}

/** Counts for nothing, and is waited for about half as long as it has lasted; somewhen it is an error all the same. */
function afterOutage(backoff: Backoff): RawBuilder<unknown> {
  const lasted = sql`extract(epoch from now() - coalesce(outage_since, now()))::float8`;
  const longestSeconds = Math.min(backoff.longestSeconds, longestOutageWaitSeconds);
  return sql`${endWhen(sql`${lasted} > ${longestOutageSeconds}`)}, outage_since = coalesce(outage_since, now()),
    run_at = now() + ${waitAbout(sql`greatest(${backoff.baseSeconds}::float8, ${lasted} / 2)`, { longestSeconds })}`;
}

function endWhen(isOver: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`state = case when ${isOver} then 'failed' else 'queued' end, finished_at = case when ${isOver} then now() end`;
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
    ), announced as (
      ${announce(sql`given`)}
    )
    select id from given`.execute(tx);
  await notifyRelays(tx);
  return rows.length > 0;
}

/** How long to wait, counted from the attempts that went wrong before this one. */
export function backoffAfter(earlier: RawBuilder<unknown>, { baseSeconds, longestSeconds }: Backoff): RawBuilder<unknown> {
  return waitAbout(sql`${baseSeconds}::float8 * 2 ^ least(${earlier}, 30)`, { longestSeconds });
}

function waitAbout(seconds: RawBuilder<unknown>, { longestSeconds }: Pick<Backoff, 'longestSeconds'>): RawBuilder<unknown> {
  return sql`make_interval(secs => least(${longestSeconds}::float8, ${seconds}) * (0.5 + random() / 2))`;
}

function isHeld({ tenantId, id, attempt }: HeldTask): RawBuilder<unknown> {
  return sql`tenant_id = ${tenantId} and id = ${id} and attempt = ${attempt} and state = 'running'`;
}
