import { sql } from 'kysely';
import type { Tx } from '../database/index.ts';

/** Deletes all events of a subject, in its tenant's transaction. Followers see nothing more; new events would begin at 1 again. */
export async function forgetEvents(tx: Tx, subject: string): Promise<void> {
  await sql`delete from event_heads where tenant_id = current_tenant() and subject = ${subject}`.execute(tx);
}
