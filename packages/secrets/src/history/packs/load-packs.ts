import { open, readdir, readFile, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import {
  GitError,
  hashBytesOf,
  loadPackLayout,
  parsePackIndexTable,
  releaseMemory,
  type ObjectFormat,
  type PackIndexTable,
  type PackLayout,
} from '@deployguard/git';

/** A pack that can be walked. */
export interface LoadedPack {
  readonly path: string;
  /** Offsets are those of the layout. */
  readonly index: Omit<PackIndexTable, 'offsets'>;
  readonly layout: PackLayout;
}

/** A pack that cannot be walked; git may still read what is in it. */
export interface UnreadablePack {
  readonly path: string;
  readonly reason: string;
  /** What it holds, where that is known. */
  readonly index?: PackIndexTable;
}

/** A pack of an object store, by its path; its size is 0 where there is only an index. */
export interface PackFile {
  readonly path: string;
  readonly bytes: number;
}

export async function listPackFiles(objectDirectories: readonly string[]): Promise<PackFile[]> {
  const files: PackFile[] = [];
  for (const directory of objectDirectories) {
    const packDirectory = join(directory, 'pack');
    const names = await listNames(packDirectory);
    // What git itself is writing is called tmp_pack_…; a pack without an index can be known to a multi-pack index.
    const stems = names.filter((name) => /^(?!\.|tmp_).*\.(idx|pack)$/.test(name)).map((name) => name.replace(/\.(idx|pack)$/, ''));
    for (const stem of [...new Set(stems)].sort()) {
      const path = join(packDirectory, `${stem}.pack`);
      files.push({ path, bytes: names.includes(`${stem}.pack`) ? (await stat(path)).size : 0 });
    }
  }
  return files;
}

/** The packs that can be walked, with their indexes and layouts. */
export async function loadPacks(objectDirectories: readonly string[], format: ObjectFormat): Promise<LoadedPack[]> {
  const packs: LoadedPack[] = [];
  for (const file of await listPackFiles(objectDirectories)) {
    const pack = await loadPack(file, format);
    if ('layout' in pack) packs.push(pack);
  }
  return packs;
}

/** Reads a pack's index and layout. */
export async function loadPack({ path }: PackFile, format: ObjectFormat): Promise<LoadedPack | UnreadablePack> {
  const content = await findFile(path.replace(/pack$/, 'idx'));
  if (!content) return { path, reason: 'has no index of its own' };
  const index = parsePackIndexTable(content, format);
  if (!index) return { path, reason: 'has an index that cannot be read' };
  const hashBytes = hashBytesOf(format);
  let pack: FileHandle | undefined;
  try {
    pack = await open(path);
    const layout = await loadPackLayout(pack, index, content.subarray(-2 * hashBytes, -hashBytes));
    // A copy of what is still needed, so that the rest of the index can go.
    const kept = { count: index.count, ids: Buffer.from(index.ids), checksums: index.checksums };
    releaseMemory(content, index.offsets);
    return { path, index: kept, layout };
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
