import { Readable } from 'node:stream';
import type { Platform } from '../../feature.ts';
import { sealStorage } from '../../platform/storage/index.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { ImportError } from './import-error.ts';
import type { ImportRow } from './queries.ts';
import { findUploadOf, listParts } from './upload-queries.ts';

/** The report of an import, from where it lies: in one piece, or in parts that follow each other. Throws when not all of it is there any more. */
export async function openReportBody({ storage, keyring }: Platform, row: ImportRow, context: TaskContext): Promise<Readable> {
  const sealed = sealStorage(storage, keyring);
  if (!row.file_path.endsWith('/')) return sealed.get(row.file_path);
  const parts = await context.fenced(async (tx) => {
    const uploadId = await findUploadOf(tx, row.id);
    return uploadId === undefined ? [] : listParts(tx, uploadId);
  });
  // Less than all of a report says less than the report: findings would be closed that are there.
  if (parts.reduce((sum, { bytes }) => sum + bytes, 0) !== row.file_size_bytes)
    throw new ImportError('REPORT_UNREADABLE', 'The report is not there any more: it goes when its job has ended.');
  async function* join(): AsyncGenerator<Buffer> {
    for (const { storage_key: key } of parts) yield* (await sealed.get(key)) as AsyncIterable<Buffer>;
  }
  return Readable.from(join(), { objectMode: false });
}
