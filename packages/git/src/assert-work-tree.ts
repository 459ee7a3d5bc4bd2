import { lstat, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { findSource } from './find-source.ts';
import { GitError } from './git-error.ts';
import { parseConfig } from './parse-config.ts';
import { readPlainFile } from './read-plain-file.ts';

/**
 * Throws `NO_WORK_TREE` for a bundle, a bare repository and the folder of git's own files, which would be taken for those of a work tree;
 * and as `findSource` does.
 */
export async function assertWorkTree(path: string): Promise<void> {
  const source = await findSource(path);
  if (source.kind === 'bundle') throw new GitError('NO_WORK_TREE', `${path} has no work tree: a bundle holds commits alone.`);
  const { gitDir, commonDir } = source;
  const location = await realpath(path);
  const isOfGit = location === gitDir || !(await lstat(location)).isDirectory();
  // A linked work tree may belong to a bare repository.
  if (!isOfGit && (gitDir !== commonDir || !(await isBare(commonDir)))) return;
  throw new GitError(
    'NO_WORK_TREE',
    `${path} has no work tree: it is a bare repository, or the folder of git's own files. Name the folder that the files are checked out in.`,
  );
}

async function isBare(commonDir: string): Promise<boolean> {
  const config = parseConfig((await readPlainFile(join(commonDir, 'config')))?.toString('utf8') ?? '');
  return /^(?:true|yes|on|1)$/i.test(config.get('core.bare')?.at(-1) ?? 'false');
}
