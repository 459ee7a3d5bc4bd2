import { sql } from 'kysely';
import type { Database } from '../database/index.ts';

/** The lease of the scheduler that leads. */
export const leaderLease = 'scheduler';

export interface LeaseRequest {
  readonly name: string;
  readonly holder: string;
  readonly leaseSeconds: number;
}

/** Takes or renews a lease, in database time. Returns its term, which rises with each new holder; undefined when another has it. */
export async function acquireLease(database: Database, { name, holder, leaseSeconds }: LeaseRequest): Promise<number | undefined> {
  return database.asSystem(async (tx) => {
    const { rows } = await sql<{ term: number }>`
      insert into leases as lease (id, holder, lease_until) values (${name}, ${holder}, now() + make_interval(secs => ${leaseSeconds}))
      on conflict (tenant_id, id) do update set holder = excluded.holder, lease_until = excluded.lease_until,
        term = lease.term + (lease.holder <> excluded.holder)::integer
      where lease.holder = excluded.holder or lease.lease_until < now()
      returning term`.execute(tx);
    return rows[0]?.term;
  });
}

/** Leaves the lease to whoever comes next. */
export async function releaseLease(database: Database, { name, holder }: Pick<LeaseRequest, 'name' | 'holder'>): Promise<void> {
  await database.asSystem(async (tx) => {
    await sql`update leases set lease_until = '-infinity' where id = ${name} and holder = ${holder}`.execute(tx);
  });
}
