import { randomUUIDv7 } from 'node:crypto';
import type { DeploymentStatus } from '@deployguard/contracts';
import { DeliveryError, findFault } from '@deployguard/delivery';
import type { ReleaseEvent, ReleaseOutcome, StepName } from '@deployguard/delivery';
import type { Platform } from '../../feature.ts';
import { appendAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { findApplication, lockApplication, updateApplication } from './application-queries.ts';
import type { ApplicationView } from './application-queries.ts';
import { buildRelease } from './build-release.ts';
import { chooseRequester } from './choose-requester.ts';
import { DeploymentError, deploymentChangedError } from './deployment-error.ts';
import { findDeployment, updateDeployment } from './deployment-queries.ts';
import type { DeploymentView } from './deployment-queries.ts';
import type { DeployInput } from './kinds.ts';
import { boundError } from './last-error.ts';
import { hostsOf, loadRelease } from './load-release.ts';
import { moveDeployment } from './move-deployment.ts';
import { findRelease, saveResources, updateRelease } from './release-queries.ts';
import type { ReleaseRow } from './release-queries.ts';
import { renewRelease } from './renew-release.ts';
import { retireReleases } from './retire-releases.ts';
import { describeFailure, runWay } from './run-way.ts';
import type { Runtime } from './runtime.ts';
import { underWay } from './states.ts';
import { addressOf } from './to-answer.ts';
import { endTurn } from './turns.ts';

/** From a commit to its users. Whatever the application does wrong ends the deployment, and not the task; what the platform lacks is waited for. */
export async function deploy(
  platform: Platform,
  runtime: Runtime,
  { applicationId, deploymentId }: DeployInput,
  context: TaskContext,
): Promise<void> {
  const { application, deployment } = await context.fenced(async (tx) => ({
    application: await findApplication(tx, applicationId),
    deployment: await findDeployment(tx, deploymentId),
  }));
  if (application === undefined || deployment === undefined) throw deploymentChangedError();
  // One that was tried again after it had failed for good: there is nothing left of it to go on with.
  if (application.active_task_id !== context.taskId) throw deploymentChangedError();
  // An attempt before came to its end, and could not clear away.
  if (ended.includes(deployment.status)) return finish(platform, runtime, application, context);
  // One that was leading users back is gone on with by the next task: it makes what runs what is wanted, which is the release before.
  if (deployment.status === 'ROLLING_BACK') throw deploymentChangedError();
  try {
    const built = deployment.release_id === null ? undefined : await context.fenced((tx) => findRelease(tx, deployment.release_id!));
    const make = (): Promise<ReleaseRow> =>
      deployment.from_release_id === null
        ? buildRelease(platform, application, deployment, context)
        : renewRelease(platform, application, deployment, context);
    const release = built ?? (await make());
    const outcome = await expose(platform, runtime, application, deployment, release, context);
    if (outcome.status === 'serving') {
      await context.fenced((tx) => beCurrent(tx, platform, application, { deployment, release }, context));
    } else {
      for (const { stream, text } of outcome.logs.slice(-20)) await context.log(`${stream === 'system' ? '' : '  '}${text}`);
      await context.fenced((tx) => endWith(tx, application, deployment, outcome, context));
    }
  } catch (error) {
    const failure = context.signal.aborted ? undefined : toFailure(error);
    if (failure === undefined) throw error;
    await context.fenced((tx) => fail(tx, application, deployment, failure, context));
  }
  await finish(platform, runtime, application, context);
}

const ended: readonly DeploymentStatus[] = ['EXPOSED', 'FAILED', 'CANCELLED', 'ROLLED_BACK', 'ROLLBACK_FAILED'];

async function expose(
  platform: Platform,
  runtime: Runtime,
  application: ApplicationView,
  deployment: DeploymentView,
  row: ReleaseRow,
  context: TaskContext,
): Promise<ReleaseOutcome> {
  const release = loadRelease(platform, application, row);
  const before = application.current_release_id;
  const previous = before === null || application.is_stopped ? undefined : await context.fenced((tx) => findRelease(tx, before));
  // Once users may have seen it, an attempt that was cut off is gone on with; until then every step is simply made again.
  const resumeFrom = afterSwitch.find((step) => step === deployment.step);
  return runWay(
    platform,
    runtime,
    {
      release,
      previous: previous && loadRelease(platform, application, previous),
      isNew: true,
      hosts: hostsOf(application, platform.config),
      resumeFrom,
      onStep: (step, cause) =>
        context.fenced(async (tx) => {
          const status = statusOf[step];
          // Whoever goes on with leading users back does not know why.
          const change = { step, ...(cause && { last_error: JSON.stringify(describeFailure(cause)) }) };
          const current = await updateDeployment(tx, deployment.id, [status], change);
          if (current === undefined) await moveDeployment(tx, deployment.id, { from: beforeStatus[status]!, to: status, change });
        }),
    },
    context,
  );
}

const afterSwitch: readonly StepName[] = ['switch', 'observe', 'retire'];

const statusOf: Readonly<Record<ReleaseEvent['step'], DeploymentStatus>> = {
  prepare: 'PROVISIONING',
  release: 'PROVISIONING',
  start: 'DEPLOYING',
  healthy: 'DEPLOYING',
  smoke: 'DEPLOYING',
  switch: 'HEALTHY',
  observe: 'HEALTHY',
  retire: 'HEALTHY',
  'roll-back': 'ROLLING_BACK',
};

/** A further attempt begins where steps begin, whatever the one before it had reached. */
const beforeStatus: Readonly<Partial<Record<DeploymentStatus, readonly DeploymentStatus[]>>> = {
  PROVISIONING: underWay,
  DEPLOYING: underWay,
  HEALTHY: underWay,
  ROLLING_BACK: ['HEALTHY'],
};

/** Its release is what users have: the one before is kept, and its deployment rests. */
async function beCurrent(
  tx: Tx,
  { config }: Platform,
  { id: applicationId, label }: ApplicationView,
  { deployment, release }: { readonly deployment: DeploymentView; readonly release: ReleaseRow },
  context: TaskContext,
): Promise<void> {
  const application = (await lockApplication(tx, { id: applicationId }))!;
  await restCurrent(tx, application.current_release_id);
  await updateApplication(tx, applicationId, { current_release_id: release.id, is_stopped: false });
  await updateRelease(tx, release.id, { was_good: true });
  const url = addressOf(label, config);
  await saveResources(tx, {
    id: randomUUIDv7(),
    deploymentId: deployment.id,
    resources: [
      { kind: 'release', name: release.id, target: application.target },
      { kind: 'route', name: url },
    ],
  });
  await moveDeployment(tx, deployment.id, {
    from: ['HEALTHY'],
    to: 'EXPOSED',
    change: { external_url: url, external_ip: config.deployments.routerHost, deployed_at: new Date(), last_error: null },
    details: { application_id: applicationId, external_url: url },
  });
  const details = { deployment_id: deployment.id, release_id: release.id, git_sha: release.git_sha };
  await appendAudit(tx, { action: 'deployment_exposed', details, ...chooseRequester(context, deployment) });
}

/** What users had until now can be gone back to. */
async function restCurrent(tx: Tx, releaseId: string | null): Promise<void> {
  const release = releaseId === null ? undefined : await findRelease(tx, releaseId);
  if (release === undefined) return;
  const current = await findDeployment(tx, release.deployment_id);
  if (current?.status === 'EXPOSED')
    await moveDeployment(tx, current.id, { from: ['EXPOSED'], to: 'STOPPED', details: { replaced: true } });
}

async function finish(platform: Platform, runtime: Runtime, { id }: ApplicationView, context: TaskContext): Promise<void> {
  await retireReleases(platform, runtime, id, context);
  await context.finish((tx) => endTurn(tx, id, context.taskId));
}

type Unsuccessful = Exclude<ReleaseOutcome, { readonly status: 'serving' }>;

const statusAfter: Readonly<Record<Unsuccessful['status'], DeploymentStatus>> = {
  failed: 'FAILED',
  cancelled: 'CANCELLED',
  'rolled-back': 'ROLLED_BACK',
  'rollback-failed': 'ROLLBACK_FAILED',
};

async function endWith(
  tx: Tx,
  application: ApplicationView,
  deployment: DeploymentView,
  outcome: Unsuccessful,
  context: TaskContext,
): Promise<void> {
  const status = statusAfter[outcome.status];
  const { step } = outcome;
  const { code, message } = describeFailure(outcome.error);
  const lastError = describeFailure(outcome.status === 'rollback-failed' ? outcome.rollbackError : outcome.error, outcome.logs);
  await moveDeployment(tx, deployment.id, {
    from: [...underWay, 'ROLLING_BACK'],
    to: status,
    change: { last_error: JSON.stringify(lastError) },
    details: { application_id: application.id, step, error: { code, message } },
  });
  const details = { deployment_id: deployment.id, step, code };
  await appendAudit(tx, { action: `deployment_${status.toLowerCase()}`, details, ...chooseRequester(context, deployment) });
}

interface Failure {
  readonly code: string;
  readonly message: string;
  /** What the build said last. */
  readonly logs?: readonly string[];
}

/** What lies in the request, the repository or the application: another attempt would end the same. Undefined: it is the platform's. */
function toFailure(error: unknown): Failure | undefined {
  if (error instanceof DeploymentError) return error.code === 'DEPLOYMENT_CHANGED' ? undefined : error;
  if (error instanceof DeliveryError) return error.fault === 'application' ? error : undefined;
  const { name, code, message, logs } = error as { name?: unknown; code?: unknown; message?: unknown; logs?: readonly string[] };
  if (name !== 'ChildError' || typeof code !== 'string') return undefined;
  if (findFault(code) !== 'application' && !ofApplication.has(code)) return undefined;
  // Where there are lines of a log, the message need not quote some.
  return logs === undefined ? { code, message: String(message) } : { code, message: String(message).split('\n')[0]!, logs };
}

/** Codes of the processes that fetch and judge. */
const ofApplication: ReadonlySet<string> = new Set([
  'CONFIG_INVALID',
  'COMMIT_NOT_FOUND',
  'TOOL_MISSING',
  'URL_REFUSED',
  'REF_NAME_INVALID',
  'AUTHENTICATION_FAILED',
  'REMOTE_NOT_FOUND',
  'CONTENT_REFUSED',
  'LIMIT_EXCEEDED',
  'BUNDLE_INVALID',
  'BUNDLE_INCOMPLETE',
  'REPOSITORY_UNSUPPORTED',
  'REPOSITORY_UNSAFE',
  'REPOSITORY_BROKEN',
  'NOTHING_SCANNED',
]);

async function fail(
  tx: Tx,
  application: ApplicationView,
  deployment: DeploymentView,
  failure: Failure,
  context: TaskContext,
): Promise<void> {
  const { message, logs } = failure;
  const lastError = boundError({ code: failure.code, message, fault: 'application', ...(logs && { logs }) });
  const { code } = lastError;
  await moveDeployment(tx, deployment.id, {
    from: ['QUEUED', ...underWay],
    to: 'FAILED',
    change: { last_error: JSON.stringify(lastError) },
    details: { application_id: application.id, error: { code, message: lastError.message } },
  });
  const details = { deployment_id: deployment.id, code };
  await appendAudit(tx, { action: 'deployment_failed', details, ...chooseRequester(context, deployment) });
}
