import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Tx } from '../database/index.ts';
import { outboxChannel } from '../queue/index.ts';
import { currentTraceparent } from '../telemetry/index.ts';
import type { Requester, TaskKind } from './task.ts';

export interface EnqueueOptions {
  /** Default: a new one. */
  readonly id?: string;
  /** Whose events the task writes. Default: the task's own id. */
  readonly subject?: string;
  /** From when on it may be run, by the clock of the database. Default 0. */
  readonly delaySeconds?: number;
  /** Who asked for it. Default: the service itself. */
  readonly requester?: Requester | undefined;
}

/**
 * Asks for work in the tenant's transaction: the task exists, and the doorbell rings, if and only if it commits. Returns the task's id.
 *
 * The input is stored as JSON; no secrets.
 */
export async function enqueueTask(tx: Tx, kind: TaskKind, input: unknown, options: EnqueueOptions = {}): Promise<string> {
  const { id = randomUUIDv7(), subject = id, delaySeconds = 0, requester } = options;
  await sql`
    with task as (
      insert into tasks (id, kind, queue, subject, input, max_failures, trace_parent, user_id, ip, request_id, run_at, rung_at)
      values (${id}, ${kind.kind}, ${kind.queue}, ${subject}, ${JSON.stringify(input)}, ${kind.maxFailures ?? 3}, ${currentTraceparent() ?? null},
        ${requester?.userId ?? null}, ${requester?.ip ?? null}, ${requester?.requestId ?? null}, now() + make_interval(secs => ${delaySeconds}), case when ${delaySeconds > 0} then null else now() end)
      returning tenant_id, id, kind, queue, rung_at
    ), announced as (
      insert into outbox (tenant_id, id, kind, queue) select tenant_id, id, kind, queue from task where rung_at is not null returning id
    )
    select pg_notify(${outboxChannel}, '') from announced`.execute(tx);
  return id;
}
