import type { Platform } from '../../feature.ts';
import { appendAudit } from '../../platform/audit/index.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { findApplication, lockApplication, updateApplication } from './application-queries.ts';
import { chooseRequester } from './choose-requester.ts';
import { deploymentChangedError } from './deployment-error.ts';
import { findDeployment, updateDeployment } from './deployment-queries.ts';
import type { RollBackInput } from './kinds.ts';
import { hostsOf, loadRelease } from './load-release.ts';
import { moveDeployment } from './move-deployment.ts';
import { findRelease } from './release-queries.ts';
import { describeFailure, runWay } from './run-way.ts';
import type { Runtime } from './runtime.ts';
import { endTurn } from './turns.ts';

/** Leads users back to an older release, with its configuration and secrets; it is looked at as closely as a new one. */
export async function rollBack(
  platform: Platform,
  runtime: Runtime,
  { applicationId, deploymentId, releaseId }: RollBackInput,
  context: TaskContext,
): Promise<void> {
  const { application, deployment, wanted, current } = await context.fenced(async (tx) => {
    const found = { application: await findApplication(tx, applicationId), deployment: await findDeployment(tx, deploymentId) };
    const currentId = found.application?.current_release_id;
    return { ...found, wanted: await findRelease(tx, releaseId), current: currentId ? await findRelease(tx, currentId) : undefined };
  });
  if (application === undefined || deployment === undefined || wanted === undefined) throw deploymentChangedError();
  // One that was tried again after it had failed for good: what users have was decided since.
  if (application.active_task_id !== context.taskId) throw deploymentChangedError();
  const outcome = await runWay(
    platform,
    runtime,
    {
      release: loadRelease(platform, application, wanted),
      previous: current && loadRelease(platform, application, current),
      hosts: hostsOf(application, platform.config),
      resumeFrom:
        deployment.step === 'switch' || deployment.step === 'observe' || deployment.step === 'retire' ? deployment.step : undefined,
      onStep: async (step) => {
        await context.fenced((tx) => updateDeployment(tx, deploymentId, ['ROLLING_BACK'], { step }));
      },
    },
    context,
  );
  await context.finish(async (tx) => {
    await lockApplication(tx, { id: applicationId });
    const requester = chooseRequester(context, deployment);
    if (outcome.status === 'serving') {
      await updateApplication(tx, applicationId, { current_release_id: wanted.id, is_stopped: false });
      await moveDeployment(tx, deploymentId, {
        from: ['ROLLING_BACK'],
        to: 'ROLLED_BACK',
        change: { last_error: null },
        details: { application_id: applicationId, release_id: wanted.id },
      });
      await moveDeployment(tx, wanted.deployment_id, {
        from: ['STOPPED', 'ROLLED_BACK', 'ROLLBACK_FAILED'],
        to: 'EXPOSED',
        change: { deployed_at: new Date(), last_error: null },
        details: { application_id: applicationId },
      });
      const details = { deployment_id: deploymentId, release_id: wanted.id, git_sha: wanted.git_sha };
      await appendAudit(tx, { action: 'deployment_rolled_back', details, ...requester });
    } else {
      const to = outcome.status === 'cancelled' ? 'EXPOSED' : 'ROLLBACK_FAILED';
      const error = describeFailure(outcome.error, outcome.logs);
      await moveDeployment(tx, deploymentId, {
        from: ['ROLLING_BACK'],
        to,
        change: { last_error: JSON.stringify(error) },
        details: { application_id: applicationId, error: { code: error.code, message: error.message } },
      });
      await appendAudit(tx, {
        action: 'deployment_rollback_failed',
        details: { deployment_id: deploymentId, code: error.code },
        ...requester,
      });
    }
    await endTurn(tx, applicationId, context.taskId);
  });
}
