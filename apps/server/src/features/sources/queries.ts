import { sql } from 'kysely';
import type { Insertable, RawBuilder, Selectable } from 'kysely';
import type { Schema, Tx } from '../../platform/database/index.ts';

export type SourceRow = Selectable<Schema['sources']>;

export async function insertSource(tx: Tx, row: Insertable<Schema['sources']>): Promise<SourceRow> {
  return tx.insertInto('sources').values(row).returningAll().executeTakeFirstOrThrow();
}

/** Nobody begins to use it, until the transaction ends. Undefined when it is gone or expired. */
export async function lockSource(tx: Tx, id: string): Promise<SourceRow | undefined> {
  return tx
    .selectFrom('sources')
    .selectAll()
    .where('id', '=', id)
    .where('expires_at', '>', sql<Date>`clock_timestamp()`)
    .forUpdate()
    .executeTakeFirst();
}

/** Whether somebody has still to read it. */
export async function isAwaited(tx: Tx, id: string): Promise<boolean> {
  return isNamed(tx, id, {
    jobs: sql`status in ('pending', 'scanning')`,
    deployments: sql`status in ('QUEUED', 'ANALYZING', 'BUILDING') and from_release_id is null`,
  });
}

/** Whether a job or deployment names it that has not come to its end. A job that failed may be tried again. */
export async function isInUse(tx: Tx, id: string): Promise<boolean> {
  return isNamed(tx, id, {
    jobs: sql`status not in ('completed', 'cancelled', 'expired')`,
    deployments: sql`status not in ('FAILED', 'CANCELLED', 'DESTROYED')`,
  });
}

async function isNamed(
  tx: Tx,
  id: string,
  conditions: { readonly jobs: RawBuilder<unknown>; readonly deployments: RawBuilder<unknown> },
): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from jobs where tenant_id = current_tenant() and source_id = ${id} and ${conditions.jobs})
      or exists (select from deployments where tenant_id = current_tenant() and source_id = ${id} and ${conditions.deployments}) as found`.execute(
    tx,
  );
  return rows[0]!.found;
}

export async function expireSource(tx: Tx, id: string): Promise<SourceRow> {
  return tx
    .updateTable('sources')
    .set({ expires_at: sql<Date>`now()` })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Those that are past their time, and where they lie. */
export async function listExpiredSources(tx: Tx): Promise<Pick<SourceRow, 'id' | 'storage_key'>[]> {
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
