import { randomUUIDv7 } from 'node:crypto';
import { extname } from 'node:path';
import type { DeploymentConfig } from '@deployguard/contracts';
import type { Artifact, BuildPlan, Release } from '@deployguard/delivery';
import type { Platform } from '../../feature.ts';
import { findEngineEnvironment, findSearchPath, loadBaseImages, loadPackageRegistries } from '../../platform/config/index.ts';
import type { StandbyChild, TaskContext } from '../../platform/tasks/index.ts';
import { standByForJob } from '../jobs/index.ts';
import type { WorkDirectory } from '../jobs/index.ts';
import type { ApplicationRow } from './application-queries.ts';
import { chooseSandbox } from './choose-sandbox.ts';
import type { BuildOrder, BuildResult } from './build-child.ts';
import type { ImageBuildOrder, ImageBuildResult } from './build-image-child.ts';
import { engineOf, imageRepositoryOf } from './container-engine.ts';
import type { DeploymentRow } from './deployment-queries.ts';
import type { BuildDescription, DescriptionOrder } from './describe-build.ts';
import { placesOf } from './places.ts';
import { endOpenBuilds, insertBuild, updateBuild } from './release-queries.ts';

interface ToBuild {
  readonly gitDirectory: string;
  readonly commit: string;
  readonly plan: BuildPlan;
  readonly config: DeploymentConfig;
  readonly work: WorkDirectory;
  readonly builder: StandbyChild;
}

/** What was built, and what a start of it needs. */
export interface BuiltArtifact {
  readonly artifact: Artifact;
  readonly commands: Release['commands'];
  readonly environment: Readonly<Record<string, string>>;
  readonly port: Release['port'];
  /** What signatures of it are about: the image without tag or digest, or the application. */
  readonly name: string;
  readonly description: BuildDescription;
}

/** The process that builds, which is loaded while it is found out what there is to build. */
export function standByToBuild(platform: Platform, { target }: ApplicationRow, context: TaskContext): StandbyChild {
  const name = target === 'container' ? 'build-image' : 'build';
  return standByForJob(platform, new URL(`./${name}-child${extname(import.meta.filename)}`, import.meta.url), context);
}

const keptLogBytes = 65_536;
const shownLines = 30;

/** Builds a commit for where the application runs: a directory for processes, an image for containers. The end of the log is kept. */
export async function buildArtifact(
  platform: Platform,
  application: ApplicationRow,
  deployment: DeploymentRow,
  source: ToBuild,
  context: TaskContext,
): Promise<BuiltArtifact> {
  const id = randomUUIDv7();
  const image = application.target === 'container' ? imageRepositoryOf(platform.config, application.label) : application.label;
  await context.fenced(async (tx) => {
    await endOpenBuilds(tx, deployment.id);
    await insertBuild(tx, { id, deployment_id: deployment.id, image_tag: `${image}:${source.commit}` });
  });
  const log = keepTail(keptLogBytes);
  const logged: TaskContext = {
    ...context,
    log: (line) => {
      log.add(line);
      return context.log(line);
    },
  };
  const end = (success: boolean): Promise<void> =>
    context.fenced((tx) => updateBuild(tx, id, { completed_at: new Date(), success, build_logs: log.text() }));
  const build = application.target === 'container' ? buildInImage : buildInDirectory;
  try {
    const { isUnchanged, ...built } = await build(platform, application, source, logged);
    if (isUnchanged) await logged.log('Nothing has changed: it was built before.');
    await end(true);
    return { ...built, name: image };
  } catch (error) {
    if (!context.signal.aborted) await end(false);
    throw withLogs(error, log.lines().slice(-shownLines));
  }
}

/** Of errors whose message goes on with what the build said last. */
const quotingLog: readonly unknown[] = ['BUILD_FAILED', 'BUILD_TIMED_OUT', 'TOOL_MISSING'];

