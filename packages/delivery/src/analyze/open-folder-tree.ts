import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DeliveryError } from '../delivery-error.ts';
import { type FileTree, maxFiles } from './file-tree.ts';
import { isForeignFolder } from './is-foreign-folder.ts';

const parallelReads = 32;

/**
 * The files of a folder as they lie there, without those of `.git` and of installed dependencies.
 *
 * @throws {DeliveryError} `FOLDER_UNREADABLE`, `TREE_TOO_LARGE`
 */
export async function openFolderTree(folder: string): Promise<FileTree> {
  const [paths, links]: [string[], string[]] = [[], []];
  await listFolder('');
  return { paths, links, read };

  async function listFolder(path: string): Promise<void> {
    const entries = await readdir(join(folder, path), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      if (path !== '') return [];
      throw new DeliveryError('FOLDER_UNREADABLE', `${folder} cannot be read (${error.code}). Name a folder or a repository.`);
    });
    for (const entry of entries) {
      const inner = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isSymbolicLink()) links.push(inner);
      else if (entry.isFile()) paths.push(inner);
      else if (entry.isDirectory() && !isForeignFolder(entry.name)) await listFolder(inner);
      if (paths.length > maxFiles) throw new DeliveryError('TREE_TOO_LARGE', `${folder} holds more than ${maxFiles} files.`);
    }
  }

  async function read(wanted: readonly string[], maxBytes: number): Promise<ReadonlyMap<string, Buffer>> {
    const contents = new Map<string, Buffer>();
    const queue = [...wanted];
    await Promise.all(
      Array.from({ length: parallelReads }, async () => {
        for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
          const content = await readPlain(join(folder, path), maxBytes);
          if (content !== undefined) contents.set(path, content);
        }
      }),
    );
    return contents;
  }
}

/** A file may have become a link or a pipe since it was listed. */
async function readPlain(path: string, maxBytes: number): Promise<Buffer | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const stats = await file.stat();
    return stats.isFile() && stats.size <= maxBytes ? await file.readFile() : undefined;
  } finally {
    await file.close();
  }
}
