import { removeTree } from '@deployguard/process';
import type { Platform } from '../../feature.ts';
import { appendAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { forgetEvents } from '../../platform/events/index.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { deleteApplication, findApplication, lockApplication, updateApplication } from './application-queries.ts';
import type { ApplicationView } from './application-queries.ts';
import { chooseRequester } from './choose-requester.ts';
import { forgetBuilds } from './clear-lost-builds.ts';
import { deploymentChangedError } from './deployment-error.ts';
import { findDeployment, listDeploymentIds } from './deployment-queries.ts';
import type { DestroyInput } from './kinds.ts';
import { moveDeployment } from './move-deployment.ts';
import { placesOf } from './places.ts';
import { findRelease, forgetRelease, listPresentReleases } from './release-queries.ts';
import { removeRelease } from './retire-releases.ts';
import type { Runtime } from './runtime.ts';
import { endTurn, regainTurn } from './turns.ts';

/** Destroys what a deployment created, or a whole application. */
export async function destroy(platform: Platform, runtime: Runtime, input: DestroyInput, context: TaskContext): Promise<void> {
  const application = await context.fenced((tx) => begin(tx, input, context.taskId));
  if (application === undefined) return;
  if (input.deploymentId === undefined) await destroyApplication(platform, runtime, application, context);
  else await destroyDeployment(platform, runtime, application, input.deploymentId, context);
}

/** Undefined: it is gone. */
async function begin(tx: Tx, { applicationId, deploymentId }: DestroyInput, taskId: string): Promise<ApplicationView | undefined> {
  const application = await findApplication(tx, applicationId);
  if (application === undefined) return undefined;
  await regainTurn(tx, applicationId, taskId);
  // Another task may have destroyed it before this one was tried again.
  if (deploymentId !== undefined && (await findDeployment(tx, deploymentId))?.status !== 'DESTROYING') throw deploymentChangedError();
  return application;
}

async function destroyApplication(platform: Platform, runtime: Runtime, application: ApplicationView, context: TaskContext): Promise<void> {
  await removeRoutes(runtime, application);
  await runtime.target.destroy(application.label);
  await forgetBuilds(platform.config, application);
  await removeTree(placesOf(platform.config).application(application.label).directory);
  await context.finish(async (tx) => {
    for (const id of await listDeploymentIds(tx, application.id)) await forgetEvents(tx, id);
    await forgetEvents(tx, application.id);
    await deleteApplication(tx, application.id);
    const details = { application_id: application.id, name: application.name };
    await appendAudit(tx, { action: 'application_destroyed', details, ...chooseRequester(context, application) });
  });
}

async function destroyDeployment(
  platform: Platform,
  runtime: Runtime,
  application: ApplicationView,
  deploymentId: string,
  context: TaskContext,
): Promise<void> {
  const { deployment, release, releases } = await context.fenced(async (tx) => {
    const found = await findDeployment(tx, deploymentId);
    return {
      deployment: found,
      release: found?.release_id ? await findRelease(tx, found.release_id) : undefined,
      releases: await listPresentReleases(tx, application.id),
    };
  });
  const isCurrent = release !== undefined && release.id === application.current_release_id;
  if (isCurrent) await removeRoutes(runtime, application);
  if (release !== undefined) {
    await removeRelease(
      platform,
      runtime,
      application.label,
      release,
      releases.filter(({ id }) => id !== release.id),
    );
  }
  await context.finish(async (tx) => {
    await lockApplication(tx, { id: application.id });
    if (isCurrent) await updateApplication(tx, application.id, { current_release_id: null, is_stopped: false });
    if (release !== undefined) await forgetRelease(tx, application.id, release.id);
    await moveDeployment(tx, deploymentId, {
      from: ['DESTROYING'],
      to: 'DESTROYED',
      change: { external_url: null, external_ip: null },
      details: { application_id: application.id },
    });
    const details = { deployment_id: deploymentId };
    await appendAudit(tx, { action: 'deployment_destroyed', details, ...chooseRequester(context, deployment ?? application) });
    await endTurn(tx, application.id, context.taskId);
  });
}

async function removeRoutes({ router }: Runtime, { label }: ApplicationView): Promise<void> {
  for (const route of await router.listRoutes()) if (route.application === label) await router.removeRoute(route.host);
}
