import { lstat, readdir, realpath } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { GitError } from './git-error.ts';
import { readPlainFile } from './read-plain-file.ts';

/** A place where a repository keeps objects. */
export interface ObjectDirectory {
  readonly path: string;
  /** Names of the files in `pack/`. */
  readonly packFiles: readonly string[];
}

const maxAlternates = 64;

/**
 * A repository's object directory and those it borrows from (`info/alternates`), the own one first.
 *
 * Throws `REPOSITORY_UNSAFE` when a symbolic link stands among the objects: through it, files from anywhere could be read as objects.
 */
export async function listObjectDirectories(objects: string): Promise<ObjectDirectory[]> {
  const directories = new Map<string, ObjectDirectory>();
  const pending = [objects];
  for (let path = pending.shift(); path !== undefined; path = pending.shift()) {
    if ((await lstat(path).catch(() => undefined)) === undefined) {
      throw new GitError('REPOSITORY_BROKEN', `The object directory ${path} does not exist.`);
    }
    await assertPlainDirectory(path);
    const location = await realpath(path);
    if (directories.has(location)) continue;
    if (directories.size === maxAlternates) throw new GitError('REPOSITORY_UNSAFE', `The repository borrows objects from too many places.`);
    directories.set(location, { path: location, packFiles: await listPackFiles(location) });
    pending.push(...parseAlternates(await readPlainFile(join(location, 'info', 'alternates')), location));
  }
  return [...directories.values()];
}

/** Looks at every directory and file name below `objects`, not at their content. */
async function listPackFiles(objects: string): Promise<string[]> {
  const packFiles: string[] = [];
  const isRead = /^(?:[0-9a-f]{2}|pack|info)$/;
  for (const directory of await readdir(objects, { withFileTypes: true })) {
    if (!isRead.test(directory.name)) continue;
    const path = join(objects, directory.name);
    if (directory.isSymbolicLink()) throw unsafeLink(path);
    if (!directory.isDirectory()) continue;
    for (const file of await readdir(path, { withFileTypes: true })) {
      if (file.isSymbolicLink()) throw unsafeLink(join(path, file.name));
      if (directory.name === 'pack') packFiles.push(file.name);
    }
  }
  return packFiles;
}

async function assertPlainDirectory(path: string): Promise<void> {
  const kind = await lstat(path);
  if (kind.isSymbolicLink()) throw unsafeLink(path);
  if (!kind.isDirectory()) throw new GitError('REPOSITORY_BROKEN', `${path} is not a directory.`);
}

/** One path a line, from the object directory if relative; `#` begins a comment, `"` a quoted path (gitrepository-layout(5)). */
function parseAlternates(content: Buffer | undefined, objects: string): string[] {
  return (content?.toString('utf8') ?? '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => (line.startsWith('"') ? unquotePath(line) : line))
    .map((path) => (isAbsolute(path) ? path : join(objects, path)));
}

/** C quoting as git does it, without the octal escapes of single bytes, which no path of ours needs. */
function unquotePath(quoted: string): string {
  const inner = /^"((?:[^"\\]|\\[nt"\\])*)"$/.exec(quoted)?.[1];
  if (inner === undefined) throw new GitError('REPOSITORY_BROKEN', 'A line of objects/info/alternates cannot be read.');
  return inner.replace(/\\(.)/g, (_, escaped: string) => ({ n: '\n', t: '\t' })[escaped] ?? escaped);
}

function unsafeLink(path: string): GitError {
  return new GitError(
    'REPOSITORY_UNSAFE',
    `${path} is a symbolic link. Objects are not read through links; copy or clone the repository first.`,
  );
}
