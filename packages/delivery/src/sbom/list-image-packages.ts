import { createHash } from 'node:crypto';
import { lstat, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerEngine } from '../containers/container-engine.ts';
import { runEngine } from '../containers/run-engine.ts';
import type { ComponentList } from './list-components.ts';
import { readApkDatabase, readDpkgStatus, readOsRelease } from './read-system-packages.ts';
import type { Distribution } from './read-system-packages.ts';

export interface ImagePackageOptions {
  /** What is copied out of the image lies in a folder of its own in it, and goes. */
  readonly workDirectory: string;
  readonly signal?: AbortSignal;
}

/** Where distributions write down what is installed; Alpine has moved its file. An image is of one of them. */
const databases = [
  ['/var/lib/dpkg/status', readDpkgStatus],
  ['/lib/apk/db/installed', readApkDatabase],
  ['/usr/lib/apk/db/installed', readApkDatabase],
] as const;
const releases = ['/usr/lib/os-release', '/etc/os-release'] as const;
const maxFileBytes = 64 * 1024 * 1024;

/**
 * The packages of the distribution in an image, by its own records: those of dpkg (Debian, Ubuntu) and apk (Alpine). Nothing of the image is run.
 *
 * @throws {DeliveryError} `ENGINE_UNAVAILABLE`, `ENGINE_FAILED`, `CANCELLED`
 */
export async function listImagePackages(
  engine: ContainerEngine,
  image: string,
  { workDirectory, signal }: ImagePackageOptions,
): Promise<ComponentList> {
  const run = (...args: string[]): Promise<string> => runEngine(engine, args, signal && { signal });
  // One that an attempt before left behind has the same name.
  const container = `deployguard-look-${createHash('sha256').update(`${workDirectory} ${image}`).digest('hex').slice(0, 16)}`;
  const remove = (): Promise<string> => runEngine(engine, ['rm', '--force', '--volumes', container]);
  // Some images name no program, and an engine wants one even for what is never started.
  const create = (): Promise<string> => run('create', '--name', container, '--network', 'none', image, '/never-started');
  await create().catch(async (error: unknown) => {
    signal?.throwIfAborted();
    await remove().catch(() => Promise.reject(error));
    await create();
  });
  const directory = await mkdtemp(join(workDirectory, 'image-'));
  const copy = async (path: string): Promise<string | undefined> => {
    const place = join(directory, path.replaceAll('/', '-'));
    try {
      await run('cp', `${container}:${path}`, place);
    } catch {
      signal?.throwIfAborted();
      return undefined;
    }
    // What the image holds under this name may be anything.
    const { size } = await lstat(place).then((found) => (found.isFile() ? found : { size: Infinity }));
    return size > maxFileBytes ? undefined : readFile(place, 'utf8');
  };
  try {
    const [distribution, database] = await Promise.all([findDistribution(copy), findDatabase(copy)]);
    if (database === undefined) return { components: [], files: [], unread: [] };
    return { components: database.read(database.text, distribution), files: [`image:${database.path}`], unread: [] };
  } finally {
    await rm(directory, { recursive: true, force: true });
    await remove();
  }
}

type Copy = (path: string) => Promise<string | undefined>;

async function findDistribution(copy: Copy): Promise<Distribution | undefined> {
  for (const path of releases) {
    const distribution = readOsRelease((await copy(path)) ?? '');
    if (distribution !== undefined) return distribution;
  }
  return undefined;
}

interface Database {
  readonly path: string;
  readonly text: string;
  readonly read: typeof readDpkgStatus;
}

async function findDatabase(copy: Copy): Promise<Database | undefined> {
  for (const [path, read] of databases) {
    const text = await copy(path);
    if (text !== undefined) return { path, text, read };
  }
  return undefined;
}
