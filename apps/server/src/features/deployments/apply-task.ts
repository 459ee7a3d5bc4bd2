import type { Instance, Release } from '@deployguard/delivery';
import type { Platform } from '../../feature.ts';
import { appendAudit } from '../../platform/audit/index.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { findApplication, toColumns, updateApplication } from './application-queries.ts';
import type { ApplicationView, ScaleChange } from './application-queries.ts';
import { chooseRequester } from './choose-requester.ts';
import { deploymentChangedError } from './deployment-error.ts';
import { listDeploymentsIn, updateDeployment } from './deployment-queries.ts';
import type { ApplicationInput } from './kinds.ts';
import { hostsOf, loadRelease } from './load-release.ts';
import { moveDeployment } from './move-deployment.ts';
import { findRelease } from './release-queries.ts';
import type { ReleaseRow } from './release-queries.ts';
import { retireReleases } from './retire-releases.ts';
import { describeFailure, runWay } from './run-way.ts';
import type { Runtime } from './runtime.ts';
import { endTurn, regainTurn } from './turns.ts';

export interface ApplyInput extends ApplicationInput {
  /** What is set back when it cannot be had. */
  readonly otherwise?: ScaleChange;
}

const graceMs = 6000;

/** Makes what runs what is wanted: the current release, so often, under these names, or nothing. What else runs of the application ends. */
export async function apply(
  platform: Platform,
  runtime: Runtime,
  { applicationId, otherwise = {} }: ApplyInput,
  context: TaskContext,
): Promise<void> {
  const { application, current, isGoingBack } = await context.fenced(async (tx) => {
    await regainTurn(tx, applicationId, context.taskId);
    const found = await findApplication(tx, applicationId);
    return {
      application: found,
      current: found?.current_release_id ? await findRelease(tx, found.current_release_id) : undefined,
      isGoingBack: (await listDeploymentsIn(tx, applicationId, ['ROLLING_BACK'])).length > 0,
    };
  });
  if (application === undefined) throw deploymentChangedError();
  const failure =
    current === undefined || application.is_stopped
      ? await endAll(platform, runtime, application, current)
      : await serve(platform, runtime, application, { current, isGoingBack }, context);
  await removeOldRoutes(platform, runtime, application);
  await retireReleases(platform, runtime, applicationId, context);
  await context.finish(async (tx) => {
    if (failure !== undefined) await updateApplication(tx, applicationId, toColumns(otherwise));
    const isStopped = failure === undefined ? application.is_stopped : (otherwise.is_stopped ?? application.is_stopped);
    if (current !== undefined) {
      const [from, to] = isStopped ? (['EXPOSED', 'STOPPED'] as const) : (['STOPPED', 'EXPOSED'] as const);
      const kept = await updateDeployment(tx, current.deployment_id, [from, to, 'ROLLBACK_FAILED'], { last_error: failure ?? null });
      // From where leading users back had failed, it is as it should be only when what is wanted runs.
      if (kept?.status === from || (kept?.status === 'ROLLBACK_FAILED' && failure === undefined))
        await moveDeployment(tx, kept.id, { from: [kept.status], to, details: { application_id: applicationId } });
    }
    // Those whose task was lost after users had been led to them: by now they are back. What users still have was to be left for an older one.
    for (const { id } of await listDeploymentsIn(tx, applicationId, ['ROLLING_BACK'])) {
      const isBack = failure === undefined && id !== current?.deployment_id;
      await moveDeployment(tx, id, { from: ['ROLLING_BACK'], to: isBack ? 'ROLLED_BACK' : 'ROLLBACK_FAILED' });
    }
    const details = { application_id: applicationId, ...(failure !== undefined && { failed: true }) };
    await appendAudit(tx, { action: 'application_applied', details, ...chooseRequester(context, application) });
    await endTurn(tx, applicationId, context.taskId);
  });
}

