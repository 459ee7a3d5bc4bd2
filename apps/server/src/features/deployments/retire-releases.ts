import { removeDirectoryBuild } from '@deployguard/delivery';
import type { Artifact } from '@deployguard/delivery';
import type { Platform } from '../../feature.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { removeLostWorkDirectories } from '../jobs/index.ts';
import { findApplication } from './application-queries.ts';
import { clearLostBuilds } from './clear-lost-builds.ts';
import { clearLostInstances } from './clear-lost-instances.ts';
import { findDeployment } from './deployment-queries.ts';
import { moveDeployment } from './move-deployment.ts';
import { placesOf } from './places.ts';
import { findReleaseBefore, forgetRelease, listPresentReleases } from './release-queries.ts';
import type { PresentRelease } from './release-queries.ts';
import type { Runtime } from './runtime.ts';

/**
 * Removes releases that nobody goes back to: neither current, nor the one before, nor pinned, nor among the last good ones that are kept; and what is left of builds and
 * instances that were cut off.
 */
export async function retireReleases(platform: Platform, runtime: Runtime, applicationId: string, context: TaskContext): Promise<void> {
  const { application, present, before } = await context.fenced(async (tx) => {
    const found = await findApplication(tx, applicationId);
    const releases = await listPresentReleases(tx, applicationId);
    const current = releases.find(({ id }) => id === found?.current_release_id);
    const previous = current && (await findReleaseBefore(tx, { application_id: applicationId, id: current.id }));
    return { application: found, present: releases, before: previous?.id };
  });
  if (application === undefined) return;
  await removeLostWorkDirectories(platform);
  const kept = chooseKept(present, application.current_release_id, platform.config.deployments.keepReleases);
  const isKept = (id: string): boolean => kept.has(id) || id === before;
  const remaining = new Set(present);
  for (const release of present.filter(({ id }) => !isKept(id))) {
    remaining.delete(release);
    await removeRelease(platform, runtime, application.label, release, [...remaining]);
    await context.fenced(async (tx) => {
      await forgetRelease(tx, applicationId, release.id);
      const deployment = await findDeployment(tx, release.deployment_id);
      // One that never served for long tells what became of it.
      if (release.was_good && deployment !== undefined && ['STOPPED', 'ROLLED_BACK'].includes(deployment.status)) {
        await moveDeployment(tx, deployment.id, { from: ['STOPPED', 'ROLLED_BACK'], to: 'DESTROYED', details: { retired: true } });
      }
    });
  }
  const used = present.filter(({ id }) => isKept(id)).map(({ artifact }) => artifact as Artifact);
  await clearLostInstances(runtime.target, application.label);
  await clearLostBuilds(platform.config, application, used);
}

function chooseKept(present: readonly PresentRelease[], currentId: string | null, count: number): ReadonlySet<string> {
  const good = present.filter(({ was_good: wasGood, id }) => wasGood || id === currentId);
  // Restarts make releases of what others consist of, and do not crowd out what was built before.
  const builds = Map.groupBy(good, ({ artifact }) => (artifact as Artifact).digest);
  const newestOfBuilds = [...builds.values()].slice(0, count).map(([newest]) => newest!);
  const kept = new Set([
    ...[...good.slice(0, count), ...newestOfBuilds].map(({ id }) => id),
    ...present.filter(({ is_pinned: isPinned }) => isPinned).map(({ id }) => id),
  ]);
  if (currentId !== null) kept.add(currentId);
  return kept;
}

/** What was built goes with the last release that it is part of. */
export async function removeRelease(
  { config }: Platform,
  { target }: Runtime,
  label: string,
  release: Pick<PresentRelease, 'id' | 'artifact'>,
  others: readonly PresentRelease[],
): Promise<void> {
  await target.removeRelease(label, release.id);
  const { kind, digest } = release.artifact as Artifact;
  const isShared = others.some(({ artifact }) => (artifact as Artifact).digest === digest);
  if (kind === 'directory' && !isShared) await removeDirectoryBuild(placesOf(config).application(label).builds, digest);
}
