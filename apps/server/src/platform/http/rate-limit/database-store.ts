import { sql } from 'kysely';
import type { Database } from '../../database/index.ts';
import { createMemoryRateLimitStore } from './memory-store.ts';
import type { RateLimitStore } from './rate-limiter.ts';

/**
 * Counts that all replicas share in PostgreSQL. Only those of tenants: who has not signed in is counted by each replica, for there is no tenant
 * whose row it could be.
 */
export function createDatabaseRateLimitStore(database: Pick<Database, 'asTenant'>): RateLimitStore {
  const memory = createMemoryRateLimitStore();
  return {
    async take(bucket, window, amount) {
      if (bucket.tenantId === undefined) return memory.take(bucket, window, amount);
      const { rows } = await database.asTenant(bucket.tenantId, (tx) =>
        sql<{ drawn: number }>`
          insert into rate_windows as known (bucket, window_number, drawn) values (${bucket.key}, ${window}, ${amount})
          on conflict (tenant_id, bucket) do update
          set window_number = excluded.window_number,
              drawn = excluded.drawn + case when known.window_number = excluded.window_number then known.drawn else 0 end
          returning drawn`.execute(tx),
      );
      return rows[0]!.drawn;
    },
  };
}
