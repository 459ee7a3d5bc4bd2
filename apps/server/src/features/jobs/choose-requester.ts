import type { Requester } from '../../platform/tasks/index.ts';
import type { JobRow } from './queries.ts';

/** On whose account a job's task stands in the audit log. An older version did not note it: then it is whose job it is. */
export function chooseRequester({ requester }: { readonly requester: Requester | undefined }, job: JobRow): Requester {
  return requester ?? { userId: job.user_id };
}
