import { Kysely, PostgresDialect, sql } from 'kysely';
import { escapeLiteral, Pool, types } from 'pg';
import type { Database, Db, Tx } from './database.ts';
import { createListener } from './listener.ts';
import type { Schema } from './schema.ts';
import { createSessionPool } from './session-pool.ts';
import { tenantFilter } from './tenant-filter.ts';

export interface DatabaseOptions {
  /** Login of the application: `postgresql://user:password@host:port/database`, or a socket by `?host=/directory`. */
  readonly url: string;
  /** Where LISTEN works; default: `url`. Needed when `url` leads to PgBouncer in transaction mode. */
  readonly listenUrl?: string;
  /** Default 10. */
  readonly maxConnections?: number;
  /** A statement that runs longer is cancelled. Default 60. */
  readonly statementTimeoutSeconds?: number;
  /** A transaction in which nothing was asked for this long is ended: who holds it sleeps, and others wait for its locks. Default 20. */
  readonly idleTransactionSeconds?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  /** Told when a connection breaks. Who used it gets an error; the pool makes another. */
  readonly onConnectionLost?: (error: Error) => void;
}

/** Opens a pool. No connection is made yet, so a database that is down shows at the first query. */
export function openDatabase(options: DatabaseOptions): Database {
  const { url, listenUrl = url, maxConnections = 10, applicationName = 'deployguard' } = options;
  const { statementTimeoutSeconds = 60, idleTransactionSeconds = 20 } = options;
  let isClosing = false;
  // The server may be quicker to go than the last connection: whoever closes them knows.
  const onConnectionLost = (error: Error): void => {
    if (!isClosing) options.onConnectionLost?.(error);
  };
  const connection = {
    application_name: applicationName,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    connectionTimeoutMillis: 10_000,
    types: { getTypeParser },
  };
  const isDirect = listenUrl === url;
  const pool = new Pool({ ...connection, connectionString: url, max: maxConnections, pipeline: isDirect });
  // The pool listens to idle connections only; one that breaks in the middle of a transaction would end the process.
  pool.on('connect', (client) => client.on('error', onConnectionLost));
  pool.on('error', () => {});
  const db = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: createSessionPool(pool, { isDirect }) }),
  });
  const listener = createListener({ ...connection, connectionString: listenUrl }, onConnectionLost);
  const ofTenant = db.withPlugin(tenantFilter);

  const inScope = <T>(within: Db, setting: string, value: string, work: (tx: Tx) => Promise<T>): Promise<T> =>
    within.transaction().execute(async (tx) => {
      const settings = {
        [setting]: escapeLiteral(value),
        statement_timeout: `'${statementTimeoutSeconds}s'`,
        idle_in_transaction_session_timeout: `'${idleTransactionSeconds}s'`,
        // What is prepared while a table is empty would be planned for an empty table as long as the connection lives.
        plan_cache_mode: `'force_custom_plan'`,
      };
      const statements = Object.entries(settings).map(([name, literal]) => `set local ${name} = ${literal}`);
      await sql.raw(statements.join('; ')).execute(tx);
      return work(tx);
    });

  return {
    db,
    asTenant: (tenantId, work) => inScope(ofTenant, 'deployguard.tenant_id', tenantId, work),
    asSystem: (work) => inScope(db, 'deployguard.role', 'system', work),
    listen: listener.listen,
    countConnections: () => ({
      busy: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      max: maxConnections,
    }),
    async close() {
      isClosing = true;
      await listener.close();
      await pool.end();
    },
  };
}

/** bigint columns hold counts and sequences: numbers, as long as they are exact. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  return oid === types.builtins.INT8 ? parseBigint : (types.getTypeParser(oid, format as 'text') as (value: string) => unknown);
}

function parseBigint(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`The database returned ${text}, more than a number holds exactly.`);
  return value;
}
