import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientBase } from 'pg';
import { describeSchema, type SchemaDescription } from '../snapshot/describe-schema.ts';
import { buildHistory, listApplied } from './applied-migrations.ts';
import { loadMigrations, type Migration, migrationsDirectory } from './load-migrations.ts';
import { withClient } from './migrator.ts';

/** What the schema should be, as committed beside the migrations. */
export const snapshotFile = join(migrationsDirectory, 'schema.txt');

/**
 * Compares the three that must be the same: the database, the committed listing, and what the migrations make (tried in a schema of its own
 * and rolled back). Returns the differences, in words.
 */
export async function checkSchema(
  url: string,
  migrations = loadMigrations(),
  snapshot = readFileSync(snapshotFile, 'utf8'),
): Promise<string[]> {
  return withClient(url, async (client) => {
    const pending = buildHistory(migrations, await listApplied(client)).filter(({ state }) => state !== 'applied');
    if (pending.length > 0) return pending.map(({ name, state }) => `${name} is ${state}.`);
    const made = await describeMigrations(client, migrations);
    const there = await describeSchema(client);
    return [
      ...compare(snapshot, made.text, 'schema.txt', 'the migrations make').map((line) => `Snapshot: ${line}`),
      ...compare(snapshot, there.text, 'schema.txt', 'the database has').map((line) => `Database: ${line}`),
    ];
  });
}

/** What the migrations make of nothing. Leaves nothing behind. */
export async function describeMigrations(client: ClientBase, migrations: readonly Migration[]): Promise<SchemaDescription> {
  await client.query('begin');
  try {
    await client.query('create schema deployguard_check; set local search_path = deployguard_check');
    for (const { up } of migrations) await client.query(up);
    return await describeSchema(client);
  } finally {
    await client.query('rollback');
  }
}

/** Lines name their table, since the same column may stand in many. */
function compare(expected: string, actual: string, expectedName: string, actualName: string): string[] {
  const wanted = new Set(qualifyLines(expected));
  const there = new Set(qualifyLines(actual));
  return [
    ...[...wanted].filter((line) => !there.has(line)).map((line) => `missing, ${expectedName} has: ${line}`),
    ...[...there].filter((line) => !wanted.has(line)).map((line) => `more than ${expectedName} has, ${actualName}: ${line}`),
  ];
}

function qualifyLines(text: string): string[] {
  return text.split('\n\n').flatMap((block) => {
    const [head = '', ...lines] = block.split('\n');
    return [head, ...lines.map((line) => `${head}: ${line.trim()}`)];
  });
}
