import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '@deployguard/git';
import type { FileTree } from '../analyze/file-tree.ts';
import type { ContainerEngine } from '../containers/container-engine.ts';
import { listImages } from '../containers/list-images.ts';
import { listTlsArguments } from '../containers/list-tls-arguments.ts';
import { runEngine } from '../containers/run-engine.ts';
import { DeliveryError } from '../delivery-error.ts';
import type { Artifact } from '../targets/target.ts';
import type { BaseImages } from './base-images.ts';
import { assertBuildVariables } from './build-environment.ts';
import { createBuildLog } from './build-log.ts';
import type { BuildLog, BuildLogLine } from './build-log.ts';
import type { BuildPlan } from './build-plan.ts';
import { chooseManifests } from './choose-manifests.ts';
import { markOfBuilds } from './end-strays.ts';
import { exportTree } from './export-tree.ts';
import { findPackageManagerVersion } from './find-package-manager-version.ts';
import { findBuiltInProgram } from './find-built-in-program.ts';
import { generateDockerfile, placeOfProgram } from './generate-dockerfile.ts';
import type { GeneratedDockerfile, ProgramName } from './generate-dockerfile.ts';
import { guardDisk } from './guard-disk.ts';
import { identifyContent } from './identify-content.ts';
import { clearUnfinishedImageBuilds } from './image-leftovers.ts';
import { assertImageRepository, filterByRepository, findDigest } from './image-name.ts';
import { listRegistryCredentials, listRegistrySecrets, writeRegistrySecrets } from './package-registries.ts';
import type { PackageRegistries } from './package-registries.ts';
import { pinBases } from './pin-bases.ts';
import { removeOldSteps } from './remove-old-steps.ts';
import { runImageBuild } from './run-image-build.ts';
import { secureDockerfile } from './secure-dockerfile.ts';
import { watchBuildSteps } from './watch-build-steps.ts';

export interface ImageBuildOptions {
  readonly engine: ContainerEngine;
  readonly repository: Repository;
  readonly commit: string;
  /** The files of that commit. */
  readonly tree: FileTree;
  readonly plan: BuildPlan;
  /** Name of the application's images, with the registry that they are pushed to, without a tag. */
  readonly imageRepository: string;
  readonly isPushed: boolean;
  /** Of builds of this application, and nothing else. The caller sees to it that there is one build at a time in it. */
  readonly workDirectory: string;
  readonly baseImages: BaseImages;
  /** Of the application's configuration; they can be read in the image. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly registries?: PackageRegistries;
  readonly limits: ImageBuildLimits;
  readonly signal?: AbortSignal;
  readonly onLog: (line: BuildLogLine) => void;
}

export interface ImageBuildLimits {
  readonly timeoutSeconds: number;
  readonly memoryBytes?: number;
  /** Thousandths of a processor. */
  readonly cpuMillis?: number;
  /** Of the files of the commit, and of the image. */
  readonly diskBytes: number;
  /** Of the log. */
  readonly logBytes: number;
}

export interface ImageBuild {
  /** By the digest in the registry when it was pushed, else by the id that it has in the engine. */
  readonly artifact: Extract<Artifact, { kind: 'image' }>;
  /** In the engine, which may know nothing of the registry. */
  readonly imageId: string;
  /** Names under which it can be found too: by commit, and `latest`. */
  readonly tags: readonly string[];
  /** Where the image listens unless `PORT` says otherwise; what a Dockerfile of the repository exposes. */
  readonly port?: number;
  /** Whether it was there already. */
  readonly isUnchanged: boolean;
}

/** How images are made; another number makes every image anew. */
const layoutVersion = 1;
const label = 'io.deployguard.build';
const maxDockerfileBytes = 1024 * 1024;
/** Those of the largest monorepos have tens of thousands of packages. */
const maxLockBytes = 32 * 1024 * 1024;

/**
 * Builds the image of a commit, from the Dockerfile of the repository or one that is written for it. The same files, Dockerfile, base images
 * and variables give the image that is there.
 *
 * @throws {DeliveryError} `TREE_TOO_LARGE`, `TREE_UNSAFE`, `NOTHING_TO_START`, `LANGUAGE_UNSUPPORTED`, `DOCKERFILE_REFUSED`,
 * `BASE_IMAGE_REFUSED`, `BUILD_VARIABLE_REFUSED`, `BUILD_FAILED`, `BUILD_TIMED_OUT`, `BUILD_TOO_LARGE`, `REGISTRY_UNREACHABLE`,
 * `ENGINE_UNAVAILABLE`, `ENGINE_FAILED`, `RELEASE_INVALID`, `CANCELLED`
 */
