import { findFault } from '@deployguard/delivery';
import type { Platform } from '../../feature.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { EndedTask, TaskContext, TaskDefinition } from '../../platform/tasks/index.ts';
import { findApplication, lockApplication, updateApplication } from './application-queries.ts';
import { apply } from './apply-task.ts';
import type { ApplyInput } from './apply-task.ts';
import { deploy } from './deploy-task.ts';
import { cancelledByUser } from './deployment-error.ts';
import { listDeploymentsIn, updateDeployment } from './deployment-queries.ts';
import { destroy } from './destroy-task.ts';
import { endDeployment } from './end-deployment.ts';
import { applyKind, deployKind, destroyKind, rollBackKind } from './kinds.ts';
import type { ApplicationInput, DeployInput, DestroyInput, RollBackInput } from './kinds.ts';
import { boundError } from './last-error.ts';
import type { LastError } from './last-error.ts';
import { moveDeployment } from './move-deployment.ts';
import { rollBack } from './roll-back-task.ts';
import type { OpenRuntime, Runtime } from './runtime.ts';
import { underWay } from './states.ts';
import { beginNext, takeTurn } from './turns.ts';

/** How workers do what was asked for. */
export function createDeploymentTasks(platform: Platform, openRuntime: OpenRuntime): TaskDefinition[] {
  const openFor = async (input: unknown, context: TaskContext): Promise<Runtime> => {
    const application = await context.fenced((tx) => findApplication(tx, (input as ApplicationInput).applicationId));
    // Where it is gone, the task finds that out by itself.
    return openRuntime(application?.target ?? 'process');
  };
  return [
    {
      ...deployKind,
      isFinal: isFinalError,
      handle: async (input, context) => deploy(platform, await openFor(input, context), input as DeployInput, context),
      ended: endLost,
    },
    {
      ...rollBackKind,
      isFinal: isFinalError,
      handle: async (input, context) => rollBack(platform, await openFor(input, context), input as RollBackInput, context),
      ended: endLost,
    },
    {
      ...applyKind,
      isFinal: isFinalError,
      handle: async (input, context) => apply(platform, await openFor(input, context), input as ApplyInput, context),
      ended: endWithoutMore,
    },
    {
      ...destroyKind,
      isFinal: isFinalError,
      handle: async (input, context) => destroy(platform, await openFor(input, context), input as DestroyInput, context),
      ended: endWithoutMore,
    },
  ];
}

function isFinalError(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 'DEPLOYMENT_CHANGED';
}

/** A task that came to nothing by itself: its deployment says so, and what it may have left behind is cleared away before the next one begins. */
async function endLost(tx: Tx, task: EndedTask): Promise<void> {
  const { applicationId } = task.input as ApplicationInput;
  const application = await lockApplication(tx, { id: applicationId });
  if (application === undefined || application.active_task_id !== task.id) return;
  const to = task.outcome === 'cancelled' ? 'CANCELLED' : 'FAILED';
  for (const deployment of await listDeploymentsIn(tx, applicationId, [...underWay, 'QUEUED', 'ROLLING_BACK'])) {
    if (deployment.id === task.subject) await endDeployment(tx, deployment, { to, error: explainEnd(task) });
  }
  const free = await updateApplication(tx, applicationId, { active_task_id: null });
  if (free.destroy_requested_at !== null) return beginNext(tx, free, task.requester);
  await takeTurn(tx, free, { kind: applyKind, input: { applicationId }, subject: task.subject, requester: task.requester });
}

const lost = { code: 'WORKER_LOST', message: 'The worker vanished again and again while it was at this.' };

function explainEnd({ outcome, error }: EndedTask): LastError {
  const isCancelled = outcome === 'cancelled';
  const { code, message } = error ?? (isCancelled ? cancelledByUser : lost);
  return boundError({ code, message, fault: isCancelled ? 'user' : (findFault(code) ?? 'platform') });
}

async function endWithoutMore(tx: Tx, task: EndedTask): Promise<void> {
  const { applicationId, deploymentId } = task.input as DestroyInput;
  const application = await lockApplication(tx, { id: applicationId });
  if (application === undefined || application.active_task_id !== task.id) return;
  for (const deployment of await listDeploymentsIn(tx, applicationId, ['ROLLING_BACK'])) {
    await moveDeployment(tx, deployment.id, { from: ['ROLLING_BACK'], to: 'ROLLBACK_FAILED', details: { application_id: applicationId } });
  }
  const meant = deploymentId ?? (await findApplication(tx, applicationId))?.current_deployment_id ?? undefined;
  if (meant !== undefined && task.outcome !== 'cancelled') {
    // What was asked for has not come to be, whatever the application is by now.
    const change = { last_error: JSON.stringify(explainEnd(task)) };
    await updateDeployment(tx, meant, ['EXPOSED', 'STOPPED', 'ROLLBACK_FAILED', 'DESTROYING'], change);
  }
  await beginNext(tx, await updateApplication(tx, applicationId, { active_task_id: null }), task.requester);
}
