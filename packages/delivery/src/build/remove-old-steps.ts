import type { ContainerEngine } from '../containers/container-engine.ts';
import { listImages } from '../containers/list-images.ts';
import { runEngine } from '../containers/run-engine.ts';
import { DeliveryError } from '../delivery-error.ts';
import { ownerLabel } from './secure-dockerfile.ts';

/**
 * Removes what the steps of an application's builds made and Podman keeps for the next build, but for the steps named; its images with a name
 * stay. Docker's builder has a cache of its own, and limits it itself. The caller sees to it that no build of the application is under way. What an
 * engine that is down keeps goes the next time.
 *
 * @param imageRepository name of the application's images, without a tag
 * @param kept ids, or the beginnings of these
 */
export async function removeOldSteps(engine: ContainerEngine, imageRepository: string, kept: ReadonlySet<string>): Promise<void> {
  if (engine.kind !== 'podman') return;
  const beginnings = [...kept];
  // Those that nothing is built on: what they alone were built on goes with them.
  const filters = ['--filter', 'dangling=true', '--filter', `label=${ownerLabel}=${imageRepository}`];
  try {
    const ids = await listImages(engine, ['--all', '--quiet', '--no-trunc', ...filters]);
    const old = ids.map((id) => id.replace(/^sha256:/, '')).filter((id) => !beginnings.some((beginning) => id.startsWith(beginning)));
    if (old.length > 0) await runEngine(engine, ['image', 'rm', ...old]);
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
  }
}
