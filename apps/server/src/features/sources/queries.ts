import { sql } from 'kysely';
import type { Insertable, Selectable } from 'kysely';
import type { Schema, Tx } from '../../platform/database/index.ts';

export async function insertSource(tx: Tx, row: Insertable<Schema['sources']>): Promise<Selectable<Schema['sources']>> {
  return tx.insertInto('sources').values(row).returningAll().executeTakeFirstOrThrow();
}

/** Where those lie that are past their time. */
export async function listExpiredSources(tx: Tx): Promise<string[]> {
  const rows = await tx
    .selectFrom('sources')
    .select('storage_key')
    .where('expires_at', '<', sql<Date>`now()`)
    .execute();
  return rows.map((row) => row.storage_key);
}

/** A job that scanned an upload still names it. */
export async function deleteUnusedSources(tx: Tx): Promise<void> {
  await tx
    .deleteFrom('sources')
    .where('expires_at', '<', sql<Date>`now()`)
    .where(({ not, exists, selectFrom }) => not(exists(selectFrom('jobs').select('jobs.id').whereRef('jobs.source_id', '=', 'sources.id'))))
    .execute();
}
