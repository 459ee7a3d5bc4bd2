import { setTimeout as delay } from 'node:timers/promises';
import { Client, type ClientBase } from 'pg';
import { DatabaseError } from '../database-error.ts';
import {
  type AppliedMigration,
  assertUnchanged,
  buildHistory,
  createMigrationTable,
  listApplied,
  type MigrationRecord,
  recordApplied,
} from './applied-migrations.ts';
import { grantRights } from './grant-rights.ts';
import { formatVersion, loadMigrations, type Migration } from './load-migrations.ts';

export interface MigratorOptions {
  /** Login that owns the tables. */
  readonly url: string;
  /** Login that the application uses; default: the same. */
  readonly appRole?: string;
  /** Default: those of this software. */
  readonly migrations?: readonly Migration[];
  /** How long a step may wait for a lock that queries of running software hold, before it gives way and tries again. Default 3. */
  readonly lockTimeoutSeconds?: number;
}

/**
 * Moves the schema. Each step is one transaction with its record, behind a lock that ends with the transaction: any number of replicas may
 * start at once, also through PgBouncer, and one of them does each step.
 *
 * Running software must survive the step before it is replaced, so a change comes in two releases: first add (nullable columns, tables,
 * indexes), then, when nothing uses it any more, remove. A step that cannot be survived begins with `-- breaking`.
 */
export interface Migrator {
  /** Applies what is pending, up to a version, and returns it. */
  upgrade(to?: number): Promise<Migration[]>;
  /** Undoes what is above a version, and returns it. */
  downgrade(to: number): Promise<AppliedMigration[]>;
  /** All steps, of the software and of the database. */
  history(): Promise<MigrationRecord[]>;
  /** Records steps up to a version as applied, and no others, without running anything. */
  stamp(to: number): Promise<void>;
}

// Any number will do, as long as nothing else in the database uses it.
const migrationLock = 0x6467_6d67;
const attempts = 40;

export function createMigrator(options: MigratorOptions): Migrator {
  const { url, migrations = loadMigrations(), lockTimeoutSeconds = 3 } = options;

  const inStep = <T>(work: (client: ClientBase, applied: AppliedMigration[]) => Promise<T>): Promise<T> =>
    withClient(url, async (client) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await inTransaction(client, async () => {
            await client.query('select pg_advisory_xact_lock($1)', [migrationLock]);
            await client.query(`set local lock_timeout = '${lockTimeoutSeconds}s'`);
            await createMigrationTable(client);
            const applied = await listApplied(client);
            assertUnchanged(buildHistory(migrations, applied));
            return work(client, applied);
          });
        } catch (error) {
          // 55P03: lock not available. Waiting on would also hold up every query behind us.
          if ((error as { code?: string }).code !== '55P03' || attempt === attempts) throw error;
          await delay(250);
        }
      }
    });
  const grant = (client: ClientBase): Promise<void> =>
    options.appRole === undefined ? Promise.resolve() : grantRights(client, options.appRole);

  return {
    async upgrade(to = Infinity) {
      const done: Migration[] = [];
      for (;;) {
        const step = await inStep(async (client, applied) => {
          const next = migrations.find(({ version }) => version <= to && !applied.some((step) => step.version === version));
          if (next) {
            await run(client, next.name, next.up);
            await recordApplied(client, next);
          }
          await grant(client);
          return next;
        });
        if (!step) return done;
        done.push(step);
      }
    },
    async downgrade(to) {
      const done: AppliedMigration[] = [];
      for (;;) {
        const step = await inStep(async (client, applied) => {
          const last = applied.findLast(({ version }) => version > to);
          if (last) {
            await run(client, last.name, getDown(last, migrations));
            await client.query('delete from schema_migrations where version = $1', [last.version]);
          }
          return last;
        });
        if (!step) return done;
        done.push(step);
      }
    },
    history: () => withClient(url, async (client) => buildHistory(migrations, await listApplied(client))),
    stamp: (to) =>
      withClient(url, (client) =>
        inTransaction(client, async () => {
          await client.query('select pg_advisory_xact_lock($1)', [migrationLock]);
          await createMigrationTable(client);
          await client.query('delete from schema_migrations');
          for (const migration of migrations) if (migration.version <= to) await recordApplied(client, migration);
          await grant(client);
        }),
      ),
  };
}

function getDown({ version, name }: AppliedMigration, migrations: readonly Migration[]): string {
  const migration = migrations.find((known) => known.version === version);
  if (!migration) {
    throw new DatabaseError(
      'MIGRATION_UNKNOWN',
      `${name} was applied by newer software, which also knows how to undo it: downgrade with that version.`,
    );
  }
  if (migration.down === '') throw new DatabaseError('MIGRATION_INVALID', `${name} cannot be undone: restore a backup from before it.`);
  return migration.down;
}

async function run(client: ClientBase, name: string, statements: string): Promise<void> {
  try {
    await client.query(statements);
  } catch (error) {
    const { code, message, position } = error as { code?: string; message: string; position?: string };
    if (code === '55P03') throw error;
    const line = position === undefined ? '' : ` (line ${statements.slice(0, Number(position)).split('\n').length} of its part)`;
    throw new DatabaseError('MIGRATION_FAILED', `${name}: ${message}${line}. Nothing of it was done.`, { cause: error });
  }
}

/** Runs the work on a connection of its own. @throws {DatabaseError} DATABASE_UNREACHABLE, DATABASE_RIGHTS_MISSING. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'deployguard migrations', connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    throw new DatabaseError(
      'DATABASE_UNREACHABLE',
      `The database cannot be reached: ${(error as Error).message || (error as { code?: string }).code}.`,
      {
        cause: error,
      },
    );
  }
  try {
    return await work(client);
  } catch (error) {
    // 42501: insufficient privilege. What the login may not do is in the server's words.
    if ((error as { code?: string }).code !== '42501') throw error;
    throw new DatabaseError(
      'DATABASE_RIGHTS_MISSING',
      `The database login "${client.user}" lacks rights: ${(error as Error).message}. Set DATABASE_MIGRATION_URL to the login that owns the tables.`,
      { cause: error },
    );
  } finally {
    await client.end().catch(() => {});
  }
}

export async function inTransaction<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

/** The version that a word of the command line means: `head`, `base`, `+1`, `-1`, `3`, `0003`, `0003-name`. */
export function resolveVersion(word: string, migrations: readonly Migration[], current: number): number {
  if (word === 'head') return migrations.length;
  if (word === 'base') return 0;
  if (/^[+-]\d+$/.test(word)) return Math.max(0, Math.min(migrations.length, current + Number(word)));
  const found = migrations.find(({ version, name }) => name === word || (/^\d+$/.test(word) && version === Number(word)));
  if (found) return found.version;
  const range = migrations.length === 0 ? 'there are none' : `there are ${formatVersion(1)} to ${formatVersion(migrations.length)}`;
  throw new DatabaseError('MIGRATION_UNKNOWN', `There is no migration ${word}: ${range}; head, base, +1 and -1 work too.`);
}
