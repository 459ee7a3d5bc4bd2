import { sql } from 'kysely';
import type { Tx } from '../database/index.ts';
import type { ClaimedTask, Requester } from './task.ts';

/** A task that cost so many workers their lease, without an error, is not tried again. */
export const maxLostLeases = 3;

export interface Claimant {
  /** Its name, as it stands in the lease. */
  readonly owner: string;
  /** Kinds that it can do. What a message says of its task counts for nothing. */
  readonly kinds: readonly string[];
  readonly leaseSeconds: number;
}

/**
 * Takes tasks for a worker. Those that are missing in the answer are not to be had: done, not due, or held by another, so that the message
 * was a duplicate. A task whose lease ran out is taken over at once, unless it is the reaper's to bury.
 */
export async function claimTasks(tx: Tx, taskIds: readonly string[], { owner, kinds, leaseSeconds }: Claimant): Promise<ClaimedTask[]> {
  const { rows } = await sql<ClaimedRow>`
    with locked as (
      select tenant_id, id, state from tasks
      where id = any(${taskIds}::uuid[]) and kind = any(${[...kinds]}::text[])
        and ((state = 'queued' and run_at <= now())
          or (state = 'running' and lease_until < now() and cancel_requested_at is null and lost_leases < ${maxLostLeases} - 1))
      order by id for no key update
    )
    update tasks set state = 'running', attempt = attempt + 1, lost_leases = lost_leases + (locked.state = 'running')::integer,
      lease_owner = ${owner}, lease_until = now() + make_interval(secs => ${leaseSeconds}), visible_at = null,
      started_at = coalesce(started_at, now()), progress_percent = 0, current_step = null
    from locked where tasks.tenant_id = locked.tenant_id and tasks.id = locked.id
    returning tasks.tenant_id, tasks.id, kind, subject, input, attempt, user_id, ip, request_id, trace_parent, extract(epoch from now() - run_at)::float8 as waited`.execute(
    tx,
  );
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    input: row.input,
    requester: toRequester(row),
    attempt: row.attempt,
    traceparent: row.trace_parent ?? undefined,
    waitedSeconds: row.waited,
  }));
}

/** Of the columns of a task. */
export function toRequester({ user_id: userId, ip, request_id: requestId }: RequesterColumns): Requester | undefined {
  if (userId === null) return undefined;
  return { userId, ...(ip === null ? {} : { ip }), ...(requestId === null ? {} : { requestId }) };
}

interface RequesterColumns {
  readonly user_id: string | null;
  readonly ip: string | null;
  readonly request_id: string | null;
}

interface ClaimedRow extends RequesterColumns {
  readonly tenant_id: string;
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly input: unknown;
  readonly attempt: number;
  readonly trace_parent: string | null;
  readonly waited: number;
}
