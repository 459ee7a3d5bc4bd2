import { sql } from 'kysely';
import type { Platform } from '../../feature.ts';
import type { Tx } from '../../platform/database/index.ts';
import { enqueueTask } from '../../platform/tasks/index.ts';
import type { Requester, TaskContext } from '../../platform/tasks/index.ts';
import { cleanUpKind } from './kinds.ts';
import type { ImportInput } from './kinds.ts';
import { lockImport } from './queries.ts';
import { buildReportFolder, buildReportKey } from './storage-keys.ts';
import { deleteUpload, findUploadOf } from './upload-queries.ts';

/** Has removed what an import needs no more, now that it has ended. */
export async function askCleanUp(tx: Tx, importId: string, requester: Requester | undefined): Promise<void> {
  await enqueueTask(tx, cleanUpKind, { importId } satisfies ImportInput, { subject: importId, requester });
}

const batchSize = 5000;

/** The report goes, and what an import stored that came to nothing: nobody sees half of it. */
export async function cleanUp({ storage }: Pick<Platform, 'storage'>, { importId }: ImportInput, context: TaskContext): Promise<void> {
  await storage.remove(buildReportKey(importId));
  const uploadId = await context.fenced((tx) => findUploadOf(tx, importId));
  if (uploadId !== undefined) {
    await storage.remove(buildReportFolder(uploadId));
    await context.fenced((tx) => deleteUpload(tx, uploadId));
  }
  for (let count = batchSize; count === batchSize;) count = await context.fenced((tx) => deleteBroughtBy(tx, importId));
}

/** Findings that nobody knew before the import. */
async function deleteBroughtBy(tx: Tx, importId: string): Promise<number> {
  const row = await lockImport(tx, importId);
  // Somebody may have had it tried again; and what was stored as a whole stays, when only Phoenix did not take it.
  const isHalf = row?.status === 'cancelled' || (row?.status === 'failed' && row.summary === null);
  if (row === undefined || row.assessment_id === null || !isHalf) return 0;
  const { numAffectedRows } = await sql`
    delete from findings where tenant_id = current_tenant() and id in (
      select id from findings
      where tenant_id = current_tenant() and assessment_id = ${row.assessment_id} and first_import_id = ${importId}
      limit ${batchSize}
    )`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}
