import type { ClientBase } from 'pg';
import { DatabaseError } from '../database-error.ts';
import type { Migration } from './load-migrations.ts';

/** What the database remembers of a step. */
export interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  readonly isBreaking: boolean;
  readonly appliedAt: Date;
}

/** `changed`: its file is not the one that was applied. `unknown`: newer software applied it. */
export type MigrationState = 'applied' | 'pending' | 'changed' | 'unknown';

export interface MigrationRecord {
  readonly version: number;
  readonly name: string;
  readonly state: MigrationState;
  readonly appliedAt: Date | undefined;
}

export async function createMigrationTable(client: ClientBase): Promise<void> {
  await client.query(`create table if not exists schema_migrations (
    version integer primary key,
    name varchar(200) not null,
    checksum char(64) not null,
    is_breaking boolean not null,
    applied_at timestamptz not null default now()
  )`);
}

/** In order; none when nothing was ever applied. */
export async function listApplied(client: Pick<ClientBase, 'query'>): Promise<AppliedMigration[]> {
  const exists = await client.query<{ there: boolean }>(`select to_regclass('schema_migrations') is not null as there`);
  if (!exists.rows[0]!.there) return [];
  const { rows } = await client.query<AppliedMigration>(
    `select version, name, checksum, is_breaking as "isBreaking", applied_at as "appliedAt" from schema_migrations order by version`,
  );
  return rows;
}

export async function recordApplied(client: ClientBase, { version, name, checksum, isBreaking }: Migration): Promise<void> {
  await client.query('insert into schema_migrations (version, name, checksum, is_breaking) values ($1, $2, $3, $4)', [
    version,
    name,
    checksum,
    isBreaking,
  ]);
}

export function buildHistory(migrations: readonly Migration[], applied: readonly AppliedMigration[]): MigrationRecord[] {
  const known = migrations.map(({ version, name, checksum }): MigrationRecord => {
    const record = applied.find((step) => step.version === version);
    if (!record) return { version, name, state: 'pending', appliedAt: undefined };
    return { version, name, state: record.checksum === checksum ? 'applied' : 'changed', appliedAt: record.appliedAt };
  });
  const unknown = applied
    .filter((step) => !migrations.some(({ version }) => version === step.version))
    .map(({ version, name, appliedAt }): MigrationRecord => ({ version, name, state: 'unknown', appliedAt }));
  return [...known, ...unknown];
}

/** @throws {DatabaseError} MIGRATION_CHANGED. */
export function assertUnchanged(history: readonly MigrationRecord[]): void {
  const changed = history.filter(({ state }) => state === 'changed').map(({ name }) => `${name}.sql`);
  if (changed.length === 0) return;
  throw new DatabaseError(
    'MIGRATION_CHANGED',
    `${changed.join(', ')} changed after being applied to this database. Put the file back and write a new migration instead.`,
  );
}
