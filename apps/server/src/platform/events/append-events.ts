import { sql } from 'kysely';
import type { Tx } from '../database/index.ts';
import { eventsChannel } from './event.ts';
import type { NewEvent } from './event.ts';

/**
 * Appends events of a subject in the tenant's transaction. Returns the sequence of the last one.
 *
 * The subject stays locked until the transaction ends, so keep that short.
 */
export async function appendEvents(tx: Tx, subject: string, events: readonly NewEvent[]): Promise<number> {
  const { rows } = await sql<{ last_sequence: number; tenant_id: string }>`
    with head as (
      insert into event_heads (subject, last_sequence) values (${subject}, ${events.length})
      on conflict (tenant_id, subject)
        do update set last_sequence = event_heads.last_sequence + excluded.last_sequence, updated_at = now()
      returning tenant_id, last_sequence
    ), written as (
      insert into events (subject, sequence, kind, data)
      select ${subject}, head.last_sequence - ${events.length}::integer + new.position, new.kind, new.data
      from head, unnest(${events.map((event) => event.kind)}::text[], ${events.map((event) => JSON.stringify(event.data))}::jsonb[])
        with ordinality as new (kind, data, position)
    )
    select last_sequence, tenant_id, pg_notify(${eventsChannel}, tenant_id || '/' || ${subject}) from head`.execute(tx);
  return rows[0]!.last_sequence;
}
