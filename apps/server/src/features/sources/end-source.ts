import { appendAudit, systemActor } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { enqueueTask } from '../../platform/tasks/index.ts';
import type { Requester } from '../../platform/tasks/index.ts';
import type { DeleteSourceInput } from './kinds.ts';
import { deleteSourceKind } from './kinds.ts';
import { expireSource, isInUse, lockSource } from './queries.ts';
import type { SourceRow } from './queries.ts';

/** Deletes the upload of a job that has come to its end, unless another job or a deployment uses it. In the transaction in which the job ends. */
export async function releaseSource(
  tx: Tx,
  { sourceId, jobId }: { readonly sourceId: string; readonly jobId: string },
  requester: Requester | undefined,
): Promise<void> {
  const source = await lockSource(tx, sourceId);
  if (source === undefined || (await isInUse(tx, sourceId))) return;
  await endSource(tx, source, requester, jobId);
}

/** From now on nothing takes it; its file goes by a task. */
export async function endSource(tx: Tx, source: SourceRow, requester: Requester | undefined, jobId?: string): Promise<SourceRow> {
  const ended = await expireSource(tx, source.id);
  const input: DeleteSourceInput = { sourceId: source.id, storageKey: source.storage_key };
  await enqueueTask(tx, deleteSourceKind, input, { requester });
  const job = jobId === undefined ? {} : { jobId };
  await appendAudit(tx, { ...(requester ?? systemActor), ...job, action: 'source_deleted', details: { source_id: source.id } });
  return ended;
}
