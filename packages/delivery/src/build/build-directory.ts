import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, lstat, mkdir, open, readdir, realpath, stat, symlink, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Repository } from '@deployguard/git';
import { type ProcessLimits, type Sandbox, type SandboxGround, findProgram, removeTree } from '@deployguard/process';
import { maxFiles } from '../analyze/file-tree.ts';
import { DeliveryError } from '../delivery-error.ts';
import { assertBuildVariables, createBuildEnvironment } from './build-environment.ts';
import { createBuildLog } from './build-log.ts';
import type { BuildLog, BuildLogLine } from './build-log.ts';
import type { BuildPlan } from './build-plan.ts';
import { clearUnfinishedBuilds, findFinishedBuild, writeRecord } from './directory-builds.ts';
import type { FinishedBuild } from './directory-builds.ts';
import { markOfBuilds } from './end-strays.ts';
import { exportTree } from './export-tree.ts';
import { guardDisk } from './guard-disk.ts';
import { listListeningVariables } from './listening-variables.ts';
import { findBuiltInProgram } from './find-built-in-program.ts';
import { findPackageManagerVersion } from './find-package-manager-version.ts';
import { identifyToolchain } from './identify-toolchain.ts';
import { loadsFromYarnCache } from './loads-from-yarn-cache.ts';
import { listRegistryCredentials, writeRegistrySecrets } from './package-registries.ts';
import type { PackageRegistries } from './package-registries.ts';
import { findPackageManagerTool } from './package-manager-tool.ts';
import type { PackageManagerTool } from './package-manager-tool.ts';
import { runBuildCommand } from './run-build-command.ts';

export interface DirectoryBuildOptions {
  readonly repository: Repository;
  readonly commit: string;
  readonly plan: BuildPlan;
  /** Builds of this application, and nothing else. The caller sees to it that there is one build at a time in it. */
  readonly buildsDirectory: string;
  /** Of this application: what package managers fetched lives on here. */
  readonly cacheDirectory: string;
  /** Where programs are looked up, as `PATH`. */
  readonly searchPath: string;
  /** The Node that serves static files: an absolute path. */
  readonly nodeProgram: string;
  /** Of the application's configuration; they can be read in what is built. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly registries?: PackageRegistries;
  /** Commands run in a sandbox of this machine. Default: with the rights of this process. */
  readonly sandbox?: SandboxGround;
  readonly limits: BuildLimits;
  readonly signal?: AbortSignal;
  readonly onLog: (line: BuildLogLine) => void;
}

export interface BuildLimits {
  /** Of the whole build. */
  readonly timeoutSeconds: number;
  /** Of each process. */
  readonly process?: ProcessLimits;
  /** Of the files of the commit, and of the whole release directory when it is done. */
  readonly diskBytes: number;
  /** In that directory, folders and links included. Default a million. */
  readonly mostFiles?: number;
  /** Of the log. */
  readonly logBytes: number;
}

export interface DirectoryBuild extends FinishedBuild {
  /** Whether it was there already. */
  readonly isUnchanged: boolean;
}

/** How what is built is laid out; another number makes every build anew. */
const layoutVersion = 3;
/** In a sandbox: for commands that do not ask where temporary files belong. */
const temporaryBytes = 1024 ** 3;
/** Of files that say which version of a package manager is meant. */
const mostVersionBytes = 512 * 1024;

/**
 * Builds a commit into a directory of its own, with the commands of the plan. The same commit, plan, variables and programs of its
 * languages give the build that is there. A build counts only once its record is written, which is the last step: whatever else lies there is removed by the next build.
 *
 * It runs code of the application on this machine: for those whom one trusts. In a sandbox that code sees and changes only the build, what earlier ones fetched,
 * and what can be read there.
 *
 * @throws {DeliveryError} `TREE_TOO_LARGE`, `TREE_UNSAFE`, `NOTHING_TO_START`, `BUILD_FAILED`, `BUILD_TIMED_OUT`, `BUILD_TOO_LARGE`,
 * `BUILD_VARIABLE_REFUSED`, `STATIC_OUTPUT_MISSING`, `TOOL_MISSING`, `DISK_FULL`, `CANCELLED`
 */
