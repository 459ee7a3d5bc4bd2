import { sql } from 'kysely';
import type { Database } from '../database/index.ts';
import { batchCalls } from './batch-calls.ts';
import { DoorbellDown, toDepths } from './doorbell.ts';
import type { Doorbell, QueueName, TaskMessage } from './doorbell.ts';
import { pullMessages } from './pull-messages.ts';
import type { Delivery, MessageSource } from './pull-messages.ts';

const channel = 'deployguard_tasks';

export interface EmbeddedDoorbellOptions {
  /** How long a message stays hidden after it was handed out, when nobody claimed its task. Default 60. */
  readonly visibilitySeconds?: number;
}

/**
 * No broker: the `tasks` table itself is the queue. A task is visible from `visible_at` on; handing it out moves that moment ahead, a
 * claim ends it. NOTIFY wakes those who wait.
 */
export async function openEmbeddedDoorbell(
  database: Database,
  { visibilitySeconds = 60 }: EmbeddedDoorbellOptions = {},
): Promise<Doorbell> {
  const listeners = new Set<() => void>();
  const listening = await database.listen(channel, () => listeners.forEach((listener) => listener()));

  const show = batchCalls((taskIds: readonly string[]) => orDown(showTasks(database, taskIds)), { maxItems: 500 });
  const hide = batchCalls((handed: readonly HandedTask[]) => hideTasks(database, handed), { maxItems: 500 });

  const source: MessageSource = {
    onWake(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async fetch(queues, count) {
      const handed = await handOutTasks(database, queues, count, visibilitySeconds);
      return handed.map((task): Delivery => ({ message: toMessage(task), acknowledge: () => hide(task) }));
    },
  };

  return {
    name: 'embedded',
    ring: (message) => show(message.taskId),
    take: async (queues, onTask, { concurrency }) => pullMessages(source, queues, onTask, concurrency),
    async isUp() {
      return sql`select 1`.execute(database.db).then(
        () => true,
        () => false,
      );
    },
    depth: () => orDown(countVisible(database)),
    close: () => listening.close(),
  };
}

interface HandedTask {
  readonly id: string;
  readonly kind: string;
  readonly queue: QueueName;
  /** As text: exact to the microsecond. It tells this hand-out from later ones. */
  readonly visible_at: string;
}

function toMessage({ id, kind, queue }: HandedTask): TaskMessage {
  return { taskId: id, kind, queue };
}

/** Locks in the order of ids, like every statement on several tasks: no two of them wait for each other. */
function showTasks(database: Database, taskIds: readonly string[]): Promise<void[]> {
  return database.asSystem(async (tx) => {
    await sql`
      with locked as (
        select tenant_id, id from tasks where id = any(${taskIds}::uuid[]) and state = 'queued' order by id for no key update
      )
      update tasks set visible_at = now() from locked where tasks.tenant_id = locked.tenant_id and tasks.id = locked.id`.execute(tx);
    await sql`select pg_notify(${channel}, '')`.execute(tx);
    return taskIds.map(() => undefined);
  });
}

function handOutTasks(database: Database, queues: readonly QueueName[], count: number, visibilitySeconds: number): Promise<HandedTask[]> {
  return database.asSystem(async (tx) => {
    // If it is lost in a crash the message merely comes again.
    await sql`set local synchronous_commit = off`.execute(tx);
    const { rows } = await sql<HandedTask & { rank: number }>`
      with next as (
        select task.tenant_id, task.id, wanted.rank
        from unnest(${queues}::text[]) with ordinality as wanted (queue, rank)
        cross join lateral (
          select tenant_id, id from tasks
          where state = 'queued' and queue = wanted.queue and visible_at <= now()
          order by visible_at limit ${count} for no key update skip locked
        ) as task
        order by wanted.rank limit ${count}
      )
      update tasks set visible_at = now() + make_interval(secs => ${visibilitySeconds})
      from next where tasks.tenant_id = next.tenant_id and tasks.id = next.id
      returning tasks.id, tasks.kind, tasks.queue, tasks.visible_at::text, next.rank`.execute(tx);
    return rows.sort((a, b) => a.rank - b.rank);
  });
}

/** Answered messages stay away until the doorbell rings again. Tasks that were claimed are hidden already. */
function hideTasks(database: Database, handed: readonly HandedTask[]): Promise<void[]> {
  return database.asSystem(async (tx) => {
    await sql`
      with locked as (
        select tasks.tenant_id, tasks.id
        from tasks join unnest(${handed.map(({ id }) => id)}::uuid[], ${handed.map(({ visible_at }) => visible_at)}::timestamptz[])
          as handed (id, visible_at) on tasks.id = handed.id and tasks.visible_at = handed.visible_at
        where state = 'queued' order by tasks.id for no key update of tasks
      )
      update tasks set visible_at = null from locked where tasks.tenant_id = locked.tenant_id and tasks.id = locked.id`.execute(tx);
    return handed.map(() => undefined);
  });
}

function countVisible(database: Database): Promise<Record<QueueName, number>> {
  return database.asSystem(async (tx) => {
    const { rows } = await sql<{ queue: QueueName; depth: number }>`
      select queue, count(*) as depth from tasks where state = 'queued' and visible_at <= now() group by queue`.execute(tx);
    return toDepths(rows.map((row) => [row.queue, row.depth] as const));
  });
}

function orDown<T>(work: Promise<T>): Promise<T> {
  return work.catch((cause: unknown) => {
    throw new DoorbellDown('The database', 'it does not answer', { cause });
  });
}
