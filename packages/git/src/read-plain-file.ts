import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { PathLike } from 'node:fs';
import { GitError } from './git-error.ts';

const maxFileBytes = 1024 * 1024 * 1024;

/**
 * A file of a repository that is not trusted: read only when it is a plain file. A symbolic link is not followed, and a pipe or device,
 * which would block or never end, not opened. `undefined` when there is no such file.
 */
export async function readPlainFile(path: PathLike): Promise<Buffer | undefined> {
  let file;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'ELOOP')
      throw new GitError('REPOSITORY_UNSAFE', `${String(path)} is a symbolic link. It is not followed; put the file itself there.`);
    throw new GitError('REPOSITORY_BROKEN', `${String(path)} cannot be read (${String(code)}).`, { cause: error });
  }
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) return undefined;
    if (!stats.isFile()) throw new GitError('REPOSITORY_UNSAFE', `${String(path)} is no plain file. It is not read.`);
    if (stats.size > maxFileBytes) throw new GitError('REPOSITORY_BROKEN', `${String(path)} is too large (${stats.size} bytes).`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}
