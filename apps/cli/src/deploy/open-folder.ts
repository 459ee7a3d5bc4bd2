import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { openLocalRepository, type Repository } from '@deployguard/git';
import { CliError } from '../cli-error.ts';
import { snapshotFolder } from './snapshot-folder.ts';

/** A repository is taken as what is committed; any other folder, also one inside of a repository, as what lies in it. */
export async function openFolder(folder: string, workDirectory: string, signal: AbortSignal): Promise<Repository> {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined)
    throw new CliError('USAGE', `There is no ${folder}. Name a folder, or the address of a repository (https, ssh).`);
  const has = (name: string): boolean => lstatSync(join(folder, name), { throwIfNoEntry: false }) !== undefined;
  const isRepository = !found.isDirectory() || has('.git') || (has('HEAD') && has('objects') && has('refs'));
  return isRepository ? openLocalRepository(folder, { workDirectory, signal }) : snapshotFolder(folder, workDirectory, signal);
}
