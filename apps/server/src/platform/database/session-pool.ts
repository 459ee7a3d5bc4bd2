import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type { Pool, PoolClient } from 'pg';

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
 */
export function createSessionPool(pool: Pool, { isDirect }: SessionPoolOptions): PostgresPool {
  const sessions = new WeakMap<PoolClient, PostgresPoolClient>();
  const names = isDirect ? createNames() : () => undefined;
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
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
      await client.query(first);
      return send(text, values);
    }
    const { stream } = client.connection;
    stream.cork();
    const sent = Promise.all([client.query(first), send(text, values)]);
    stream.uncork();
    return (await sent)[1];
  }

  function send(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<unknown>> {
    const name = names(text);
    return client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) }) as unknown as Promise<
      PostgresQueryResult<unknown>
    >;
  }

  return {
    query: query as PostgresPoolClient['query'],
    release(destroy) {
      opening = [];
      client.release(destroy);
    },
  };
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
