import type { Database, Tx } from './database.ts';

/** Does a thing in transactions of one tenant. */
export type InTenant = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;

/** Rows that a round takes at most: each is a short transaction. */
export const rowsPerRound = 100;

/** Goes through all tenants, for the duties of the scheduler. Each gets its rounds, until one tells of less than `rowsPerRound`. */
export async function forEachTenant(
  database: Pick<Database, 'asSystem' | 'asTenant'>,
  signal: AbortSignal,
  round: (inTenant: InTenant) => Promise<number>,
): Promise<void> {
  const tenants = await database.asSystem((tx) => tx.selectFrom('tenants').select('tenant_id').execute());
  for (const { tenant_id: tenantId } of tenants) {
    let count = rowsPerRound;
    while (count === rowsPerRound && !signal.aborted) count = await round((work) => database.asTenant(tenantId, work));
  }
}
