import { sql } from 'kysely';
import type { Db } from './database.ts';
import { loadMigrations } from './migrations/load-migrations.ts';
import type { Migration } from './migrations/load-migrations.ts';

/**
 * Finds out what keeps this software from working with the schema as it is now, for an operator may move it under a running service; undefined when
 * nothing does. The check throws when the database cannot be asked, or has no schema at all.
 */
export function createSchemaCheck(): (db: Db) => Promise<string | undefined> {
  let migrations: readonly Migration[] | undefined;
  return async (db) => {
    migrations ??= loadMigrations();
    const { length } = migrations;
    const { rows } = await sql<{ version: number; name: string; is_breaking: boolean }>`
      select version, name, is_breaking from schema_migrations order by version`.execute(db);
    const applied = new Set(rows.map(({ version }) => version));
    const missing = migrations.filter(({ version }) => !applied.has(version)).map(({ name }) => name);
    if (missing.length > 0) return `its schema lacks ${missing.join(', ')}`;
    const breaking = rows.find(({ version, is_breaking: isBreaking }) => isBreaking && version > length);
    return breaking && `its schema has ${breaking.name} of newer software, after which this version cannot run`;
  };
}
