import { sql } from 'kysely';
import type { Db } from './database.ts';

/** Why row-level security is no second lock for this login, in words for the log of a start; undefined when it is one. */
export async function findLoginWeakness(db: Db): Promise<string | undefined> {
  const { rows } = await sql<{ name: string; bypasses: boolean; owns: boolean }>`
    select current_user as name, rolsuper or rolbypassrls as bypasses,
      exists (select from pg_class where relname = 'jobs' and relnamespace = current_schema()::regnamespace and relowner = pg_roles.oid) as owns
    from pg_roles where rolname = current_user`.execute(db);
  const { name, bypasses, owns } = rows[0]!;
  if (bypasses)
    return `The database login "${name}" bypasses row-level security: only the application keeps tenants apart. Use a login without SUPERUSER and BYPASSRLS.`;
  if (owns)
    return `The database login "${name}" owns the tables and could lift row-level security. Give DATABASE_URL a login of its own and DATABASE_MIGRATION_URL the owner.`;
  return undefined;
}
