import type { JobStatus } from '@deployguard/contracts';
import { appendAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { Requester } from '../../platform/tasks/index.ts';
import { announceState } from './announce-state.ts';
import { chooseRequester } from './choose-requester.ts';
import { jobChangedError } from './job-error.ts';
import type { JobInput } from './kinds.ts';
import { updateJob } from './queries.ts';
import type { JobRow } from './queries.ts';

const actions = { scanning: 'scan_started', cleaning: 'clean_started', pushing: 'push_started' } as const;

export interface Begin {
  readonly status: keyof typeof actions;
  /** Where it was, also when somebody has a task tried again that had failed for good. */
  readonly before: readonly JobStatus[];
  readonly attempt: number;
  readonly requester: Requester | undefined;
}

/** The job of a task, at work now. Every further attempt finds it so. Throws `JOB_CHANGED` when it is elsewhere: cancelled, expired. */
export async function beginWork(tx: Tx, { jobId }: JobInput, begin: Begin): Promise<JobRow> {
  const { status, attempt } = begin;
  const job = (await updateJob(tx, jobId, [status], { current_step: 'Starting' })) ?? (await moveTo(tx, jobId, begin));
  if (job === undefined) throw jobChangedError();
  await appendAudit(tx, {
    ...chooseRequester(begin, job),
    action: actions[status],
    jobId,
    details: { attempt },
  });
  return job;
}

async function moveTo(tx: Tx, jobId: string, { status, before, requester }: Begin): Promise<JobRow | undefined> {
  const job = await updateJob(tx, jobId, before, {
    status,
    progress_percent: 0,
    current_step: 'Starting',
    last_error: null,
    ...(status === 'scanning' ? { started_at: new Date() } : {}),
  });
  if (job !== undefined) await announceState(tx, { jobId, status, requester });
  return job;
}
