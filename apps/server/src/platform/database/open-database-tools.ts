import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Keyring } from '../keyring/index.ts';
import { backUpDatabase, type BackupSummary } from './backup/back-up-database.ts';
import { restoreDatabase } from './backup/restore-database.ts';
import type { RestoreOptions, RestoreSummary } from './backup/restore-database.ts';
import type { Database } from './database.ts';
import { clusterRoles } from './embedded/cluster.ts';
import { startEmbeddedPostgres } from './embedded/start-embedded-postgres.ts';
import type { MigrationRecord } from './migrations/applied-migrations.ts';
import { checkSchema } from './migrations/check-schema.ts';
import { loadMigrations } from './migrations/load-migrations.ts';
import { createMigrator, type Migrator, resolveVersion } from './migrations/migrator.ts';
import { openDatabase } from './open-database.ts';

/** Where the database is, as the settings say. */
export interface DatabasePlace {
  readonly dataDirectory: string;
  readonly database: { readonly url?: string; readonly migrationUrl?: string };
}

/** What the operator's commands need. */
export interface DatabaseTools extends Migrator {
  /** For people: the server's address without its password, or the folder. */
  readonly place: string;
  readonly database: Database;
  /** The version that a word means: `head`, `base`, `+1`, `-1`, a number or a name. */
  resolveVersion(word: string): Promise<number>;
  /** Differences between database, committed listing and migrations, in words. */
  check(): Promise<string[]>;
  /** See `backUpDatabase`. */
  backUp(keyring: Keyring, write: (encrypted: Readable) => Promise<void>): Promise<BackupSummary>;
  /** See `restoreDatabase`. */
  restore(encrypted: Readable, keyring: Keyring, options?: Pick<RestoreOptions, 'resumesTasks'>): Promise<RestoreSummary>;
  close(): Promise<void>;
}

/** Opens the database of the settings; the embedded one as a guest, so that it works beside a running service and without one. */
export async function openDatabaseTools({ dataDirectory, database }: DatabasePlace): Promise<DatabaseTools> {
  const embedded =
    database.url === undefined ? await startEmbeddedPostgres({ directory: embeddedDirectory(dataDirectory), as: 'guest' }) : undefined;
  const url = database.url ?? embedded!.url;
  const migrationUrl = database.migrationUrl ?? embedded?.migrationUrl ?? url;
  const appRole = embedded ? clusterRoles.app : decodeURIComponent(new URL(url).username);
  const migrations = loadMigrations();
  const migrator = createMigrator({ url: migrationUrl, migrations, ...(appRole === '' ? {} : { appRole }) });
  const pool = openDatabase({ url, maxConnections: 2, statementTimeoutSeconds: 3600, applicationName: 'deployguard tools' });
  return {
    ...migrator,
    place: embedded ? embeddedDirectory(dataDirectory) : describeAddress(url),
    database: pool,
    async resolveVersion(word) {
      return resolveVersion(word, migrations, findCurrent(await migrator.history()));
    },
    check: () => checkSchema(migrationUrl, migrations),
    backUp: (keyring, write) => backUpDatabase(migrationUrl, keyring, write),
    restore: (encrypted, keyring, choice = {}) =>
      restoreDatabase(encrypted, { url: migrationUrl, migrator, migrations, keyring, ...choice }),
    async close() {
      await pool.close();
      await embedded?.stop();
    },
  };
}

/** Where the embedded database stands in the data directory. */
export function embeddedDirectory(dataDirectory: string): string {
  return join(dataDirectory, 'postgres');
}

function findCurrent(history: readonly MigrationRecord[]): number {
  return history.findLast(({ state }) => state !== 'pending')?.version ?? 0;
}

function describeAddress(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}${port && `:${port}`}${pathname}`;
}
