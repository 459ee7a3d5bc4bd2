import { accessSync, constants, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { findSource } from '@deployguard/git';
import { CliError } from '../cli-error.ts';
import { describeSystemError, isSystemError } from '../describe-system-error.ts';

/**
 * Checks that writing to a path cannot change the source: the path lies neither in its git directory nor at or above its top, and where
 * it lies inside the work tree no symbolic link, which may come out of the history, leads it elsewhere.
 *
 * @throws {CliError} `USAGE`
 */
export async function assertOutputPlace(path: string, sourcePath: string | undefined): Promise<void> {
  if (sourcePath === undefined) return;
  const source = await findSource(sourcePath);
  const top = resolve(sourcePath);
  const [realPath, realTop] = [resolveParents(path), realpathSync(top)];
  const gitDirectories = source.kind === 'bundle' ? [] : [source.gitDir, source.commonDir];
  if (isWithin(realTop, realPath))
    throw new CliError('USAGE', `${path} is or holds the repository, which is never changed. Name another place.`);
  if (gitDirectories.some((directory) => isWithin(realPath, realpathSync(directory))))
    throw new CliError('USAGE', `${path} lies in the repository's git directory, which is never changed. Name another place.`);
  if (isWithin(path, top) && !isWithin(realPath, realTop))
    throw new CliError(
      'USAGE',
      `${path} leads out of the repository through a symbolic link. Name the place that it leads to, if you mean it.`,
    );
}

/**
 * Checks that a file can be made where it is to stand, before a long scan and not after it.
 *
 * @throws {CliError} `USAGE`
 */
export function assertWritableParent(file: string): void {
  const parent = dirname(file);
  try {
    accessSync(parent, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new CliError(
      'USAGE',
      `${file} cannot be written: ${parent}: ${describeSystemError(error)}. Name another place, or make the folder.`,
    );
  }
}

/** The path with every link above its last part followed; what does not exist yet is kept. */
function resolveParents(path: string): string {
  const parent = dirname(path);
  if (parent === path) return path;
  try {
    return join(realpathSync(parent), basename(path));
  } catch {
    return join(resolveParents(parent), basename(path));
  }
}

function isWithin(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way !== '..' && !way.startsWith(`..${sep}`);
}
