import { Readable } from 'node:stream';
import { type ClientBase, escapeIdentifier } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Keyring } from '../../keyring/index.ts';
import { encryptContent } from '../../storage/encryption/encrypt-content.ts';
import { DatabaseError } from '../database-error.ts';
import { listApplied } from '../migrations/applied-migrations.ts';
import { withClient } from '../migrations/migrator.ts';
import { encodeFrame, type Frame } from './frames.ts';

/** What the key of a backup is wrapped for: nothing else can be passed off as one. */
export const backupContext = 'deployguard database backup';

export interface BackupSummary {
  readonly tables: number;
  readonly rows: number;
}

/**
 * All rows of all tenants as of one moment, encrypted, in bounded memory; the service goes on meanwhile. `url` is the login that owns the
 * tables: only it may read them all (policy `backup`).
 */
export async function backUpDatabase(url: string, keyring: Keyring, write: (encrypted: Readable) => Promise<void>): Promise<BackupSummary> {
  return withClient(url, async (client) => {
    await client.query('begin isolation level repeatable read read only');
    await client.query(`select set_config('deployguard.role', 'backup', true)`);
    await assertReadsAll(client);
    const summary = { tables: 0, rows: 0 };
    await write(encryptContent(Readable.from(encode(readTables(client, summary)), { objectMode: false }), keyring, backupContext));
    await client.query('commit');
    return summary;
  });
}

/** Row-level security would leave out the rows without a word. */
async function assertReadsAll(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ table: string; login: string }>(
    `select relname as table, current_user as login from pg_class
     where relnamespace = current_schema()::regnamespace and relkind = 'r' and not pg_has_role(relowner, 'member') limit 1`,
  );
  const [hidden] = rows;
  if (!hidden) return;
  throw new DatabaseError(
    'BACKUP_REFUSED',
    `The login "${hidden.login}" does not own ${hidden.table}, and so does not see all rows. Set DATABASE_MIGRATION_URL to the login that owns the tables.`,
  );
}

async function* encode(frames: AsyncIterable<Frame>): AsyncGenerator<Buffer> {
  for await (const frame of frames) yield encodeFrame(frame);
}

async function* readTables(client: ClientBase, summary: { tables: number; rows: number }): AsyncGenerator<Frame> {
  const migrations = (await listApplied(client)).map(({ version, name, checksum }) => ({ version, name, checksum }));
  yield { kind: 'header', header: { format: 1, createdAt: new Date().toISOString(), migrations } };
  for (const { name, columns } of await listTables(client)) {
    yield { kind: 'table', name, columns };
    const list = columns.map((column) => escapeIdentifier(column)).join(', ');
    const rows = client.query(copyTo(`copy (select ${list} from ${escapeIdentifier(name)}) to stdout`));
    for await (const data of rows as AsyncIterable<Buffer>) yield { kind: 'rows', data };
    yield { kind: 'count', rows: rows.rowCount };
    summary.tables++;
    summary.rows += rows.rowCount;
  }
  yield { kind: 'end', tables: summary.tables };
}

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

/** Tables after those that they refer to, so that they can be filled in this order. */
export async function listTables(client: ClientBase): Promise<Table[]> {
  const { rows } = await client.query<Table & { needs: string[] }>(
    `select c.relname as name,
       array(select attname::text from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum) as columns,
       array(select distinct confrelid::regclass::text from pg_constraint where conrelid = c.oid and contype = 'f' and confrelid <> c.oid) as needs
     from pg_class c
     where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname <> 'schema_migrations'
     order by relname collate "C"`,
  );
  const sorted: Table[] = [];
  const left = new Map(rows.map((table) => [table.name, table]));
  while (left.size > 0) {
    const next = [...left.values()].find(({ needs }) => !needs.some((name) => left.has(name)));
    if (!next) throw new Error(`These tables refer to each other in a circle: ${[...left.keys()].join(', ')}.`);
    left.delete(next.name);
    sorted.push({ name: next.name, columns: next.columns });
  }
  return sorted;
}
