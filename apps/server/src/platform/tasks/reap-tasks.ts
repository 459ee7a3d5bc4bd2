import { sql } from 'kysely';
import { appendAudit, systemActor } from '../audit/index.ts';
import type { Database, Tx } from '../database/index.ts';
import { maxLostLeases, toRequester } from './claim-tasks.ts';
import { backoffAfter } from './settle-task.ts';
import type { Backoff } from './settle-task.ts';
import type { EndedTask, ErrorRecord, Requester, TaskDefinition } from './task.ts';

const batchSize = 100;
const poisonError: ErrorRecord = {
  code: 'WORKER_LOST',
  message: `${maxLostLeases} workers in a row vanished while they ran this task. It is not tried again by itself.`,
};

export interface ReaperOptions {
  readonly database: Database;
  readonly definitions: readonly TaskDefinition[];
  readonly backoff: Backoff;
}

/**
 * Takes tasks from workers that are silent: back to the queue after a while, to the dead ones the third time, and cancelled where that was
 * asked for. Returns how many.
 */
export async function reapTasks({ database, definitions, backoff }: ReaperOptions): Promise<number> {
  const byKind = new Map(definitions.map((definition) => [definition.kind, definition]));
  const expired = await database.asSystem(listExpired);
  const errors: unknown[] = [];
  let reaped = 0;
  // One by one, as their tenants: what a task was for is changed in the same transaction. One that fails holds up no other.
  for (const task of expired) {
    try {
      if (await reapTask(database, byKind.get(task.kind), task, backoff)) reaped++;
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0)
    throw new AggregateError(errors, `${errors.length} of ${expired.length} tasks could not be taken from their workers.`);
  return reaped;
}

function reapTask(database: Database, definition: TaskDefinition | undefined, task: ExpiredTask, backoff: Backoff): Promise<boolean> {
  return database.asTenant(task.tenantId, async (tx) => {
    const state = await takeFromWorker(tx, task, backoff);
    if (state === 'dead' || state === 'cancelled') {
      const ended: EndedTask = { ...task, outcome: state, error: state === 'dead' ? poisonError : undefined };
      await definition?.ended?.(tx, ended);
    }
    if (state === 'dead') await appendAudit(tx, { ...systemActor, action: 'task_dead', details: { task_id: task.id, kind: task.kind } });
    return state !== undefined;
  });
}

interface ExpiredTask {
  readonly tenantId: string;
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly input: unknown;
  readonly requester: Requester | undefined;
  readonly attempt: number;
}

async function listExpired(tx: Tx): Promise<ExpiredTask[]> {
  const { rows } = await sql<Omit<ExpiredTask, 'requester'> & Parameters<typeof toRequester>[0]>`
    select tenant_id as "tenantId", id, kind, subject, input, user_id, ip, request_id, attempt from tasks
    where state = 'running' and lease_until < now() order by lease_until limit ${batchSize}`.execute(tx);
  return rows.map((row) => ({ ...row, requester: toRequester(row) }));
}

/** Undefined: it was faster, or somebody is at it. */
async function takeFromWorker(tx: Tx, task: ExpiredTask, backoff: Backoff): Promise<'queued' | 'dead' | 'cancelled' | undefined> {
  const { rows } = await sql<{ state: 'queued' | 'dead' | 'cancelled' }>`
    with expired as (
      select tenant_id, id, case
        when cancel_requested_at is not null then 'cancelled'
        when lost_leases + 1 >= ${maxLostLeases} then 'dead'
        else 'queued' end as next_state
      from tasks
      where tenant_id = ${task.tenantId} and id = ${task.id} and attempt = ${task.attempt} and state = 'running' and lease_until < now()
      for no key update skip locked
    )
    update tasks set state = next_state, lost_leases = lost_leases + 1, lease_owner = null, lease_until = null,
      run_at = now() + ${backoffAfter(sql`lost_leases`, backoff)}, rung_at = null,
      finished_at = case when next_state <> 'queued' then now() end,
      last_error = case when next_state = 'dead' then ${JSON.stringify(poisonError)}::jsonb else last_error end
    from expired where tasks.tenant_id = expired.tenant_id and tasks.id = expired.id
    returning tasks.state`.execute(tx);
  return rows[0]?.state;
}
