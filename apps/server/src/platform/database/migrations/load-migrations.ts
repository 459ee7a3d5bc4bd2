import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseError } from '../database-error.ts';

/** A numbered step of the schema: a file `NNNN-name.sql` with an `up` and a `down` part. */
export interface Migration {
  readonly version: number;
  /** File name without its ending: `0001-core`. */
  readonly name: string;
  readonly up: string;
  /** Empty when the step cannot be undone. */
  readonly down: string;
  /** The file begins with `-- breaking`: software that does not know this step cannot run after it. */
  readonly isBreaking: boolean;
  /** SHA-256 of the file. */
  readonly checksum: string;
}

/** The migrations that belong to this software; in the compiled package they are beside the code. */
export const migrationsDirectory = join(
  import.meta.dirname,
  import.meta.filename.endsWith('.ts') ? '../../../../migrations' : 'migrations',
);

/** @throws {DatabaseError} MIGRATION_INVALID. */
export function loadMigrations(directory = migrationsDirectory): Migration[] {
  const files = readdirSync(directory).filter((file) => file.endsWith('.sql'));
  const migrations = files.sort().map((file) => parseMigration(file, readFileSync(join(directory, file), 'utf8')));
  migrations.forEach(({ version, name }, index) => {
    if (version === index + 1) return;
    throw new DatabaseError(
      'MIGRATION_INVALID',
      `${name}.sql: its number should be ${formatVersion(index + 1)}: they count up without gaps or doubles.`,
    );
  });
  return migrations;
}

export function parseMigration(file: string, text: string): Migration {
  const name = /^(\d{4})-[a-z0-9]+(?:-[a-z0-9]+)*\.sql$/.exec(file);
  if (!name) throw new DatabaseError('MIGRATION_INVALID', `${file}: a migration is named like 0001-what-it-does.sql.`);
  const parts = /^-- migrate:up$(.*)^-- migrate:down$(.*)/ms.exec(text);
  if (!parts?.[1]?.trim()) {
    throw new DatabaseError('MIGRATION_INVALID', `${file}: it needs a line "-- migrate:up", statements, and a line "-- migrate:down".`);
  }
  return {
    version: Number(name[1]),
    name: file.slice(0, -'.sql'.length),
    up: parts[1],
    down: parts[2]!.trim(),
    isBreaking: text.startsWith('-- breaking'),
    checksum: createHash('sha256').update(text).digest('hex'),
  };
}

export function formatVersion(version: number): string {
  return String(version).padStart(4, '0');
}
