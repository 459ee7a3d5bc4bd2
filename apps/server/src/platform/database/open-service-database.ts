import type { Database } from './database.ts';
import { DatabaseError } from './database-error.ts';
import { clusterRoles } from './embedded/cluster.ts';
import { startEmbeddedPostgres } from './embedded/start-embedded-postgres.ts';
import { findLoginWeakness } from './find-login-weakness.ts';
import { buildHistory, listApplied } from './migrations/applied-migrations.ts';
import { loadMigrations } from './migrations/load-migrations.ts';
import { createMigrator, withClient } from './migrations/migrator.ts';
import { openDatabase } from './open-database.ts';
import { type DatabasePlace, embeddedDirectory } from './open-database-tools.ts';

export interface ServiceDatabaseOptions extends DatabasePlace {
  readonly database: DatabasePlace['database'] & {
    readonly listenUrl?: string;
    readonly maxConnections: number;
    readonly statementTimeoutSeconds: number;
    readonly upgradeAtStart: boolean;
  };
  /** Shown in pg_stat_activity: `api`, `worker`, … */
  readonly service: string;
  /** An idle connection broke. */
  readonly onConnectionLost?: (error: Error) => void;
  /** The embedded server ended without being asked to, or could not be started again: it is tried (again). */
  readonly onServerTrouble?: (error: Error) => void;
  /** The embedded server is gone for good. */
  readonly onServerLost?: (error: Error) => void;
}

export interface ServiceDatabase {
  readonly database: Database;
  /** For threads and child processes that connect by themselves. */
  readonly url: string;
  /** Names of the migrations that were applied just now. */
  readonly upgraded: readonly string[];
  /** Why row-level security is no second lock here; for the log. */
  readonly weakness: string | undefined;
  /** Closes the pool, then stops the embedded server. */
  close(): Promise<void>;
}

/**
 * The database as a part of the service uses it: the server of the settings, or a private one that this process then owns; with the schema
 * that this software needs.
 *
 * @throws {DatabaseError} SCHEMA_NOT_READY, DATABASE_UNREACHABLE, DATABASE_IN_USE, …
 */
export async function openServiceDatabase(options: ServiceDatabaseOptions): Promise<ServiceDatabase> {
  const {
    dataDirectory,
    database: settings,
    service,
    onConnectionLost = () => {},
    onServerTrouble = () => {},
    onServerLost = () => {},
  } = options;
  const embedded =
    settings.url === undefined
      ? await startEmbeddedPostgres({
          directory: embeddedDirectory(dataDirectory),
          as: 'owner',
          onTrouble: onServerTrouble,
          onLost: onServerLost,
        })
      : undefined;
  const url = settings.url ?? embedded!.url;
  const listenUrl = settings.listenUrl ?? url;
  try {
    const migrationUrl = settings.migrationUrl ?? embedded?.migrationUrl ?? url;
    const upgraded = await prepareSchema(url, settings.upgradeAtStart ? migrationUrl : undefined);
    const { maxConnections, statementTimeoutSeconds } = settings;
    const applicationName = `deployguard ${service}`;
    const database = openDatabase({
      url,
      listenUrl,
      maxConnections,
      statementTimeoutSeconds,
      applicationName,
      onConnectionLost,
    });
    return {
      database,
      url,
      upgraded,
      weakness: await findLoginWeakness(database.db),
      async close() {
        await database.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

/** Applies what is pending, when it may; refuses to go on without it, and after a breaking step of newer software. */
async function prepareSchema(url: string, migrationUrl: string | undefined): Promise<string[]> {
  const migrations = loadMigrations();
  const applied = await withClient(url, listApplied);
  const history = buildHistory(migrations, applied);
  const breaking = applied.find(({ version, isBreaking }) => isBreaking && version > migrations.length);
  if (breaking) {
    throw new DatabaseError(
      'SCHEMA_NOT_READY',
      `The database has the migration ${breaking.name} of newer software, after which this version cannot run. Update this one.`,
    );
  }
  const pending = history.filter(({ state }) => state === 'pending').map(({ name }) => name);
  if (pending.length === 0) return [];
  if (migrationUrl === undefined) {
    throw new DatabaseError(
      'SCHEMA_NOT_READY',
      `The database lacks ${pending.join(', ')}. Run \`deployguard db upgrade\`, or set database.upgradeAtStart.`,
    );
  }
  const login = decodeURIComponent(new URL(url).username) || clusterRoles.app;
  return (await createMigrator({ url: migrationUrl, appRole: login, migrations }).upgrade()).map(({ name }) => name);
}
