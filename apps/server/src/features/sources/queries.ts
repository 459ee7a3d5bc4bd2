import { sql } from 'kysely';
import type { Insertable, Selectable } from 'kysely';
import type { Schema, Tx } from '../../platform/database/index.ts';

export async function insertSource(tx: Tx, row: Insertable<Schema['sources']>): Promise<Selectable<Schema['sources']>> {
  return tx.insertInto('sources').values(row).returningAll().executeTakeFirstOrThrow();
}

/** Those that are past their time, and where they lie. */
export async function listExpiredSources(tx: Tx): Promise<Pick<Selectable<Schema['sources']>, 'id' | 'storage_key'>[]> {
  return tx
    .selectFrom('sources')
    .select(['id', 'storage_key'])
    .where('expires_at', '<', sql<Date>`now()`)
    .execute();
}

/** A job or deployment that took an upload still names it. */
export async function deleteUnusedSources(tx: Tx): Promise<void> {
  await tx
    .deleteFrom('sources')
    .where('expires_at', '<', sql<Date>`now()`)
    .where(({ not, exists, selectFrom }) => not(exists(selectFrom('jobs').select('jobs.id').whereRef('jobs.source_id', '=', 'sources.id'))))
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('deployments').select('deployments.id').whereRef('deployments.source_id', '=', 'sources.id'))),
    )
    .execute();
}
