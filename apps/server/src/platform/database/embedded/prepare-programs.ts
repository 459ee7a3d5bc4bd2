import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { findBarrier, type SystemUser } from './choose-system-user.ts';
import type { PostgresInstallation } from './find-postgres.ts';

/**
 * The folder of programs that this user can run. A package of npm is used where it stands, with its library links made when the install
 * scripts were off; when it cannot be (a read-only or private place), a copy under `cacheDirectory` is.
 */
export function preparePrograms(installation: PostgresInstallation, user: SystemUser, cacheDirectory: string): string {
  const { directory, isPackaged } = installation;
  if (!isPackaged) return join(directory, 'bin');
  if (findBarrier(directory, user) === undefined && tryLinkLibraries(directory)) return join(directory, 'bin');

  const { version } = JSON.parse(readFileSync(join(directory, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = join(cacheDirectory, `postgresql-${version}`);
  if (!existsSync(copy)) copyPrograms(directory, copy);
  return join(copy, 'bin');
}

function copyPrograms(from: string, to: string): void {
  const unfinished = `${to}.${process.pid}`;
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, unfinished, { recursive: true, verbatimSymlinks: true });
  linkLibraries(unfinished);
  try {
    renameSync(unfinished, to);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Somebody else was faster.
    if (!existsSync(to)) throw error;
  }
}

function tryLinkLibraries(directory: string): boolean {
  try {
    linkLibraries(directory);
    return true;
  } catch {
    return false;
  }
}

/** npm packages cannot hold links, so the package lists them. */
function linkLibraries(directory: string): void {
  const list = JSON.parse(readFileSync(join(directory, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of list) {
    const link = join(directory, relative('native', target));
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    symlinkSync(relative(dirname(target), source), link);
  }
}
