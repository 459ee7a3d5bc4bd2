import { sql } from 'kysely';
import { forEachTenant, rowsPerRound } from '../../database/index.ts';
import type { Database, Tx } from '../../database/index.ts';

/** Deletes idempotency keys that are past their time, with the answers that stand beside them. */
export async function forgetIdempotencyKeys(database: Database, signal: AbortSignal): Promise<void> {
  await forEachTenant(database, signal, (inTenant) => inTenant(deleteExpired));
}

async function deleteExpired(tx: Tx): Promise<number> {
  const { numDeletedRows } = await tx
    .deleteFrom('idempotency_keys')
    .where('id', 'in', (query) =>
      query
        .selectFrom('idempotency_keys as old')
        .select('old.id')
        .where('old.expires_at', '<', sql<Date>`now()`)
        .orderBy('old.expires_at')
        .limit(rowsPerRound),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}
