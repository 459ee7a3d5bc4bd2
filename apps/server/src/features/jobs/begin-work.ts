import type { JobStatus } from '@deployguard/contracts';
import { appendAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { announceState } from './announce-state.ts';
import { chooseRequester } from './choose-requester.ts';
import { jobChangedError } from './job-error.ts';
import type { JobInput } from './kinds.ts';
import { isAnothers, lockJob, updateJob } from './queries.ts';
import type { JobRow } from './queries.ts';

const actions = { scanning: 'scan_started', cleaning: 'clean_started', pushing: 'push_started' } as const;

export interface Begin {
  readonly status: keyof typeof actions;
  /** Where it was, also when somebody has a task tried again that had failed for good. */
  readonly before: readonly JobStatus[];
  readonly context: Pick<TaskContext, 'taskId' | 'attempt' | 'requester'>;
  /** What the job shows of the request, which may be an older one than its last. */
  readonly shown?: Parameters<typeof updateJob>[3];
}

/**
 * The job of a task, at work now. Every further attempt finds it so. Throws `JOB_CHANGED` when it is elsewhere (cancelled, expired), or when
 * another task is at work for it.
 */
export async function beginWork(tx: Tx, { jobId }: JobInput, begin: Begin): Promise<JobRow> {
  const { status, before, context, shown = {} } = begin;
  const found = await lockJob(tx, jobId);
  const isAtWork = found?.status === status;
  if (found === undefined || !(isAtWork || before.includes(found.status))) throw jobChangedError();
  if (await isAnothers(tx, found, context.taskId)) throw jobChangedError('Something else was asked of the job meanwhile.');
  const job = await updateJob(tx, jobId, [found.status], {
    ...shown,
    current_step: 'Starting',
    task_id: context.taskId,
    ...(isAtWork ? {} : atBegin(status)),
  });
  if (job === undefined) throw jobChangedError();
  if (!isAtWork) await announceState(tx, { jobId, status, requester: context.requester });
  await appendAudit(tx, { ...chooseRequester(context, job), action: actions[status], jobId, details: { attempt: context.attempt } });
  return job;
}

function atBegin(status: Begin['status']) {
  return { status, progress_percent: 0, last_error: null, ...(status === 'scanning' ? { started_at: new Date() } : {}) };
}
