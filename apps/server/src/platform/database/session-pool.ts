import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import { DatabaseError as ServerError } from 'pg';
import type { Pool, PoolClient } from 'pg';
import { DatabaseError } from './database-error.ts';

export interface SessionPoolOptions {
  /**
   * Whether connections lead to PostgreSQL itself. Behind PgBouncer in transaction mode they change behind our back: nothing can stay prepared on
   * them, and one exchange must be over before the next begins.
   */
  readonly isDirect: boolean;
}

type Names = (text: string) => string | undefined;

/**
 * The pool as Kysely uses it, with fewer exchanges: what opens a transaction (`begin`, `set local`) is held back and goes out together with its first
 * statement, and a transaction without any is never begun. Needs clients with `pipeline` where it is direct.
 *
 * What the server says is wrong is thrown as it is; that there is no connection, or no more, as `DatabaseError` DATABASE_UNREACHABLE.
 */
export function createSessionPool(pool: Pool, { isDirect }: SessionPoolOptions): PostgresPool {
  const sessions = new WeakMap<PoolClient, PostgresPoolClient>();
  const names = isDirect ? createNames() : () => undefined;
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect().catch(throwExplained);
      // The same object for the same connection: Kysely remembers connections by it.
      const known = sessions.get(client) ?? createSession(client, isDirect, names);
      sessions.set(client, known);
      return known;
    },
  };
}

function createSession(client: PoolClient, isDirect: boolean, names: Names): PostgresPoolClient {
  let opening: string[] = [];

  async function query(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<unknown>> {
    if (text === 'begin' || text.startsWith('set local ')) {
      opening.push(text);
      return emptyResult('SELECT');
    }
    if (opening.length === 0) return send(text, values);
    const first = opening.join('; ');
    opening = [];
    if (text === 'commit' || text === 'rollback') return emptyResult(text === 'commit' ? 'COMMIT' : 'ROLLBACK');
    if (!isDirect) {
      await client.query(first).catch(throwExplained);
      return send(text, values);
    }
    const { stream } = client.connection;
    stream.cork();
    const sent = Promise.all([client.query(first).catch(throwExplained), send(text, values)]);
    stream.uncork();
    return (await sent)[1];
  }

  function send(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<unknown>> {
    const name = names(text);
    const sent = client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) });
    return sent.catch(throwExplained) as unknown as Promise<PostgresQueryResult<unknown>>;
  }

  return {
    query: query as PostgresPoolClient['query'],
    release(destroy) {
      opening = [];
      client.release(destroy);
    },
  };
}

/** The driver tells that a connection broke, or that none could be made in time, by errors without any code. */
function throwExplained(error: unknown): never {
  if (error instanceof ServerError ? !isEndOfConnection(error) : isMistake(error)) throw error;
  throw new DatabaseError('DATABASE_UNREACHABLE', 'The connection to the database was lost, or could not be made.', { cause: error });
}

/** Class 08, and what the server says when it ends a connection: it stops, it restarts, the transaction slept too long. */
function isEndOfConnection({ code = '' }: ServerError): boolean {
  return code.startsWith('08') || /^(?:57P0[1-5]|25P0[34])$/.test(code);
}

/** Of ours, in what was asked or in how an answer was read. */
function isMistake(error: unknown): boolean {
  return !(error instanceof Error) || error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
}

function emptyResult(command: PostgresQueryResult<unknown>['command']): PostgresQueryResult<unknown> {
  return { command, rowCount: 0, rows: [] };
}

const timesUntilPrepared = 5;
const maxTexts = 1000;

/** Names of statements that are worth being prepared: those that came several times. */
function createNames(): Names {
  const counts = new Map<string, number>();
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined) return known;
    if (isOfAllColumns(text)) return undefined;
    const count = (counts.get(text) ?? 0) + 1;
    if (count > timesUntilPrepared) {
      counts.delete(text);
      names.set(text, `deployguard_${names.size}`);
    } else if (counts.has(text) || counts.size + names.size < maxTexts) {
      counts.set(text, count);
    }
    return undefined;
  };
}

/** PostgreSQL refuses to run a prepared `select *` once another version of this software has added a column. */
function isOfAllColumns(text: string): boolean {
  return /\*(?!\))/.test(text);
}
