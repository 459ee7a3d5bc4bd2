import { sql } from 'kysely';
import type { Tx } from '../database/index.ts';
import type { ServiceEvent } from './event.ts';

/** The events of a subject after a sequence, oldest first. */
export async function listEvents(tx: Tx, subject: string, afterSequence: number, limit: number): Promise<ServiceEvent[]> {
  const { rows } = await sql<{ sequence: number; kind: string; data: unknown; created_at: Date }>`
    select sequence, kind, data, created_at from events
    where tenant_id = current_tenant() and subject = ${subject} and sequence > ${afterSequence}
    order by sequence limit ${limit}`.execute(tx);
  return rows.map((row) => ({ sequence: row.sequence, kind: row.kind, data: row.data, createdAt: row.created_at }));
}
