import { buildDirectory, mostBuildProcesses, openGitTree } from '@deployguard/delivery';
import type { BuildPlan, DirectoryBuild, PackageRegistries } from '@deployguard/delivery';
import { openLocalRepository } from '@deployguard/git';
import type { SandboxGround } from '@deployguard/process';
import type { ChildContext } from '../../platform/tasks/index.ts';
import { describeBuild } from './describe-build.ts';
import type { BuildDescription, DescriptionOrder } from './describe-build.ts';

export interface BuildOrder {
  readonly workDirectory: string;
  readonly gitDirectory: string;
  readonly commit: string;
  readonly plan: BuildPlan;
  readonly buildsDirectory: string;
  readonly cacheDirectory: string;
  readonly searchPath: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly registries: PackageRegistries;
  readonly sandbox?: SandboxGround;
  readonly timeoutSeconds: number;
  readonly diskBytes: number;
  readonly description: DescriptionOrder;
}

export interface BuildResult {
  readonly built: DirectoryBuild;
  readonly description: BuildDescription;
}

const logBytes = 4 * 1024 * 1024;

/** Runs in a process of its own: what it starts goes with it. */
export async function handle(order: BuildOrder, context: ChildContext): Promise<BuildResult> {
  await using repository = await openLocalRepository(order.gitDirectory, { workDirectory: order.workDirectory, signal: context.signal });
  let told = Promise.resolve();
  const built = await buildDirectory({
    ...order,
    repository,
    nodeProgram: process.execPath,
    limits: { timeoutSeconds: order.timeoutSeconds, diskBytes: order.diskBytes, logBytes, process: { ownProcesses: mostBuildProcesses } },
    signal: context.signal,
    onLog: ({ text }) => (told = told.then(() => context.log(text))),
    // Also of a build that failed: its last lines are those that say why.
  }).finally(() => (context.signal.aborted ? undefined : told));
  const tree = await openGitTree({ ...repository, head: order.commit });
  const { plan, commit, workDirectory } = order;
  const description = await describeBuild(
    { ...order.description, tree, root: plan.root, commit, artifact: built.artifact, workDirectory },
    context,
  );
  return { built, description };
}
