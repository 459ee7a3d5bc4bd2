import type { Tx } from '../../platform/database/index.ts';
import { cancelTask, enqueueTask } from '../../platform/tasks/index.ts';
import { announceState } from './announce-state.ts';
import type { DeleteFilesInput } from './kinds.ts';
import { deleteFilesKind } from './kinds.ts';
import { listOpenTaskIds, updateJob } from './queries.ts';
import type { JobRow } from './queries.ts';
import { deleteSecrets } from './secret-queries.ts';
import { steps } from './states.ts';

/** Ends a job that is locked: its tasks stop, its secrets and files go. */
export async function cancelJob(tx: Tx, job: JobRow, next: 'cancelled' | 'expired', requestId?: string): Promise<JobRow> {
  for (const taskId of await listOpenTaskIds(tx, job.id)) await cancelTask(tx, taskId);
  await deleteSecrets(tx, job.id);
  await deleteJobFiles(tx, { jobId: job.id, keepsProof: false, ...(requestId === undefined ? {} : { requestId }) });
  const isChanged = next !== job.status;
  if (isChanged) await announceState(tx, job.id, next);
  const changed = await updateJob(tx, job.id, [job.status], {
    status: next,
    source_key: null,
    report_key: null,
    cleaned_key: null,
    proof_key: null,
    ...(isChanged ? { current_step: steps[next] } : {}),
  });
  return changed!;
}

/** Asks for the removal of what is stored for a job. */
export async function deleteJobFiles(tx: Tx, input: DeleteFilesInput): Promise<void> {
  await enqueueTask(tx, deleteFilesKind, input, { subject: input.jobId });
}
