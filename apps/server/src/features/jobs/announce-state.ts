import type { JobStatus } from '@deployguard/contracts';
import type { Tx } from '../../platform/database/index.ts';
import { appendEvents } from '../../platform/events/index.ts';
import type { Requester } from '../../platform/tasks/index.ts';
import { queueWebhookEvent } from '../webhooks/index.ts';

/** Tells the followers of a job, and whoever has events posted, that its state is another one now. */
export async function announceState(
  tx: Tx,
  { jobId, status, requester }: { readonly jobId: string; readonly status: JobStatus; readonly requester: Requester | undefined },
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await queueWebhookEvent(tx, `job.${status}`, { job_id: jobId, status, ...details }, requester);
  await appendEvents(tx, jobId, [{ kind: 'state', data: { status, ...details } }]);
}
