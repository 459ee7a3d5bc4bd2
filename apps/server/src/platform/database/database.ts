import type { Kysely, Transaction } from 'kysely';
import type { Schema } from './schema.ts';

export type Db = Kysely<Schema>;
export type Tx = Transaction<Schema>;

/**
 * The service's database. Everything a tenant owns is read and written inside `asTenant`: the one place where the tenant is set, for
 * the transaction only (`SET LOCAL`), so pooled connections and PgBouncer in transaction mode carry nothing over.
 */
export interface Database {
  /** Outside of any tenant: row-level security shows no tenant's rows here. For health checks and the like. */
  readonly db: Db;
  /**
   * A transaction of one tenant. Rows of others are neither visible nor writable: built queries ask for the tenant's rows (see `tenantFilter`),
   * and row-level security shows no others, whatever the SQL. New rows get its `tenant_id`.
   */
  asTenant<T>(tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** A transaction of the system itself: sees the tables whose migration says so (`protect_tenant_table`), across tenants. */
  asSystem<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Calls back for each NOTIFY on the channel, and once with `''` after a lost connection is back: something may have been missed.
   * All listeners share one connection, which must reach PostgreSQL directly (PgBouncer in transaction mode cannot pass it on).
   */
  listen(channel: string, onNotify: (payload: string) => void): Promise<{ close(): Promise<void> }>;
  /** The connections of this process, without the one for LISTEN. */
  countConnections(): ConnectionCounts;
  close(): Promise<void>;
}

export interface ConnectionCounts {
  readonly busy: number;
  readonly idle: number;
  /** Pieces of work that wait for one. */
  readonly waiting: number;
  readonly max: number;
}
