import type { JobStatus } from '@deployguard/contracts';
import type { Tx } from '../../platform/database/index.ts';
import { announceState } from './announce-state.ts';
import { jobChangedError } from './job-error.ts';
import { updateJob } from './queries.ts';
import type { JobRow } from './queries.ts';

/**
 * The job of a task, at work now. Every further attempt finds it so; `before` is where it was, also when somebody has a task tried again
 * that had failed for good. Throws `JOB_CHANGED` when it is elsewhere: cancelled, expired.
 */
export async function beginWork(
  tx: Tx,
  jobId: string,
  status: 'scanning' | 'cleaning' | 'pushing',
  before: readonly JobStatus[],
): Promise<JobRow> {
  const again = await updateJob(tx, jobId, [status], { current_step: 'Starting' });
  if (again !== undefined) return again;
  const job = await updateJob(tx, jobId, before, {
    status,
    progress_percent: 0,
    current_step: 'Starting',
    last_error: null,
    ...(status === 'scanning' ? { started_at: new Date() } : {}),
  });
  if (job === undefined) throw jobChangedError();
  await announceState(tx, jobId, status);
  return job;
}