export async function buildDirectory(options: DirectoryBuildOptions): Promise<DirectoryBuild> {
  const { repository, commit, plan, buildsDirectory, onLog, variables = {}, registries = {}, limits } = options;
  assertBuildVariables(variables);
  if (plan.startCommand === undefined && plan.staticOutput === undefined) throw new DeliveryError('NOTHING_TO_START', explainNothing(plan));

  await mkdir(buildsDirectory, { recursive: true, mode: 0o700 });
  const digest = await computeDigest(options);
  const finished = await findFinishedBuild(buildsDirectory, digest);
  if (finished !== undefined) return { ...finished, isUnchanged: true };

  // Of a build whose process was killed, both its commands and its files may be left.
  await clearUnfinishedBuilds(buildsDirectory);
  const mask = listRegistryCredentials(registries);
  const log = createBuildLog({ onLine: onLog, mask, maxBytes: limits.logBytes });
  const name = `${digest.slice(7, 23)}-${randomBytes(4).toString('hex')}`;
  const directory = join(buildsDirectory, name);
  using disk = await guardDisk(buildsDirectory, options.signal);
  try {
    await mkdir(join(directory, 'app'), { recursive: true, mode: 0o700 });
    await exportTree({
      repository,
      commit,
      directory: join(directory, 'app'),
      maxBytes: limits.diskBytes,
      onRemark: log.remark,
      signal: disk.signal,
    });
    const built = await runCommands({ ...options, signal: disk.signal }, directory, log);
    await assertSize(directory, limits);
    const folder = plan.root === '' ? {} : { folder: plan.root };
    const build = { artifact: { kind: 'directory', path: join(directory, 'app'), ...folder, digest } as const, ...built };
    await writeRecord(buildsDirectory, digest, name, build);
    return { ...build, isUnchanged: false };
  } catch (error) {
    await removeTree(directory);
    disk.assertRoom();
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC'
      ? new DeliveryError('DISK_FULL', 'The build was stopped: there is no room left on the disk.', { cause: error })
      : error;
  }
}

function explainNothing({ dockerfile }: BuildPlan): string {
  const isRead =
    dockerfile === undefined
      ? ''
      : ` ${dockerfile} is built only where applications run in containers (\`deployments.target: container\`).`;
  return `Nothing says how the application is started. Name its start_command in deployguard.yaml.${isRead}`;
}

