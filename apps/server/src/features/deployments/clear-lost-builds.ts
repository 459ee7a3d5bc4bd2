import {
  clearUnfinishedBuilds,
  clearUnfinishedImageBuilds,
  removeOldSteps,
  removeUnusedBuilds,
  removeUnusedImages,
} from '@deployguard/delivery';
import type { Artifact } from '@deployguard/delivery';
import type { Config } from '../../platform/config/index.ts';
import type { ApplicationRow } from './application-queries.ts';
import { engineOf, imageRepositoryOf } from './container-engine.ts';
import { placesOf } from './places.ts';

/**
 * Ends and removes what is left of builds that were cut off, or came to nothing; whoever has the application for itself calls it, and there is no
 * build under way.
 *
 * @param used what releases that are kept consist of
 */
export async function clearLostBuilds(
  config: Config,
  { label, target }: Pick<ApplicationRow, 'label' | 'target'>,
  used: readonly Artifact[],
): Promise<void> {
  const { builds, images } = placesOf(config).application(label);
  if (target === 'process') {
    await clearUnfinishedBuilds(builds);
    return removeUnusedBuilds(builds, used);
  }
  const engine = engineOf(config);
  await clearUnfinishedImageBuilds(images, engine);
  await removeUnusedImages(engine, imageRepositoryOf(config, label), used);
}

/** Nothing stays of the builds of an application that is destroyed. */
export async function forgetBuilds(config: Config, application: Pick<ApplicationRow, 'label' | 'target'>): Promise<void> {
  await clearLostBuilds(config, application, []);
  if (application.target === 'container') await removeOldSteps(engineOf(config), imageRepositoryOf(config, application.label), new Set());
}
