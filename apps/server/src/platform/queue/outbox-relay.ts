import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Database, Tx } from '../database/index.ts';
import { createAlarm } from './alarm.ts';
import type { Doorbell, QueueName } from './doorbell.ts';

export interface OutboxRelay {
  stop(): Promise<void>;
}

export interface OutboxRelayOptions {
  readonly database: Database;
  readonly doorbell: Doorbell;
  /** Told when the broker or the database does not answer; the relay goes on by itself. */
  readonly onError?: (error: unknown) => void;
}

/** Notified when a transaction that wrote to the outbox has been committed. */
export const outboxChannel = 'deployguard_outbox';
const batchSize = 200;
const pollMilliseconds = 1000;
// A relay that died gives its rows back after this.
const takenSeconds = 30;

interface OutboxRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly kind: string;
  readonly queue: QueueName;
  /** As text: exact to the microsecond. It tells whether the row was announced again meanwhile. */
  readonly taken_until: string;
}

/**
 * A statement that has the doorbell rung for the tasks of a table, which has the columns of `outbox`. One that stands there still may be rung this
 * very moment, before anybody can see why: it is rung once more.
 */
export function announce(table: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`insert into outbox (tenant_id, id, kind, queue) select tenant_id, id, kind, queue from ${table} order by id
    on conflict (tenant_id, id) do update set taken_until = '-infinity'`;
}

/** Wakes the relays once the transaction is committed. */
export async function notifyRelays(tx: Tx): Promise<void> {
  await sql`select pg_notify(${outboxChannel}, '')`.execute(tx);
}

/**
 * Rings for what stands in the outbox, and deletes what the broker has confirmed. Any number of relays may run. When one dies between
 * ringing and deleting, the bell rings twice, which does no harm.
 */
export async function startOutboxRelay({ database, doorbell, onError = () => {} }: OutboxRelayOptions): Promise<OutboxRelay> {
  const stopping = new AbortController();
  const alarm = createAlarm();
  const listening = await database.listen(outboxChannel, alarm.ring);
  const ended = relay();

  async function relay(): Promise<void> {
    let failedRounds = 0;
    while (!stopping.signal.aborted) {
      try {
        const { taken, failure } = await relayBatch(database, doorbell);
        if (failure !== undefined) throw failure;
        failedRounds = 0;
        if (taken < batchSize) await alarm.pause(pollMilliseconds);
      } catch (error) {
        onError(error);
        failedRounds++;
        await delay(Math.min(100 * 2 ** failedRounds, 5000), undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  }

  return {
    async stop() {
      stopping.abort();
      alarm.ring();
      await ended;
      await listening.close();
    },
  };
}

/** No transaction is open while the broker is asked. */
async function relayBatch(database: Database, doorbell: Doorbell): Promise<{ taken: number; failure: unknown }> {
  const rows = await database.asSystem(takeRows);
  if (rows.length === 0) return { taken: 0, failure: undefined };
  const results = await Promise.allSettled(rows.map((row) => doorbell.ring({ taskId: row.id, kind: row.kind, queue: row.queue })));
  const isRung = (_: OutboxRow, index: number): boolean => results[index]!.status === 'fulfilled';
  await database.asSystem(async (tx) => {
    await deleteRows(tx, rows.filter(isRung));
    await giveRowsBack(
      tx,
      rows.filter((row, index) => !isRung(row, index)),
    );
  });
  const failed = results.find((result) => result.status === 'rejected');
  return { taken: rows.length, failure: failed?.reason };
}

async function takeRows(tx: Tx): Promise<OutboxRow[]> {
  const { rows } = await sql<OutboxRow>`
    with next as (
      select tenant_id, id from outbox where taken_until < now() order by taken_until, created_at limit ${batchSize} for update skip locked
    )
    update outbox set taken_until = now() + make_interval(secs => ${takenSeconds})
    from next where outbox.tenant_id = next.tenant_id and outbox.id = next.id
    returning outbox.tenant_id, outbox.id, outbox.kind, outbox.queue, outbox.taken_until::text`.execute(tx);
  return rows;
}

async function deleteRows(tx: Tx, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    with ours as (${lockOurs(rows)})
    delete from outbox using ours where outbox.tenant_id = ours.tenant_id and outbox.id = ours.id`.execute(tx);
}

async function giveRowsBack(tx: Tx, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    with ours as (${lockOurs(rows)})
    update outbox set taken_until = '-infinity' from ours where outbox.tenant_id = ours.tenant_id and outbox.id = ours.id`.execute(tx);
}

/** Those that nobody has announced again or taken over. In the order of ids, like every statement on several tasks: no two of them wait for each other. */
function lockOurs(rows: readonly OutboxRow[]): RawBuilder<unknown> {
  return sql`
    select outbox.tenant_id, outbox.id
    from outbox join unnest(
      ${rows.map((row) => row.tenant_id)}::uuid[], ${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.taken_until)}::timestamptz[]
    ) as rung (tenant_id, id, taken_until)
      on outbox.tenant_id = rung.tenant_id and outbox.id = rung.id and outbox.taken_until = rung.taken_until
    order by outbox.id for update of outbox`;
}
