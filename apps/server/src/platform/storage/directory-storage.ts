import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import type { Dirent } from 'node:fs';
import { access, link, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Content } from './content.ts';
import { buildSignedUrl } from './signed-url.ts';
import { StorageError } from './storage-error.ts';
import { assertStorageKey, assertStoragePrefix } from './storage-key.ts';
import type { ListedObject, PutOptions, Storage } from './storage.ts';

export interface DirectoryStorageOptions {
  /** Made when it is not there. Nobody else may write into it. */
  readonly directory: string;
  /** Signs download links. */
  readonly signingKey: Uint8Array;
  /** Address below which the API serves them, without a slash at the end. */
  readonly downloadUrl: string;
  readonly now?: () => Date;
}

const partialMaxAgeMilliseconds = 24 * 3_600_000;

/** Files in a directory: written aside, on disk before they get their name, and under it whole or not at all. */
export async function openDirectoryStorage(options: DirectoryStorageOptions): Promise<Storage> {
  const { now = () => new Date() } = options;
  const objects = join(options.directory, 'objects');
  const partials = join(options.directory, 'partial');
  await mkdir(objects, { recursive: true, mode: 0o700 });
  await mkdir(partials, { recursive: true, mode: 0o700 });
  await removeOldPartials(partials, now());

  const pathOf = (key: string): string => {
    assertStorageKey(key);
    return join(objects, key);
  };

  return {
    async put(key, body, putOptions = {}) {
      const path = pathOf(key);
      const partial = join(partials, randomUUID());
      const content = new Content(body);
      try {
        await writeDurably(partial, content);
        await moveInto(partial, path, putOptions);
        return content.measure();
      } catch (error) {
        throw content.failure === undefined ? toStorageError(error, key) : error;
      } finally {
        content.close();
        await rm(partial, { force: true });
      }
    },

    async get(key, part) {
      let file: FileHandle | undefined;
      try {
        file = await open(pathOf(key), constants.O_RDONLY | constants.O_NOFOLLOW);
        const found = await file.stat();
        if (!found.isFile()) throw new StorageError('OBJECT_NOT_FOUND', `There is no stored file ${key}.`);
        return { body: file.createReadStream(part && { start: part.first, end: part.last }), bytes: found.size };
      } catch (error) {
        await file?.close();
        throw toStorageError(error, key);
      }
    },

    async has(key) {
      return (await findFile(pathOf(key))) !== undefined;
    },

    async remove(prefixOrKey) {
      if (prefixOrKey.endsWith('/') || prefixOrKey === '') return await removePrefix(prefixOrKey);
      const path = pathOf(prefixOrKey);
      if ((await findFile(path)) === undefined) return 0;
      await rm(path, { force: true });
      await removeEmptyParents(path, objects);
      return 1;
    },

    list,

    signedUrl: async (key, urlOptions) => buildSignedUrl(options.signingKey, options.downloadUrl, key, urlOptions, now()),

    removeUnfinished: () => removeOldPartials(partials, now()),

    async isUp() {
      return await access(partials, constants.W_OK | constants.X_OK).then(
        () => true,
        () => false,
      );
    },
  };

  async function removePrefix(prefix: string): Promise<number> {
    let removed = 0;
    for await (const { key } of list(prefix)) {
      await rm(pathOf(key), { force: true });
      removed++;
    }
    await removeEmptyDirectories(join(objects, prefix));
    if (prefix !== '') await removeEmptyParents(join(objects, prefix), objects);
    return removed;
  }

  async function* list(prefix: string): AsyncGenerator<ListedObject> {
    assertStoragePrefix(prefix);
    yield* walk(join(objects, prefix), prefix);
  }
}

async function* walk(directory: string, prefix: string): AsyncGenerator<ListedObject> {
  for (const entry of await readDirectory(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      yield* walk(path, `${prefix}${entry.name}/`);
    } else if (entry.isFile()) {
      const found = await findFile(path);
      if (found !== undefined) yield { key: `${prefix}${entry.name}`, bytes: found.size, modifiedAt: found.mtime };
    }
  }
}

async function writeDurably(path: string, content: Content): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of content) await file.writeFile(chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function moveInto(partial: string, path: string, { ifAbsent = false }: PutOptions): Promise<void> {
  while (true) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    try {
      // A second name fails when the name is taken, where renaming would replace.
      await (ifAbsent ? link(partial, path) : rename(partial, path));
      break;
    } catch (error) {
      // A removal has taken the directory, empty as it was, away in between.
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
  await syncDirectory(dirname(path));
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function findFile(path: string): Promise<{ readonly size: number; readonly mtime: Date } | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found : undefined;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined;
    throw toStorageError(error, '');
  }
}

async function readDirectory(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return [];
    throw toStorageError(error, '');
  }
}

/** What has come in meanwhile keeps its directory. */
async function removeEmptyDirectories(directory: string): Promise<void> {
  for (const entry of await readDirectory(directory)) {
    if (!entry.isDirectory()) continue;
    await removeEmptyDirectories(join(directory, entry.name));
    await rmdir(join(directory, entry.name)).catch(() => {});
  }
}

async function removeEmptyParents(path: string, root: string): Promise<void> {
  for (
    let directory = path.endsWith('/') ? path.slice(0, -1) : dirname(path);
    directory.startsWith(`${root}/`);
    directory = dirname(directory)
  ) {
    try {
      await rmdir(directory);
    } catch {
      return;
    }
  }
}

/** What crashes have left. Younger ones may be somebody's work. */
async function removeOldPartials(partials: string, now: Date): Promise<void> {
  for (const { name } of await readDirectory(partials)) {
    const found = await findFile(join(partials, name));
    if (found !== undefined && now.getTime() - found.mtime.getTime() > partialMaxAgeMilliseconds)
      await rm(join(partials, name), { force: true });
  }
}

function toStorageError(error: unknown, key: string): unknown {
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ELOOP':
    case 'EISDIR':
      return new StorageError('OBJECT_NOT_FOUND', `There is no stored file ${key}.`, { cause: error });
    case 'EEXIST':
      return new StorageError('OBJECT_EXISTS', `There is a stored file ${key} already.`, { cause: error });
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new StorageError('STORAGE_FULL', 'There is no room left for files.', { cause: error });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new StorageError('STORAGE_REFUSED', 'The directory of stored files may not be written. Check who owns it.', { cause: error });
    case 'EIO':
      return new StorageError('STORAGE_DOWN', 'The disk of stored files does not work.', { cause: error });
    default:
      return error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
