import type { Requester, TaskContext } from '../../platform/tasks/index.ts';

/** Whom the audit log names for what a task does: who asked for it, with address and request; else whose deployment it is. */
export function chooseRequester(
  { requester }: Pick<TaskContext, 'requester'>,
  { user_id: userId }: { readonly user_id: string },
): Requester {
  return requester ?? { userId };
}