export async function buildImage(options: ImageBuildOptions): Promise<ImageBuild> {
  const { engine, commit, plan, imageRepository, workDirectory, variables = {}, registries = {}, limits } = options;
  assertImageRepository(imageRepository);
  assertBuildVariables(variables);
  const log = createBuildLog({ onLine: options.onLog, mask: listRegistryCredentials(registries), maxBytes: limits.logBytes });
  const recipe = await prepareRecipe(options, log);
  const digest = await computeDigest(options, recipe);
  const tags = [commit, 'latest'].map((tag) => `${imageRepository}:${tag}`);
  // The same commit built anew takes the others over. An image without a name would be taken for a step towards one.
  const names = [...tags, `${imageRepository}:build-${digest.slice(0, 16)}`];
  const port = recipe.port ?? plan.port;
  const publication = { tags, workDirectory, log };
  const common = { tags, ...(port !== undefined && { port }) };

  await mkdir(workDirectory, { recursive: true, mode: 0o700 });
  const existing = (await findTagged(engine, tags[0]!, digest)) ?? (await findImage(engine, imageRepository, digest));
  if (existing !== undefined) {
    for (const name of names) await runEngine(engine, ['tag', existing, name]);
    return { ...common, imageId: existing, artifact: await publish(options, existing, publication), isUnchanged: true };
  }

  await clearUnfinishedImageBuilds(workDirectory, engine);
  const directory = await mkdtemp(join(workDirectory, 'build-'));
  try {
    const image = await build(options, { recipe, digest, names, directory, log });
    return { ...common, imageId: image, artifact: await publish(options, image, publication), isUnchanged: false };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What an image is made by. */
interface Recipe {
  readonly text: string;
  /** Of the images that it builds on, those of open registries. */
  readonly openBases: readonly string[];
  /** Of a Dockerfile that was written here; one of the repository comes with its own. */
  readonly ignore?: string;
  /** What is put into its context. */
  readonly program?: ProgramName;
  readonly port?: number;
}

async function prepareRecipe(
  { repository, commit, plan, tree, imageRepository, baseImages, variables = {}, registries = {} }: ImageBuildOptions,
  log: BuildLog,
): Promise<Recipe> {
  const own =
    plan.dockerfile === undefined
      ? undefined
      : (await tree.read([plan.dockerfile], maxDockerfileBytes)).get(plan.dockerfile)?.toString('utf8');
  if (plan.dockerfile !== undefined && own === undefined)
    throw new DeliveryError('DOCKERFILE_REFUSED', `${JSON.stringify(plan.dockerfile)} is not in the repository, or too large.`);
  const generated = own === undefined ? await generate(plan, tree, Object.keys(variables), registries) : undefined;
  const secrets = own === undefined ? [] : listRegistrySecrets(registries);
  const identify = await identifyContent(repository, commit, plan.root);
  const cache = { owner: imageRepository, identify };
  const bases = { ...baseImages, applicationImages: imageRepository };
  const { text, remarks, openBases } = secureDockerfile(own ?? generated!.text, { baseImages: bases, variables, secrets, cache });
  for (const remark of remarks) log.remark(remark);
  return { ...generated, text, openBases };
}

async function generate(
  plan: BuildPlan,
  tree: FileTree,
  variableNames: readonly string[],
  registries: PackageRegistries,
): Promise<GeneratedDockerfile> {
  const read = async (path: string): Promise<string | undefined> => (await tree.read([path], maxLockBytes)).get(path)?.toString('utf8');
  const managerVersion = await findPackageManagerVersion(plan, read);
  const assetManagerVersion = plan.assets && (await findPackageManagerVersion(plan.assets, read));
  const manifests = await chooseManifests(plan, tree);
  const assetManifests = plan.assets && (await chooseManifests(plan.assets, tree));
  const secrets = listRegistrySecrets(registries);
  return generateDockerfile(plan, {
    variableNames,
    secrets,
    ...(manifests && { manifests }),
    ...(assetManifests && { assetManifests }),
    ...(managerVersion !== undefined && { managerVersion }),
    ...(assetManagerVersion !== undefined && { assetManagerVersion }),
  });
}

async function computeDigest(
  { repository, commit, plan, variables = {} }: ImageBuildOptions,
  { text, ignore, program }: Recipe,
): Promise<string> {
  const tree = await repository.git.run(['rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`]);
  const inputs = [
    layoutVersion,
    tree.toString('latin1').trim(),
    plan.root,
    text,
    ignore ?? null,
    program === undefined ? null : await readFile(findBuiltInProgram(program), 'utf8'),
    Object.entries(variables).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ];
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
}

/** The id of the image that has the name, when it was made by the recipe: engines look at all their images to tell those with a label. */
async function findTagged(engine: ContainerEngine, tag: string, digest: string): Promise<string | undefined> {
  const format = `{{.Id}} {{index .Config.Labels "${label}"}}`;
  const inspected = await runEngine(engine, ['image', 'inspect', '--format', format, tag]).catch(() => '');
  const [id = '', made] = inspected.trim().split(' ');
  return made === digest ? asDigest(id) : undefined;
}

/** The id of the image of this application that was made by the same recipe. */
async function findImage(engine: ContainerEngine, imageRepository: string, digest: string): Promise<string | undefined> {
  const filters = ['--filter', `label=${label}=${digest}`, ...filterByRepository(engine, imageRepository)];
  const [id] = await listImages(engine, ['--quiet', '--no-trunc', ...filters]);
  return id;
}

interface BuildInputs {
  readonly recipe: Recipe;
  readonly digest: string;
  /** In the engine: those under which it is published, and its own. */
  readonly names: readonly string[];
  readonly directory: string;
  readonly log: BuildLog;
}

async function build(options: ImageBuildOptions, { recipe, digest, names, directory, log }: BuildInputs): Promise<string> {
  const { engine, commit, plan, variables = {}, registries = {}, limits, signal } = options;
  const context = join(directory, 'context');
  for (const folder of ['context', 'secrets', 'tmp']) await mkdir(join(directory, folder), { mode: 0o700 });
  await exportContext(options, context, log);
  if (recipe.ignore !== undefined) await replaceFile(join(context, '.dockerignore'), recipe.ignore);
  if (recipe.program !== undefined)
    await replaceFile(join(context, placeOfProgram(recipe.program)), await readFile(findBuiltInProgram(recipe.program)));
  const secrets = await writeRegistrySecrets(registries, join(directory, 'secrets'));
  const noGroups = join(directory, 'no-groups');
  await mkdir(noGroups);
  const idFile = join(directory, 'id');
  const args = [
    '--file',
    join(directory, 'Dockerfile'),
    '--iidfile',
    idFile,
    ...names.flatMap((name) => ['--tag', name]),
    ...[`${label}=${digest}`, `org.opencontainers.image.revision=${commit}`].flatMap((text) => ['--label', text]),
    ...Object.entries(variables).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...[...secrets].flatMap(([id, path]) => ['--secret', `id=${id},src=${path}`]),
    ...(limits.memoryBytes === undefined ? [] : ['--memory', String(limits.memoryBytes)]),
    ...(limits.cpuMillis === undefined ? [] : ['--cpu-period', '100000', '--cpu-quota', String(limits.cpuMillis * 100)]),
    // Where root could change the limits of the group that it is in: Podman mounts them so that they can be written.
    ...(engine.kind === 'podman' ? ['--volume', `${noGroups}:/sys/fs/cgroup:ro`] : []),
    ...listTlsArguments(engine, [...Object.values(options.baseImages.map), ...options.baseImages.registries]),
    ...(engine.buildArguments ?? []),
    recipe.ignore === undefined ? join(context, plan.root) : context,
  ];
  const run = {
    engine,
    args,
    temporaryDirectory: join(directory, 'tmp'),
    mark: markOfBuilds(options.workDirectory),
    timeoutSeconds: limits.timeoutSeconds,
    log,
  };
  const fetched: string[] = [];
  const pinning = { timeoutSeconds: limits.timeoutSeconds, onFetched: (name: string) => fetched.push(name), ...(signal && { signal }) };
  const steps = watchBuildSteps();
  try {
    await writeFile(join(directory, 'Dockerfile'), await pinBases(engine, recipe.text, recipe.openBases, pinning));
    await runImageBuild({ ...run, onOutput: steps.add, ...(signal && { signal }) });
  } catch (error) {
    // What has filled the disk that all others need does not wait for the next build.
    if (error instanceof DeliveryError && isDiskFull.has(error.code)) {
      await removeOldSteps(engine, options.imageRepository, new Set());
      // By this name alone: it may have been there under another one.
      for (const base of fetched) await runEngine(engine, ['image', 'rm', base]).catch(() => {});
    }
    throw error;
  } finally {
    // Also of one that failed: the next one goes on there.
    if (steps.images.size > 0) await removeOldSteps(engine, options.imageRepository, steps.images);
  }

  const image = (await readFile(idFile, 'utf8')).trim();
  const size = Number((await runEngine(engine, ['image', 'inspect', '--format', '{{.Size}}', image])).trim());
  if (size > limits.diskBytes) {
    for (const name of names) await runEngine(engine, ['rmi', name]);
    throw new DeliveryError(
      'BUILD_TOO_LARGE',
      `The image has ${size} bytes, more than the ${limits.diskBytes} that it may have. Leave out what is not needed to run it.`,
    );
  }
  return image;
}

/** The engine's store, which is guarded as it builds, may be on another disk. */
async function exportContext(
  { repository, commit, workDirectory, limits, signal }: ImageBuildOptions,
  directory: string,
  log: BuildLog,
): Promise<void> {
  using disk = await guardDisk(workDirectory, signal);
  try {
    await exportTree({ repository, commit, directory, maxBytes: limits.diskBytes, onRemark: log.remark, signal: disk.signal });
  } catch (error) {
    disk.assertRoom();
    throw error;
  }
}

const isDiskFull: ReadonlySet<string> = new Set(['BUILD_TOO_LARGE', 'DISK_FULL']);

/** Engines write ids with and without it. */
function asDigest(id: string): string {
  return id.startsWith('sha256:') ? id : `sha256:${id}`;
}

/** What stands there may be a link. */
async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await writeFile(path, content, { flag: 'wx' });
}

/** Pushes an image under its names; that of the commit, which comes first, says by which digest it stands in the registry. */
async function publish(
  options: ImageBuildOptions,
  image: string,
  { tags, workDirectory, log }: Publication,
): Promise<ImageBuild['artifact']> {
  const id = asDigest(image);
  if (!options.isPushed) return { kind: 'image', reference: id, digest: id };
  const digests: string[] = [];
  for (const tag of tags) {
    log.remark(`$ ${options.engine.program} push ${tag}`);
    digests.push(await push(options, tag, workDirectory));
  }
  return { kind: 'image', reference: `${options.imageRepository}@${digests[0]}`, digest: digests[0]! };
}

async function push({ engine, imageRepository, signal }: ImageBuildOptions, tag: string, workDirectory: string): Promise<string> {
  const file = join(workDirectory, `digest-${randomBytes(4).toString('hex')}`);
  const flags = [...(engine.kind === 'podman' ? ['--digestfile', file] : ['--quiet']), ...listTlsArguments(engine, [tag])];
  try {
    await runEngine(engine, ['push', ...flags, ...(engine.pushArguments ?? []), tag], { timeoutSeconds: 1800, ...(signal && { signal }) });
    if (engine.kind === 'podman') return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.code !== 'ENGINE_FAILED') throw error;
    throw new DeliveryError('REGISTRY_UNREACHABLE', `The image could not be pushed to its registry. ${error.message}`, { cause: error });
  } finally {
    await rm(file, { force: true });
  }
  const known = JSON.parse(await runEngine(engine, ['image', 'inspect', '--format', '{{json .RepoDigests}}', tag])) as string[];
  const digest = findDigest(known, imageRepository);
  if (digest === undefined)
    throw new DeliveryError('ENGINE_FAILED', `${engine.program} does not say under which digest it pushed the image.`);
  return digest;
}

interface Publication {
  readonly tags: readonly string[];
  readonly workDirectory: string;
  readonly log: BuildLog;
}
