import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DeliveryError } from '../delivery-error.ts';
import { listRegistrySecrets } from './package-registries.ts';
import type { PackageRegistries } from './package-registries.ts';

export interface BuildPlaces {
  /** Of this build alone. */
  readonly homeDirectory: string;
  readonly temporaryDirectory: string;
  /** Of the application: it lives on between builds. */
  readonly cacheDirectory: string;
  /** Where the settings of package registries stand, by their ids. */
  readonly settings: ReadonlyMap<string, string>;
}

/** Where package managers keep what they have fetched, below the cache directory. */
const cacheVariables: Readonly<Record<string, string>> = {
  XDG_CACHE_HOME: 'xdg',
  // The store of pnpm.
  XDG_DATA_HOME: 'data',
  npm_config_cache: 'npm',
  // Its first version looks where `XDG_CACHE_HOME` says.
  YARN_GLOBAL_FOLDER: 'yarn',
  BUN_INSTALL_CACHE_DIR: 'bun',
  DENO_DIR: 'deno',
  PIP_CACHE_DIR: 'pip',
  UV_CACHE_DIR: 'uv',
  GOMODCACHE: 'go-modules',
  GOCACHE: 'go',
  BUNDLE_USER_CACHE: 'bundler',
  COMPOSER_CACHE_DIR: 'composer',
  GRADLE_USER_HOME: 'gradle',
  // Where its wrapper puts Maven itself; Java knows its home from elsewhere than from `HOME`.
  MAVEN_USER_HOME: 'maven-wrapper',
  NUGET_PACKAGES: 'nuget',
  MIX_HOME: 'mix',
  HEX_HOME: 'hex',
};

/** Those that know no variable for it, or keep settings beside it. */
const cacheFolders: Readonly<Record<string, string>> = { '.cargo/registry': 'cargo', '.m2/repository': 'maven' };

/** So that what is installed stays in the release, and nothing waits for an answer or asks for updates. */
const fixedVariables: Readonly<Record<string, string>> = {
  LANG: 'C.UTF-8',
  GOFLAGS: '-modcacherw',
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
  PIP_NO_INPUT: '1',
  POETRY_VIRTUALENVS_IN_PROJECT: 'true',
  PIPENV_VENV_IN_PROJECT: '1',
  BUNDLE_PATH: 'vendor/bundle',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
  // What stays behind to speed up the next command is ended with this one, and Nx waits for it.
  NX_DAEMON: 'false',
};

/** What decides which programs run, and how, before they look at anything else. */
const reservedNames =
  /^(?:PATH|HOME|TMPDIR|SHELL|USER|IFS|ENV|BASH_ENV|SHELLOPTS|BASHOPTS|PS4|PROMPT_COMMAND|LD_.*|DYLD_.*|GLIBC_TUNABLES|GCONV_PATH|NODE_OPTIONS|NODE_PATH|PYTHONSTARTUP|PYTHONPATH|PYTHONHOME|PERL5OPT|PERL5LIB|RUBYOPT|RUBYLIB|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|GIT_.*|SSH_.*|DOCKER_.*|CONTAINER_.*|CONTAINERS_.*|BUILDAH_.*|PODMAN_.*|BUILDKIT_.*|DEPLOYGUARD_.*)$/i;

/**
 * Refuses variables that a build must not be given: those that change how programs are found and loaded, and names that no shell can hold.
 *
 * @throws {DeliveryError} `BUILD_VARIABLE_REFUSED`
 */
export function assertBuildVariables(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name))
      throw new DeliveryError(
        'BUILD_VARIABLE_REFUSED',
        `${JSON.stringify(name)} is no name of an environment variable. Use letters, digits and _.`,
      );
    if (reservedNames.test(name))
      throw new DeliveryError(
        'BUILD_VARIABLE_REFUSED',
        `${name} cannot be set for a build: it decides which programs run. Choose another name.`,
      );
    if (value.includes('\0'))
      throw new DeliveryError('BUILD_VARIABLE_REFUSED', `${name} holds a zero byte, which no environment variable can.`);
  }
}

/** The whole environment of a build's commands. Its directories are made. */
export async function createBuildEnvironment(places: BuildPlaces, registries: PackageRegistries): Promise<Record<string, string>> {
  const { homeDirectory, temporaryDirectory, cacheDirectory, settings } = places;
  for (const folder of [homeDirectory, temporaryDirectory, cacheDirectory]) await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [inHome, name] of Object.entries(cacheFolders)) {
    await mkdir(join(cacheDirectory, name), { recursive: true });
    await linkInHome(homeDirectory, inHome, join(cacheDirectory, name));
  }
  const variables: Record<string, string> = {
    ...fixedVariables,
    HOME: homeDirectory,
    TMPDIR: temporaryDirectory,
    CARGO_HOME: join(homeDirectory, '.cargo'),
    // Java takes a user's home from the system's list of users, not from `HOME`.
    MAVEN_OPTS: `-Duser.home=${homeDirectory}`,
  };
  for (const [name, folder] of Object.entries(cacheVariables)) variables[name] = join(cacheDirectory, folder);
  for (const { id, content, pathVariables = [], valueVariable, homePath } of listRegistrySecrets(registries)) {
    const path = settings.get(id)!;
    for (const name of pathVariables) variables[name] = path;
    if (valueVariable !== undefined) variables[valueVariable] = content.trim();
    if (homePath !== undefined) await linkInHome(homeDirectory, homePath, path);
  }
  return variables;
}

async function linkInHome(homeDirectory: string, path: string, target: string): Promise<void> {
  await mkdir(join(homeDirectory, dirname(path)), { recursive: true });
  await symlink(target, join(homeDirectory, path));
}