/** Undefined: it serves. Else why not, to be kept. */
async function serve(
  platform: Platform,
  runtime: Runtime,
  application: ApplicationView,
  { current: row, isGoingBack }: { readonly current: ReleaseRow; readonly isGoingBack: boolean },
  context: TaskContext,
): Promise<string | undefined> {
  const release = loadRelease(platform, application, row);
  const hosts = hostsOf(application, platform.config);
  const present = await runtime.target.list(application.label);
  const running = await listRunning(
    runtime,
    present.filter((instance) => instance.release === row.id),
  );
  const watched = running.filter(({ isOrphaned }) => !isOrphaned).map(({ instance }) => instance);
  // Others may have been started by an attempt that did not come to look at them; where the routes were lost, nothing tells them apart.
  const routes = (await runtime.router.listRoutes()).filter((route) => route.application === application.label);
  const routed = routes.flatMap(({ upstreams }) => upstreams);
  const serving = watched.filter(
    ({ address, process }) =>
      process !== undefined || routes.length === 0 || routed.some(({ host, port }) => host === address.host && port === address.port),
  );
  // Those to which users are led back are looked at as closely as new ones.
  if (isAsWanted(serving, release) && !isGoingBack) {
    const upstreams = serving.filter(({ process }) => process === undefined).map(({ address }) => address);
    for (const host of hosts) await runtime.router.setRoute({ host, application: application.label, release: row.id, upstreams });
    const kept = new Set(serving.map(({ id }) => id));
    await endInstances(
      platform,
      runtime,
      present.filter(({ id }) => !kept.has(id)),
    );
    return undefined;
  }
  const outcome = await runWay(
    platform,
    runtime,
    {
      release,
      hosts,
      ...(running.length > 0 && {
        previous: asRunning(
          release,
          running.map(({ instance }) => instance),
        ),
      }),
    },
    context,
  );
  return outcome.status === 'serving' ? undefined : JSON.stringify(describeFailure(outcome.error, outcome.logs));
}

/** So many of each process as the release is to have. */
function isAsWanted(instances: readonly Instance[], release: Release): boolean {
  const { instances: reached, background = [] } = release;
  const isComplete =
    reached === countOf(instances, undefined) && background.every((each) => each.instances === countOf(instances, each.name));
  return isComplete && instances.length === background.reduce((sum, each) => sum + each.instances, reached);
}

/** The release as it runs now: what is gone back to when what is wanted cannot be had. */
function asRunning(release: Release, running: readonly Instance[]): Release {
  return {
    ...release,
    instances: countOf(running, undefined),
    background: (release.background ?? []).map((each) => ({ ...each, instances: countOf(running, each.name) })),
  };
}

function countOf(instances: readonly Instance[], name: string | undefined): number {
  return instances.filter(({ process }) => process === name).length;
}

async function listRunning(
  { target }: Runtime,
  instances: readonly Instance[],
): Promise<{ readonly instance: Instance; readonly isOrphaned: boolean }[]> {
  const seen = await Promise.all(instances.map(async (instance) => ({ instance, state: await target.inspect(instance) })));
  return seen
    .filter(({ state }) => state?.status === 'running')
    .map(({ instance, state }) => ({ instance, isOrphaned: state!.isOrphaned ?? false }));
}

async function endAll(
  platform: Platform,
  runtime: Runtime,
  application: ApplicationView,
  current: ReleaseRow | undefined,
): Promise<undefined> {
  for (const host of hostsOf(application, platform.config)) {
    if (current === undefined) await runtime.router.removeRoute(host);
    else await runtime.router.setRoute({ host, application: application.label, release: current.id, upstreams: [] });
  }
  await endInstances(platform, runtime, await runtime.target.list(application.label));
}

async function endInstances({ config }: Platform, { target, router }: Runtime, instances: readonly Instance[]): Promise<void> {
  if (instances.length === 0) return;
  await router.drain(
    instances.map(({ address }) => address),
    { limitMs: config.deployments.drainSeconds * 1000 },
  );
  await Promise.all(instances.map((instance) => target.stop(instance, { graceMs })));
}

async function removeOldRoutes({ config }: Platform, { router }: Runtime, application: ApplicationView): Promise<void> {
  const hosts = hostsOf(application, config);
  for (const route of await router.listRoutes()) {
    if (route.application === application.label && !hosts.includes(route.host)) await router.removeRoute(route.host);
  }
}
