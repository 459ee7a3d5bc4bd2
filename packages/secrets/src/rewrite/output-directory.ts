import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { RewriteError } from './rewrite-error.ts';

/** Where a result is written until it is complete. */
export interface OutputDirectory {
  readonly temporaryPath: string;
  /** Makes the result durable and gives it its name. Until then nothing stands under that name. */
  publish(): Promise<void>;
  /** Removes what was written, unless it is published. */
  discard(): Promise<void>;
}

/**
 * Begins a directory that appears under its name whole or not at all: whatever kills the process, there is either no such directory or a
 * complete one. What earlier, killed runs left behind (`<path>.tmp-<process>-…`) is removed.
 *
 * Throws RewriteError `OUTPUT_EXISTS` when something stands there already, `OUTPUT_UNWRITABLE` when no directory can be made there.
 */
export async function beginOutputDirectory(path: string): Promise<OutputDirectory> {
  const finalPath = resolve(path);
  const parent = dirname(finalPath);
  await writing(parent, () => mkdir(parent, { recursive: true }));
  await removeLeftOvers(finalPath);
  if (await exists(finalPath)) {
    throw new RewriteError('OUTPUT_EXISTS', `${finalPath} exists already. Remove it, or choose another place for the cleaned repository.`);
  }
  const temporaryPath = buildTemporaryPath(finalPath);
  await writing(parent, () => mkdir(temporaryPath, { mode: 0o700 }));
  let isPublished = false;

  return {
    temporaryPath,
    async publish() {
      await syncTree(temporaryPath);
      await rename(temporaryPath, finalPath);
      isPublished = true;
      await syncPath(parent);
    },
    async discard() {
      if (!isPublished) await rm(temporaryPath, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function writing(parent: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new RewriteError(
      'OUTPUT_UNWRITABLE',
      `No directory can be made in ${parent} (${code}). Choose another place for the cleaned repository.`,
      {
        cause: error,
      },
    );
  }
}

/** Where what will stand at `path` is written first: beside it, so that a rename puts it there. */
export function buildTemporaryPath(path: string): string {
  return `${path}.tmp-${process.pid}-${randomBytes(6).toString('hex')}`;
}

/** Removes what killed runs left beside `path` under temporary names, also under temporary names of temporary names. */
export async function removeLeftOvers(path: string): Promise<void> {
  const parent = dirname(path);
  const prefix = `${basename(path)}.tmp-`;
  for (const name of await readdir(parent).catch(() => [])) {
    const owner = name.startsWith(prefix)
      ? /^(\d+)-[0-9a-f]{12}(?:\.tmp-\d+-[0-9a-f]{12})?$/.exec(name.slice(prefix.length))?.[1]
      : undefined;
    if (owner !== undefined && !isRunning(Number(owner))) await rm(join(parent, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Another run for the same place may be under way. */
function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function exists(path: string): Promise<boolean> {
  return (await readdir(dirname(path))).includes(basename(path));
}

async function syncTree(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true, encoding: 'buffer' })) {
    // Names of symbolic refs may be no UTF-8.
    const path = Buffer.concat([Buffer.from(`${directory}/`), entry.name]);
    if (entry.isDirectory() && isUtf8Path(path)) await syncTree(path.toString());
    else await syncPath(path);
  }
  await syncPath(directory);
}

function isUtf8Path(path: Buffer): boolean {
  return Buffer.from(path.toString()).equals(path);
}

async function syncPath(path: string | Buffer): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
