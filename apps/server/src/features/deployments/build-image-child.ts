import { buildImage, openGitTree } from '@deployguard/delivery';
import type { ImageBuild, ImageBuildOptions } from '@deployguard/delivery';
import { openLocalRepository } from '@deployguard/git';
import type { ChildContext } from '../../platform/tasks/index.ts';

export interface ImageBuildOrder extends Omit<ImageBuildOptions, 'repository' | 'tree' | 'workDirectory' | 'limits' | 'signal' | 'onLog'> {
  readonly workDirectory: string;
  readonly gitDirectory: string;
  /** Of builds of the application. */
  readonly buildsDirectory: string;
  readonly limits: Omit<ImageBuildOptions['limits'], 'logBytes'>;
}

const logBytes = 4 * 1024 * 1024;

/** Runs in a process of its own: what it starts goes with it. */
export async function handle(
  { gitDirectory, workDirectory, buildsDirectory, limits, ...order }: ImageBuildOrder,
  context: ChildContext,
): Promise<ImageBuild> {
  await using repository = await openLocalRepository(gitDirectory, { workDirectory, signal: context.signal });
  let told = Promise.resolve();
  const built = await buildImage({
    ...order,
    repository,
    tree: await openGitTree({ ...repository, head: order.commit }),
    workDirectory: buildsDirectory,
    limits: { ...limits, logBytes },
    signal: context.signal,
    onLog: ({ text }) => (told = told.then(() => context.log(text))),
  });
  await told;
  return built;
}
