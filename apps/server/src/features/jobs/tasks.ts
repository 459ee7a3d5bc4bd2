import type { JobStatus } from '@deployguard/contracts';
import type { Platform } from '../../feature.ts';
import { appendAudit, systemActor } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { EndedTask, TaskDefinition } from '../../platform/tasks/index.ts';
import { announceState } from './announce-state.ts';
import { deleteJobFiles } from './cancel-job.ts';
import { chooseRequester } from './choose-requester.ts';
import { cleanJob } from './clean-job.ts';
import { isFinalError } from './job-error.ts';
import type { CleanInput, DeleteFilesInput, DeleteResultInput, JobInput, PushInput } from './kinds.ts';
import { cleanKind, deleteFilesKind, deleteResultKind, pushKind, scanKind } from './kinds.ts';
import { pushJob } from './push-job.ts';
import { findJob, isAnothers, lockJob, updateJob } from './queries.ts';
import { scanJob } from './scan-job.ts';
import { steps } from './states.ts';
import { listJobPrefixes } from './storage-keys.ts';

/** How workers do what was asked for. */
export function createJobTasks(platform: Platform): TaskDefinition[] {
  return [
    {
      ...scanKind,
      isFinal: isFinalError,
      handle: (input, context) => scanJob(platform, input as JobInput, context),
      ended: (tx, task) => returnJob(tx, task, ['pending', 'scanning'], 'failed'),
    },
    {
      ...cleanKind,
      isFinal: isFinalError,
      handle: (input, context) => cleanJob(platform, input as CleanInput, context),
      ended: (tx, task) => returnJob(tx, task, ['cleaning'], 'awaiting_selection'),
    },
    {
      ...pushKind,
      isFinal: isFinalError,
      handle: (input, context) => pushJob(platform, input as PushInput, context),
      ended: (tx, task) => returnJob(tx, task, ['pushing'], 'cleaned'),
    },
    {
      ...deleteFilesKind,
      async handle(input, { requester, finish }) {
        const { jobId, keepsProof } = input as DeleteFilesInput;
        for (const prefix of listJobPrefixes(jobId, { keepsProof })) await platform.storage.remove(prefix);
        const details = { keeps_proof: keepsProof };
        await finish(
          async (tx) => void (await appendAudit(tx, { ...(requester ?? systemActor), action: 'job_files_deleted', jobId, details })),
        );
      },
    },
    {
      ...deleteResultKind,
      async handle(input, { requester, finish }) {
        const { jobId, cleanedKey, proofKey } = input as DeleteResultInput;
        await platform.storage.remove(`${cleanedKey}/`);
        if (proofKey !== null) await platform.storage.remove(proofKey);
        await finish(async (tx) => void (await appendAudit(tx, { ...(requester ?? systemActor), action: 'job_result_deleted', jobId })));
      },
    },
  ];
}

/** A job whose task came to nothing goes back to the state before, and says why; unless it is about another task by now. */
async function returnJob(tx: Tx, task: EndedTask, from: readonly JobStatus[], to: JobStatus): Promise<void> {
  const { jobId } = task.input as JobInput;
  const found = await lockJob(tx, jobId);
  if (found !== undefined && (await isAnothers(tx, found, task.id))) return;
  const error = task.error ?? { code: 'TASK_CANCELLED', message: 'The task was cancelled.' };
  const job = await updateJob(tx, jobId, from, {
    status: to,
    last_error: JSON.stringify(error),
    progress_percent: 0,
    current_step: steps[to],
  });
  if (job === undefined) {
    // The attempt may have stored something after its job's files were deleted.
    const status = (await findJob(tx, jobId))?.status;
    if (status === 'cancelled' || status === 'expired') await deleteJobFiles(tx, { jobId, keepsProof: false }, task.requester);
    return;
  }
  await announceState(tx, { jobId, status: to, requester: task.requester }, { error });
  await appendAudit(tx, {
    ...chooseRequester(task, job),
    action: 'job_task_failed',
    jobId,
    details: { code: error.code, returned_to: to },
  });
}
