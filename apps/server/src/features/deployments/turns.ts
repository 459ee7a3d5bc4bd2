import type { Tx } from '../../platform/database/index.ts';
import { cancelTask, enqueueTask, findTask } from '../../platform/tasks/index.ts';
import type { Requester, Task, TaskKind } from '../../platform/tasks/index.ts';
import { lockApplication, updateApplication } from './application-queries.ts';
import type { ApplicationRow } from './application-queries.ts';
import { deploymentChangedError } from './deployment-error.ts';
import { findNextDeployment } from './deployment-queries.ts';
import type { ApplicationInput, DeployInput, DestroyInput } from './kinds.ts';
import { deployKind, destroyKind } from './kinds.ts';

interface Turn {
  readonly kind: TaskKind;
  readonly input: ApplicationInput;
  /** Whose events the task writes. */
  readonly subject: string;
  readonly requester?: Requester | undefined;
}

/** Gives the application, which is locked and nobody is at, to a new task. */
export async function takeTurn(tx: Tx, application: ApplicationRow, { kind, input, subject, requester }: Turn): Promise<void> {
  const taskId = await enqueueTask(tx, kind, input, { subject, requester });
  await updateApplication(tx, application.id, { active_task_id: taskId });
}

/**
 * The application is the task's, or nobody's, whose it becomes: a task that was tried again after it had failed for good has lost its turn.
 * Throws DEPLOYMENT_CHANGED when another task has it.
 */
export async function regainTurn(tx: Tx, applicationId: string, taskId: string): Promise<void> {
  const application = await lockApplication(tx, { id: applicationId });
  if (application?.active_task_id === null) await updateApplication(tx, applicationId, { active_task_id: taskId });
  else if (application?.active_task_id !== taskId) throw deploymentChangedError();
}

/** The task that has the application, while it waits or runs. One that ended without more has it no longer: a restored database holds some back. */
export async function findActiveTask(tx: Tx, { active_task_id: id }: Pick<ApplicationRow, 'active_task_id'>): Promise<Task | undefined> {
  const task = id === null ? undefined : await findTask(tx, id);
  return task?.state === 'queued' || task?.state === 'running' ? task : undefined;
}

/**
 * Has the task stop that has the application, unless it is of a kind that goes on. Whether somebody is at it all the same; if not, whoever asked
 * goes on, and what was begun is theirs to end: the task waited, or ended without more.
 */
export async function interrupt(tx: Tx, application: Pick<ApplicationRow, 'active_task_id'>, goesOn?: TaskKind): Promise<boolean> {
  const task = await findActiveTask(tx, application);
  if (task === undefined) return false;
  return task.kind === goesOn?.kind || (await cancelTask(tx, task.id)) === 'cancelling';
}

/** Begins what waits longest, when the application is nobody's. It must be locked. */
export async function beginNext(tx: Tx, application: ApplicationRow, requester?: Requester): Promise<void> {
  if (application.active_task_id !== null) return;
  const { id: applicationId } = application;
  if (application.destroy_requested_at !== null) {
    const input: DestroyInput = { applicationId };
    return takeTurn(tx, application, { kind: destroyKind, input, subject: applicationId, requester });
  }
  const next = await findNextDeployment(tx, applicationId);
  if (next === undefined) return;
  const input: DeployInput = { applicationId, deploymentId: next.id };
  await takeTurn(tx, application, { kind: deployKind, input, subject: next.id, requester: requester ?? { userId: next.user_id } });
}

/** The task that had the application is done with it: the next one begins. Nothing happens when another task has it. */
export async function endTurn(tx: Tx, applicationId: string, taskId: string): Promise<void> {
  const application = await lockApplication(tx, { id: applicationId });
  if (application === undefined || application.active_task_id !== taskId) return;
  await beginNext(tx, await updateApplication(tx, applicationId, { active_task_id: null }));
}
