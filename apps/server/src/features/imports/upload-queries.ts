import { sql } from 'kysely';
import type { Insertable, Selectable } from 'kysely';
import type { Schema, Tx } from '../../platform/database/index.ts';

export type UploadRow = Selectable<Schema['report_uploads']>;
export type PartRow = Selectable<Schema['report_upload_parts']>;

export async function insertUpload(tx: Tx, row: Insertable<Schema['report_uploads']>): Promise<UploadRow> {
  return tx.insertInto('report_uploads').values(row).returningAll().executeTakeFirstOrThrow();
}

export async function findUpload(tx: Tx, id: string): Promise<UploadRow | undefined> {
  return tx
    .selectFrom('report_uploads')
    .selectAll()
    .where('id', '=', id)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
}

/** Whoever adds a part, or takes all of them, goes through this: one after the other. */
export async function lockUpload(tx: Tx, id: string): Promise<UploadRow | undefined> {
  return tx
    .selectFrom('report_uploads')
    .selectAll()
    .where('id', '=', id)
    .where('expires_at', '>', sql<Date>`now()`)
    .forUpdate()
    .executeTakeFirst();
}

export async function listParts(tx: Tx, uploadId: string): Promise<PartRow[]> {
  return tx.selectFrom('report_upload_parts').selectAll().where('upload_id', '=', uploadId).orderBy('number').execute();
}

export async function sumOtherParts(tx: Tx, uploadId: string, number: number): Promise<number> {
  const parts = await tx
    .selectFrom('report_upload_parts')
    .select('bytes')
    .where('upload_id', '=', uploadId)
    .where('number', '<>', number)
    .execute();
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Returns where the part lay that this one replaces. */
export async function putPart(tx: Tx, row: Insertable<Schema['report_upload_parts']>): Promise<string | undefined> {
  const before = await tx
    .deleteFrom('report_upload_parts')
    .where('upload_id', '=', row.upload_id)
    .where('number', '=', row.number)
    .returning('storage_key')
    .executeTakeFirst();
  await tx.insertInto('report_upload_parts').values(row).execute();
  return before?.storage_key;
}

export async function takeUpload(tx: Tx, id: string, importId: string): Promise<void> {
  await tx.updateTable('report_uploads').set({ import_id: importId }).where('id', '=', id).execute();
}

/** Of an import whose report came in parts. */
export async function findUploadOf(tx: Tx, importId: string): Promise<string | undefined> {
  return (await tx.selectFrom('report_uploads').select('id').where('import_id', '=', importId).executeTakeFirst())?.id;
}

export async function deleteUpload(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('report_uploads').where('id', '=', id).execute();
}

/** That nobody wants any more. */
export async function listExpiredUploadIds(tx: Tx, limit: number): Promise<string[]> {
  const rows = await tx
    .selectFrom('report_uploads')
    .select('id')
    .where('import_id', 'is', null)
    .where('expires_at', '<', sql<Date>`now()`)
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}
