import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseError } from '../database-error.ts';
import { formatVersion, loadMigrations, migrationsDirectory } from './load-migrations.ts';

/** Writes the next, empty migration and returns its path. `name` says what it does: `add-teams`. */
export function createRevision(name: string, directory = migrationsDirectory): string {
  const words = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  if (words === '')
    throw new DatabaseError('MIGRATION_INVALID', `"${name}" says nothing; name what the migration does, such as "add teams".`);
  const path = join(directory, `${formatVersion(loadMigrations(directory).length + 1)}-${words}.sql`);
  writeFileSync(path, template, { flag: 'wx' });
  return path;
}

const template = `-- What it is for. Software of the version before keeps running while and after this is applied; begin the file with
-- "-- breaking" if it cannot. New tables: tenant_id first in the primary key, and "call protect_tenant_table('name');".
-- migrate:up

-- migrate:down
`;
