import { sql } from 'kysely';
import type { Database } from '../database/index.ts';
import { announce, notifyRelays, queueNames } from '../queue/index.ts';
import type { Doorbell, QueueName } from '../queue/index.ts';

const batchSize = 500;

export interface RepublishOptions {
  readonly database: Database;
  readonly doorbell: Doorbell;
  /** How long a task of an empty queue may wait until its message counts as lost. Default 60. */
  readonly stuckSeconds?: number;
  /** The same where others wait as well: a long queue is no reason to make it longer. Default 3600. */
  readonly longStuckSeconds?: number;
}

/** Rings for tasks that have become due, and again for those whose message must be lost. Returns how many. */
export async function republishTasks({
  database,
  doorbell,
  stuckSeconds = 60,
  longStuckSeconds = 3600,
}: RepublishOptions): Promise<number> {
  const empty = await listEmptyQueues(doorbell);
  const patience = queueNames.map((queue) => (empty.has(queue) ? stuckSeconds : longStuckSeconds));
  return database.asSystem(async (tx) => {
    const { rows } = await sql`
      with due as (
        select tenant_id, id, kind, queue from tasks
        where state = 'queued' and rung_at is null and run_at <= now()
        order by run_at limit ${batchSize} for no key update skip locked
      ), stuck as (
        select task.* from unnest(${queueNames}::text[], ${patience}::float8[]) as each (queue, seconds)
        cross join lateral (
          select tenant_id, id, kind, queue from tasks
          where state = 'queued' and queue = each.queue and rung_at < now() - make_interval(secs => each.seconds)
          order by rung_at limit ${batchSize} for no key update skip locked
        ) as task
      ), announced as (
        select * from due union all select * from stuck
      ), rung as (
        update tasks set rung_at = now() from announced where tasks.tenant_id = announced.tenant_id and tasks.id = announced.id
      )
      ${announce(sql`announced`)} returning id`.execute(tx);
    if (rows.length > 0) await notifyRelays(tx);
    return rows.length;
  });
}

async function listEmptyQueues(doorbell: Doorbell): Promise<ReadonlySet<QueueName>> {
  try {
    const depth = await doorbell.depth();
    return new Set(queueNames.filter((queue) => depth[queue] === 0));
  } catch {
    // What waits in the outbox is rung for when the broker is back.
    return new Set();
  }
}
