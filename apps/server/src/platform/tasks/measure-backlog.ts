import { sql } from 'kysely';
import type { Database } from '../database/index.ts';
import { leaderLease } from './leader-lease.ts';

/** What holds tasks up, for metrics. */
export interface BacklogMeasure {
  /** Tasks whose doorbell is still to ring, and since when the oldest of them waits. */
  readonly outboxCount: number;
  readonly outboxOldestSeconds: number;
  /** Schedulers that hold the lease: 1, or 0 when nobody does what is due by the clock. */
  readonly leaders: number;
}

export async function measureBacklog(database: Pick<Database, 'asSystem'>): Promise<BacklogMeasure> {
  return database.asSystem(async (tx) => {
    const { rows } = await sql<BacklogMeasure>`
      select count(*) as "outboxCount", coalesce(greatest(0, extract(epoch from now() - min(created_at))), 0)::float8 as "outboxOldestSeconds",
        (select count(*) from leases where id = ${leaderLease} and lease_until > now()) as leaders
      from outbox`.execute(tx);
    return rows[0]!;
  });
}
