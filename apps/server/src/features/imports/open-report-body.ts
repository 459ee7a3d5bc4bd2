import { Readable } from 'node:stream';
import type { Platform } from '../../feature.ts';
import { sealStorage } from '../../platform/storage/index.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import type { ImportRow } from './queries.ts';
import { findUploadOf, listParts } from './upload-queries.ts';

/** The report of an import, from where it lies: in one piece, or in parts that follow each other. */
export async function openReportBody({ storage, keyring }: Platform, row: ImportRow, context: TaskContext): Promise<Readable> {
  const sealed = sealStorage(storage, keyring);
  if (!row.file_path.endsWith('/')) return sealed.get(row.file_path);
  const parts = await context.fenced(async (tx) => {
    const uploadId = await findUploadOf(tx, row.id);
    return uploadId === undefined ? [] : listParts(tx, uploadId);
  });
  async function* join(): AsyncGenerator<Buffer> {
    for (const { storage_key: key } of parts) yield* (await sealed.get(key)) as AsyncIterable<Buffer>;
  }
  return Readable.from(join(), { objectMode: false });
}
