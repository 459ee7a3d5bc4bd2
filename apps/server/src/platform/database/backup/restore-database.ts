import { type ClientBase, escapeIdentifier } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Keyring } from '../../keyring/index.ts';
import { decryptContent } from '../../storage/encryption/encrypt-content.ts';
import { DatabaseError } from '../database-error.ts';
import type { Migration } from '../migrations/load-migrations.ts';
import { inTransaction, type Migrator, withClient } from '../migrations/migrator.ts';
import { backupContext, type BackupSummary, listTables } from './back-up-database.ts';
import { type BackupHeader, decodeFrames, type Frame } from './frames.ts';

export interface RestoreOptions {
  /** Login that owns the tables. */
  readonly url: string;
  readonly migrator: Migrator;
  readonly migrations: readonly Migration[];
  readonly keyring: Keyring;
  /** Lets go on what waited or ran when the backup was made. Default: that is held as dead, for it may have been done since, or be done elsewhere. */
  readonly resumesTasks?: boolean;
}

export interface RestoreSummary extends BackupSummary {
  /** Of the backup, ISO 8601. */
  readonly createdAt: string;
  readonly heldTasks: number;
}

/**
 * Fills an empty database: brings it to the backup's version, then reads all rows in one transaction, which ends well only when the whole
 * backup proved genuine.
 *
 * @throws {DatabaseError} RESTORE_REFUSED when the database is not empty or does not fit, BACKUP_UNREADABLE when the file is no whole backup; as
 * `decryptContent` for one that was changed or has another key.
 */
export async function restoreDatabase(encrypted: Readable, options: RestoreOptions): Promise<RestoreSummary> {
  const frames = decodeFrames(decryptContent(encrypted, options.keyring, backupContext))[Symbol.asyncIterator]();
  const first = await frames.next();
  if (first.done || first.value.kind !== 'header')
    throw new DatabaseError('BACKUP_UNREADABLE', 'The backup does not begin with its header.');
  const { header } = first.value;
  await prepareSchema(header, options);
  const summary = await withClient(options.url, (client) =>
    inTransaction(client, () => fill(client, frames, options.resumesTasks ?? false)),
  );
  return { ...summary, createdAt: header.createdAt };
}

async function prepareSchema({ migrations: steps }: BackupHeader, { migrator, migrations }: RestoreOptions): Promise<void> {
  for (const { version, name, checksum } of steps) {
    const known = migrations.find((migration) => migration.version === version);
    if (known?.checksum === checksum) continue;
    throw new DatabaseError(
      'RESTORE_REFUSED',
      `The backup was made after migration ${name}, which this software does not have in that form. Restore with the version that made it.`,
    );
  }
  const version = steps.at(-1)?.version ?? 0;
  const current = (await migrator.history()).findLast(({ state }) => state !== 'pending');
  if ((current?.version ?? 0) > version) {
    throw new DatabaseError(
      'RESTORE_REFUSED',
      `The database is at ${current!.name}, beyond the backup. Restore into an empty one and upgrade that.`,
    );
  }
  await migrator.upgrade(version);
}

async function fill(client: ClientBase, frames: AsyncIterator<Frame>, resumesTasks: boolean): Promise<Omit<RestoreSummary, 'createdAt'>> {
  const tables = (await listTables(client)).map(({ name }) => escapeIdentifier(name));
  // The owner's own lock is off until the rows are in: COPY cannot fill a table through row-level security.
  for (const table of tables) await client.query(`alter table ${table} no force row level security`);
  await assertEmpty(client, tables);
  const summary = { tables: 0, rows: 0 };
  for (;;) {
    const { value: frame, done } = await frames.next();
    if (done) throw new DatabaseError('BACKUP_UNREADABLE', 'The backup has no end.');
    if (frame.kind === 'end') break;
    if (frame.kind !== 'table') throw new DatabaseError('BACKUP_UNREADABLE', 'The backup has rows of no table.');
    summary.rows += await fillTable(client, frame.name, frame.columns, frames);
    summary.tables++;
  }
  // What follows the last chunk, if anything does, shows only when it is asked for.
  await frames.next();
  const heldTasks = resumesTasks ? 0 : await holdTasks(client);
  for (const table of tables) await client.query(`alter table ${table} force row level security`);
  return { ...summary, heldTasks };
}

/** A restored service would push, deploy and tell once more what was done after the backup; one that is a copy, what the other does as well. */
async function holdTasks(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ there: boolean }>(`select to_regclass('tasks') is not null as there`);
  if (!rows[0]!.there) return 0;
  const error = { code: 'RESTORED', message: 'It waited or ran when the backup was made. Try it again if it has not been done since.' };
  const { rowCount } = await client.query(
    `update tasks set state = 'dead', finished_at = now(), lease_owner = null, lease_until = null, last_error = $1::jsonb
     where state in ('queued', 'running')`,
    [JSON.stringify(error)],
  );
  await client.query('delete from outbox');
  return rowCount!;
}

async function assertEmpty(client: ClientBase, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    const { rowCount } = await client.query(`select from ${table} limit 1`);
    if (rowCount! > 0)
      throw new DatabaseError('RESTORE_REFUSED', `The database is not empty: there are rows in ${table}. Restore into an empty one.`);
  }
}

async function fillTable(client: ClientBase, name: string, columns: readonly string[], frames: AsyncIterator<Frame>): Promise<number> {
  const list = columns.map((column) => escapeIdentifier(column)).join(', ');
  const rows = client.query(copyFrom(`copy ${escapeIdentifier(name)} (${list}) from stdin`));
  const copied = finished(rows);
  // Nobody may be waiting for it yet when it fails.
  copied.catch(() => {});
  try {
    for (;;) {
      const { value: frame, done } = await frames.next();
      if (done) throw new DatabaseError('BACKUP_UNREADABLE', 'The backup ends in the middle of a table.');
      if (frame.kind === 'rows') {
        if (!rows.write(frame.data)) await Promise.race([once(rows, 'drain'), copied]);
        continue;
      }
      rows.end();
      await copied;
      if (frame.kind === 'count' && frame.rows === rows.rowCount) return rows.rowCount;
      throw new DatabaseError('BACKUP_UNREADABLE', `The backup has another number of rows of ${name} than it says.`);
    }
  } catch (error) {
    // The connection takes no other command until the copy has ended.
    rows.destroy();
    throw error;
  }
}
