import { type ClientBase, escapeIdentifier } from 'pg';

/**
 * Gives the application's login what it needs on all tables, and no more: it owns nothing, so row-level security binds it, and the audit
 * log is insert-only. Repeatable; without a second login there is nothing to give.
 */
export async function grantRights(client: ClientBase, appRole: string): Promise<void> {
  const { rows } = await client.query<{ isOwner: boolean; tables: string[] }>(
    `select current_user = $1 as "isOwner", array(select tablename::text from pg_tables where schemaname = current_schema()) as tables`,
    [appRole],
  );
  const { isOwner, tables } = rows[0]!;
  if (isOwner) return;
  const app = escapeIdentifier(appRole);
  await client.query(`grant usage on schema public to ${app}`);
  for (const table of tables) {
    await client.query(`revoke all on ${escapeIdentifier(table)} from ${app}`);
    await client.query(`grant ${rightsByTable[table] ?? 'select, insert, update, delete'} on ${escapeIdentifier(table)} to ${app}`);
  }
}

const rightsByTable: Readonly<Record<string, string>> = {
  audit_logs: 'select, insert',
  schema_migrations: 'select',
};
