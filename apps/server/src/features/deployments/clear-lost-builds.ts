import { clearUnfinishedBuilds, clearUnfinishedImageBuilds } from '@deployguard/delivery';
import type { Config } from '../../platform/config/index.ts';
import type { ApplicationRow } from './application-queries.ts';
import { engineOf } from './container-engine.ts';
import { placesOf } from './places.ts';

/** Ends and removes what is left of builds that were cut off; whoever has the application for itself calls it, and there is no build under way. */
export async function clearLostBuilds(config: Config, { label, target }: Pick<ApplicationRow, 'label' | 'target'>): Promise<void> {
  const { builds, images } = placesOf(config).application(label);
  if (target === 'container') await clearUnfinishedImageBuilds(images, engineOf(config));
  else await clearUnfinishedBuilds(builds);
}