async function computeDigest({
  repository,
  commit,
  plan,
  variables = {},
  searchPath,
  nodeProgram,
}: DirectoryBuildOptions): Promise<string> {
  const tree = await repository.git.run(['rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`]);
  const fields = ['root', 'language', 'packageManager', 'installCommand', 'buildCommand', 'startCommand', 'staticOutput'] as const;
  const inputs = [
    layoutVersion,
    tree.toString('latin1').trim(),
    fields.map((field) => plan[field] ?? null),
    ...(plan.assets === undefined ? [] : [fields.map((field) => plan.assets![field] ?? null)]),
    Object.entries(variables).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    [searchPath, nodeProgram, await identifyToolchain(plan, searchPath)],
  ];
  return `sha256:${createHash('sha256').update(JSON.stringify(inputs)).digest('hex')}`;
}

async function runCommands(options: DirectoryBuildOptions, directory: string, log: BuildLog): Promise<Omit<FinishedBuild, 'artifact'>> {
  const { plan, searchPath, registries = {}, variables = {}, limits, signal } = options;
  const app = join(directory, 'app', plan.root);
  const own = join(directory, 'work');
  if (!(await isFolderInside(app, join(directory, 'app'))))
    throw new DeliveryError(
      'ROOT_NOT_FOUND',
      `There is no folder ${JSON.stringify(plan.root)} in the commit. Name one from the top of the repository.`,
    );
  await mkdir(join(own, 'settings'), { recursive: true, mode: 0o700 });
  const settings = await writeRegistrySecrets(registries, join(own, 'settings'));
  const places = {
    homeDirectory: join(own, 'home'),
    temporaryDirectory: join(own, 'tmp'),
    cacheDirectory: options.cacheDirectory,
    settings,
  };
  const isPython = plan.language === 'python';
  const tool = await findMissingTool(options, join(directory, 'app'));
  // What commands install for every user of a machine, as Yarn's first version does by itself to compile a module, is of this release alone.
  const globals = join(directory, 'globals');
  const tools = join(directory, 'tools');
  // What lies beside them is the service's own.
  const writable = [join(directory, 'app'), own, globals, ...(tool?.registry === 'npm' ? [tools] : [])];
  for (const folder of writable) await mkdir(folder, { recursive: true, mode: 0o700 });
  const programs = [
    join(app, 'node_modules', '.bin'),
    ...(isPython ? [join(app, '.venv', 'bin')] : []),
    ...(plan.language === 'go' ? [join(app, 'bin')] : []),
    ...(tool?.registry === 'npm' ? [join(tools, 'node_modules', '.bin')] : []),
    join(globals, 'bin'),
  ];
  const path = [...programs, searchPath].join(':');
  // As the application runs, it needs more of these than lies in its folder.
  const kept = {
    ...(isPython && { VIRTUAL_ENV: join(app, '.venv'), UV_PYTHON_INSTALL_DIR: join(globals, 'python') }),
    ...(plan.language === 'deno' && { DENO_DIR: join(globals, 'deno'), DENO_NO_UPDATE_CHECK: '1' }),
  };
  if (kept.DENO_DIR !== undefined && options.sandbox) await prepareDenoStorage(kept.DENO_DIR);
  const env = {
    ...(await createBuildEnvironment(places, registries)),
    npm_config_prefix: globals,
    YARN_ENABLE_GLOBAL_CACHE: String(!(await loadsFromYarnCache(plan, (path) => readStart(join(directory, 'app', path))))),
    ...kept,
    // They are built already.
    ...(plan.assets && plan.language === 'ruby' && { SKIP_JS_BUILD: '1', SKIP_CSS_BUILD: '1' }),
    ...variables,
    PATH: path,
  };

  const endsAt = Date.now() + limits.timeoutSeconds * 1000;
  const run = (title: string, program: string, args: readonly string[]): Promise<void> => {
    log.remark(`$ ${title}`);
    const timeoutSeconds = Math.max(0.001, (endsAt - Date.now()) / 1000);
    const shared = {
      mark: markOfBuilds(options.buildsDirectory),
      cwd: app,
      env,
      ...(options.sandbox && { sandbox: sandboxOf(options.sandbox, [...writable, options.cacheDirectory]) }),
      timeoutSeconds,
      ...(limits.process && { limits: limits.process }),
      ...(signal && { signal }),
    };
    return runBuildCommand({ title, program, args, ...shared }, log);
  };
  if (isPython) await run('python3 -m venv .venv', 'python3', ['-m', 'venv', '.venv']);
  if (tool?.registry === 'npm') await run(`npm install ${tool.package}`, 'npm', ['install', '--prefix', tools, tool.package]);
  if (tool?.registry === 'pip' && isPython) await run(`pip install ${tool.name}`, join(app, '.venv', 'bin', 'pip'), ['install', tool.name]);
  const lines = [plan.installCommand, plan.assets?.installCommand, plan.assets?.buildCommand, plan.buildCommand];
  for (const line of lines) if (line !== undefined) await run(line, '/bin/sh', ['-c', line]);
  // Commands may have put a link there, which would be followed outside of their sandbox.
  const top = await lstat(join(directory, 'app')).catch(() => undefined);
  if (top?.isDirectory() !== true || !(await isFolderInside(app, join(directory, 'app'))))
    throw new DeliveryError('BUILD_FAILED', 'The build has put something else in the place of the application’s folder.');
  await removeTree(own);

  const environment = {
    PATH: path,
    ...kept,
    ...(plan.language === 'node' && { NODE_ENV: 'production' }),
    // Where it is asked from.
    ...listListeningVariables(plan.language, '127.0.0.1'),
    ...(isPython && { PYTHONUNBUFFERED: '1' }),
    ...(plan.language === 'ruby' && { BUNDLE_PATH: 'vendor/bundle' }),
    ...(plan.language === 'php' && options.sandbox && { PHP_INI_SCAN_DIR: await writePhpSettings(join(directory, 'php')) }),
  };
  if (plan.staticOutput === undefined) return { start: plan.startCommand!, environment };
  return { start: await prepareStaticFiles(options, directory, app), environment };
}

/**
 * Debian has PHP leave old sessions to a task of the system, which does not see those of a sandbox. Gives where PHP finds that, beside its own settings
 * (https://www.php.net/manual/en/configuration.file.php).
 */
async function writePhpSettings(directory: string): Promise<string> {
  await mkdir(directory, { mode: 0o700 });
  await writeFile(join(directory, 'sessions.ini'), 'session.gc_probability = 1\n', { flag: 'wx' });
  return `:${directory}`;
}

/**
 * What Deno fetched cannot be written as the application runs, and among it Deno keeps `localStorage` and `Deno.openKv()`. In a sandbox `/tmp` is its own.
 */
async function prepareDenoStorage(directory: string): Promise<void> {
  await mkdir(directory, { mode: 0o700 });
  await symlink('/tmp', join(directory, 'location_data'));
}

/** What a build leaves running ends with it. */
function sandboxOf(ground: SandboxGround, writable: readonly string[]): Sandbox {
  return { ...ground, readable: [], writable, temporaryBytes, endsWithParent: true };
}

/** The package manager, where the machine has none. */
async function findMissingTool({ plan, searchPath }: DirectoryBuildOptions, top: string): Promise<PackageManagerTool | undefined> {
  for (const part of [plan, plan.assets]) {
    const version = part && (await findPackageManagerVersion(part, (path) => readStart(join(top, path))));
    const tool = part && findPackageManagerTool(part, version);
    if (tool !== undefined) return findProgram(tool.name, searchPath) === undefined ? tool : undefined;
  }
  return undefined;
}

/** Undefined where there is no file of text. */
async function readStart(path: string): Promise<string | undefined> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile) return undefined;
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(mostVersionBytes) });
  return buffer.toString('utf8', 0, bytesRead);
}

