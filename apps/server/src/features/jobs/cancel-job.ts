import type { Tx } from '../../platform/database/index.ts';
import { cancelTask, enqueueTask } from '../../platform/tasks/index.ts';
import type { Requester } from '../../platform/tasks/index.ts';
import { releaseSource } from '../sources/index.ts';
import { announceState } from './announce-state.ts';
import type { DeleteFilesInput, DeleteResultInput } from './kinds.ts';
import { deleteFilesKind, deleteResultKind } from './kinds.ts';
import { lockJob, lockOpenTasks, updateJob } from './queries.ts';
import type { JobRow } from './queries.ts';
import { deleteSecrets } from './secret-queries.ts';
import { steps } from './states.ts';

/** Ends a job: its tasks stop, its secrets and files go. `choose` tells the state that it has then. Undefined: there is no such job. */
export async function cancelJob(
  tx: Tx,
  jobId: string,
  choose: (job: JobRow) => 'cancelled' | 'expired',
  requester: Requester | undefined,
): Promise<{ readonly before: JobRow; readonly after: JobRow } | undefined> {
  await lockOpenTasks(tx, jobId);
  const job = await lockJob(tx, jobId);
  if (job === undefined) return undefined;
  // Once more: one may have been asked for until the job was locked.
  for (const taskId of await lockOpenTasks(tx, jobId)) await cancelTask(tx, taskId);
  await deleteSecrets(tx, jobId);
  await deleteJobFiles(tx, { jobId, keepsProof: false }, requester);
  const next = choose(job);
  if (next !== job.status) await announceState(tx, { jobId, status: next, requester });
  const after = await updateJob(tx, jobId, [job.status], {
    status: next,
    source_key: null,
    report_key: null,
    cleaned_key: null,
    proof_key: null,
    ...(next === job.status ? {} : { current_step: steps[next] }),
  });
  if (job.source_id !== null) await releaseSource(tx, { sourceId: job.source_id, jobId }, requester);
  return { before: job, after: after! };
}

/** Asks for the removal of what was cleaned, which the job refers to no more. */
export async function deleteResult(tx: Tx, { id, cleaned_key, proof_key }: JobRow, requester: Requester | undefined): Promise<void> {
  if (cleaned_key === null) return;
  const input: DeleteResultInput = { jobId: id, cleanedKey: cleaned_key, proofKey: proof_key };
  await enqueueTask(tx, deleteResultKind, input, { subject: id, requester });
}

/** Asks for the removal of what is stored for a job. */
export async function deleteJobFiles(tx: Tx, input: DeleteFilesInput, requester: Requester | undefined): Promise<void> {
  await enqueueTask(tx, deleteFilesKind, input, { subject: input.jobId, requester });
}
