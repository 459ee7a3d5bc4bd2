import { buildImage, openGitTree } from '@deployguard/delivery';
import type { ImageBuild, ImageBuildOptions } from '@deployguard/delivery';
import { openLocalRepository } from '@deployguard/git';
import type { ChildContext } from '../../platform/tasks/index.ts';
import { describeBuild } from './describe-build.ts';
import type { BuildDescription, DescriptionOrder } from './describe-build.ts';

export interface ImageBuildOrder extends Omit<ImageBuildOptions, 'repository' | 'tree' | 'workDirectory' | 'limits' | 'signal' | 'onLog'> {
  readonly workDirectory: string;
  readonly gitDirectory: string;
  /** Of builds of the application. */
  readonly buildsDirectory: string;
  readonly limits: Omit<ImageBuildOptions['limits'], 'logBytes'>;
  readonly description: DescriptionOrder;
}

export interface ImageBuildResult {
  readonly built: ImageBuild;
  readonly description: BuildDescription;
}

const logBytes = 4 * 1024 * 1024;

/** Runs in a process of its own: what it starts goes with it. */
export async function handle(
  { gitDirectory, workDirectory, buildsDirectory, limits, description: wanted, ...order }: ImageBuildOrder,
  context: ChildContext,
): Promise<ImageBuildResult> {
  await using repository = await openLocalRepository(gitDirectory, { workDirectory, signal: context.signal });
  let told = Promise.resolve();
  const tree = await openGitTree({ ...repository, head: order.commit });
  const built = await buildImage({
    ...order,
    repository,
    tree,
    workDirectory: buildsDirectory,
    limits: { ...limits, logBytes },
    signal: context.signal,
    onLog: ({ text }) => (told = told.then(() => context.log(text))),
    // Also of a build that failed: its last lines are those that say why.
  }).finally(() => (context.signal.aborted ? undefined : told));
  const { plan, commit, engine } = order;
  const { artifact, imageId: id } = built;
  const description = await describeBuild(
    { ...wanted, tree, root: plan.root, commit, artifact, image: { engine, id }, workDirectory },
    context,
  );
  return { built, description };
}
