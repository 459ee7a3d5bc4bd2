import type { ContainerEngine } from '../containers/container-engine.ts';
import { listImages } from '../containers/list-images.ts';
import { runEngine } from '../containers/run-engine.ts';
import { DeliveryError } from '../delivery-error.ts';
import { isAbsent } from '../targets/container/end-container.ts';
import { removeImage } from '../targets/container/remove-image.ts';
import type { Artifact } from '../targets/target.ts';
import { filterByRepository } from './image-name.ts';

/**
 * Removes the images of an application that none of these artifacts is: of builds whose deployment came to nothing before its release was in place.
 * The caller sees to it that no build of the application is under way. What an engine that is down keeps goes the next time.
 *
 * @param imageRepository name of the application's images, without a tag
 */
export async function removeUnusedImages(engine: ContainerEngine, imageRepository: string, used: readonly Artifact[]): Promise<void> {
  try {
    const kept = new Set(await Promise.all(used.map((artifact) => findId(engine, artifact))));
    const ids = new Set(await listImages(engine, ['--quiet', '--no-trunc', ...filterByRepository(engine, imageRepository)]));
    for (const id of ids) if (!kept.has(bare(id))) await removeImage(engine, id);
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
  }
}

/** Of an image that was pushed, the digest is the registry's. */
async function findId(engine: ContainerEngine, artifact: Artifact): Promise<string | undefined> {
  if (artifact.kind === 'directory') return undefined;
  if (artifact.reference === artifact.digest) return bare(artifact.digest);
  const id = await runEngine(engine, ['image', 'inspect', '--format', '{{.Id}}', artifact.reference]).catch((error: unknown) => {
    // It may be there.
    if (!isAbsent(error)) throw error;
    return undefined;
  });
  return id === undefined ? undefined : bare(id.trim());
}

/** Docker says by which function, podman not always. */
function bare(id: string): string {
  return id.replace(/^sha256:/, '');
}
