import { open, readdir, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import {
  GitError,
  hashBytesOf,
  loadPackLayout,
  parsePackIndexTable,
  type ObjectFormat,
  type PackIndexTable,
  type PackLayout,
} from '@deployguard/git';

/** A pack that can be walked. */
export interface LoadedPack {
  readonly path: string;
  readonly index: PackIndexTable;
  readonly layout: PackLayout;
}

/** A pack that cannot be walked; git may still read what is in it. */
export interface UnreadablePack {
  readonly path: string;
  readonly reason: string;
  /** What it holds, where that is known. */
  readonly index?: PackIndexTable;
}

/** Reads the indexes and layouts of all packs of an object store. */
export async function loadPacks(objectDirectories: readonly string[], format: ObjectFormat): Promise<(LoadedPack | UnreadablePack)[]> {
  const packs: (LoadedPack | UnreadablePack)[] = [];
  for (const directory of objectDirectories) {
    const packDirectory = join(directory, 'pack');
    const names = await listNames(packDirectory);
    // What git itself is writing is called tmp_pack_…; a pack without an index can be known to a multi-pack index.
    const stems = new Set(
      names.filter((name) => /^(?!\.|tmp_).*\.(idx|pack)$/.test(name)).map((name) => name.replace(/\.(idx|pack)$/, '')),
    );
    for (const stem of [...stems].sort()) packs.push(await loadPack(join(packDirectory, stem), format));
  }
  return packs;
}

async function loadPack(stem: string, format: ObjectFormat): Promise<LoadedPack | UnreadablePack> {
  const path = `${stem}.pack`;
  const content = await findFile(`${stem}.idx`);
  if (!content) return { path, reason: 'has no index of its own' };
  const index = parsePackIndexTable(content, format);
  if (!index) return { path, reason: 'has an index that cannot be read' };
  const hashBytes = hashBytesOf(format);
  let pack: FileHandle | undefined;
  try {
    pack = await open(path);
    return { path, index, layout: await loadPackLayout(pack, index, content.subarray(-2 * hashBytes, -hashBytes)) };
  } catch (error) {
    if (isMissing(error)) return { path, reason: 'has an index but is not there', index };
    if (error instanceof GitError) return { path, reason: error.message, index };
    throw error;
  } finally {
    await pack?.close();
  }
}

async function findFile(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Empty when there is no such directory. */
export async function listNames(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
