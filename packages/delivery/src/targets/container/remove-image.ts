import type { ContainerEngine } from '../../containers/container-engine.ts';
import { runEngine } from '../../containers/run-engine.ts';

/** Removes an image with all the names that it has; one that something else uses stays. */
export async function removeImage(engine: ContainerEngine, image: string): Promise<void> {
  const printed = await runEngine(engine, ['image', 'inspect', '--format', '{{json .RepoTags}}', image]).catch(() => '[]');
  const names = (JSON.parse(printed) ?? []) as string[];
  for (const name of [...names, image]) await runEngine(engine, ['image', 'rm', name]).catch(() => {});
}