/** What a build said last says more than that it failed. */
function withLogs(error: unknown, logs: readonly string[]): unknown {
  const { code } = error as { readonly code?: unknown };
  return error instanceof Error && quotingLog.includes(code) ? Object.assign(error, { logs }) : error;
}

type Build = (
  platform: Platform,
  application: ApplicationRow,
  source: ToBuild,
  context: TaskContext,
) => Promise<Omit<BuiltArtifact, 'name'> & { readonly isUnchanged: boolean }>;

const buildInDirectory: Build = async (platform, { label }, { gitDirectory, commit, plan, config, work, builder }, context) => {
  const { limits, worker, builds: settings } = platform.config;
  const { builds, cache } = placesOf(platform.config).application(label);
  const sandbox = await chooseSandbox(platform.config);
  if (plan.dockerfile !== undefined) await context.log(`${plan.dockerfile} is not built: applications run as processes here.`);
  await context.log(sandbox.ground ? 'It is built and run in a sandbox.' : `It is built and run without a sandbox: ${sandbox.problem}`);
  const order: BuildOrder = {
    workDirectory: work.path,
    gitDirectory,
    commit,
    plan,
    buildsDirectory: builds,
    cacheDirectory: cache,
    searchPath: findSearchPath(),
    variables: variablesOf(config),
    registries: await loadPackageRegistries(settings),
    ...(sandbox.ground && { sandbox: sandbox.ground }),
    timeoutSeconds: limits.maxBuildSeconds,
    diskBytes: worker.maxFileBytes,
    description: orderDescription(platform, label),
  };
  const { built, description } = (await builder.run(order, context)) as BuildResult;
  const { artifact, start, environment, isUnchanged } = built;
  return { artifact, commands: { start }, environment, port: 'assigned', isUnchanged, description };
};

const buildInImage: Build = async (platform, { label }, { gitDirectory, commit, plan, config, work, builder }, context) => {
  const { limits, worker, containers, builds: settings } = platform.config;
  const baseImages = await loadBaseImages(containers);
  const order: ImageBuildOrder = {
    workDirectory: work.path,
    gitDirectory,
    commit,
    plan,
    engine: engineOf(platform.config),
    imageRepository: imageRepositoryOf(platform.config, label),
    isPushed: containers.registry !== undefined,
    buildsDirectory: placesOf(platform.config).application(label).images,
    baseImages: { map: baseImages, registries: containers.baseRegistries },
    variables: variablesOf(config),
    registries: await loadPackageRegistries(settings),
    limits: {
      timeoutSeconds: limits.maxBuildSeconds,
      memoryBytes: limits.maxBuildMemoryBytes,
      cpuMillis: limits.maxBuildCpuMillis,
      diskBytes: worker.maxFileBytes,
    },
    description: orderDescription(platform, label),
  };
  const { built, description } = (await builder.run(order, context)) as ImageBuildResult;
  const { artifact, port = 'assigned', isUnchanged } = built;
  // An image says itself how it is started, unless the configuration says otherwise.
  const start = config.application?.start_command;
  return { artifact, commands: start === undefined ? {} : { start }, environment: {}, port, isUnchanged, description };
};

function orderDescription({ config }: Platform, application: string): DescriptionOrder {
  return { application, scanner: config.builds.scanner, environment: findEngineEnvironment() };
}

/** What was set for the application may be secret: a build has no use for it, and would keep it. */
function variablesOf({ application = {} }: DeploymentConfig): Readonly<Record<string, string>> {
  return application.env_vars ?? {};
}

function keepTail(maxBytes: number): { add(line: string): void; lines(): readonly string[]; text(): string } {
  const lines: string[] = [];
  let bytes = 0;
  return {
    add(line) {
      lines.push(line);
      bytes += line.length + 1;
      while (bytes > maxBytes && lines.length > 1) bytes -= lines.shift()!.length + 1;
    },
    lines: () => lines,
    text: () => lines.join('\n').replaceAll('\0', ''),
  };
}