/** Files that are served come from the release directory alone, wherever a link in it leads. */
async function prepareStaticFiles({ plan, nodeProgram }: DirectoryBuildOptions, directory: string, app: string): Promise<string[]> {
  const output = join(app, plan.staticOutput!);
  if (!(await isFolderInside(output, join(directory, 'app'))))
    throw new DeliveryError(
      'STATIC_OUTPUT_MISSING',
      `The build left no folder ${JSON.stringify(plan.staticOutput)} in the application. Name the folder with the finished files in deployguard.yaml.`,
    );
  const server = join(directory, 'static-server.mjs');
  // The build may have put a link there.
  await removeTree(server);
  await copyFile(findBuiltInProgram('static-server.mjs'), server, constants.COPYFILE_EXCL);
  // What was built from code is mostly one page that shows all others.
  return [nodeProgram, server, output, ...(plan.language === 'static' ? [] : ['--single-page'])];
}

/** With all links followed. */
async function isFolderInside(path: string, parent: string): Promise<boolean> {
  const [place, top] = [await realpath(path).catch(() => undefined), await realpath(parent)];
  return place !== undefined && (place === top || place.startsWith(`${top}${sep}`)) && (await stat(place)).isDirectory();
}

/** What is below may be copied to where its own path is longer. */
const longestPath = 3000;

async function assertSize(directory: string, { diskBytes, mostFiles = maxFiles }: BuildLimits): Promise<void> {
  const size = { bytes: 0, files: 0, mostFiles };
  await measure(Buffer.from(directory), directory.length + longestPath, size);
  if (size.bytes > diskBytes)
    throw new DeliveryError(
      'BUILD_TOO_LARGE',
      `What was built has ${size.bytes} bytes, more than the ${diskBytes} that it may have. Leave out what is not needed to run it.`,
    );
}

interface Size {
  bytes: number;
  files: number;
  readonly mostFiles: number;
}

/** Names are bytes, in whatever encoding. */
async function measure(directory: Buffer, longest: number, size: Size): Promise<void> {
  if (directory.length > longest)
    throw new DeliveryError(
      'BUILD_FAILED',
      `The build left folders in folders, whose path is longer than ${longestPath} bytes: …/${directory.toString().slice(-100)}`,
    );
  for (const entry of await readdir(directory, { withFileTypes: true, encoding: 'buffer' })) {
    size.files++;
    if (size.files > size.mostFiles)
      throw new DeliveryError(
        'BUILD_TOO_LARGE',
        `What was built has more than ${size.mostFiles} files and folders. Leave out what is not needed to run it.`,
      );
    const path = Buffer.concat([directory, Buffer.from('/'), entry.name]);
    const bytes = (await lstat(path)).blocks * blockBytes;
    size.bytes += entry.isDirectory() ? Math.max(bytes, folderBytes) : bytes;
    if (entry.isDirectory()) await measure(path, longest, size);
  }
}

/** As `stat` counts (https://man7.org/linux/man-pages/man3/stat.3type.html). */
const blockBytes = 512;
/** Some file systems take none for a folder, and have to keep its name all the same. */
const folderBytes = 4096;
