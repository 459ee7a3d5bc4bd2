import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { GitError, type GitObject, type Repository, readObjects } from '@deployguard/git';
import { maxFiles } from '../analyze/file-tree.ts';
import { DeliveryError } from '../delivery-error.ts';
import { createLinkWalker } from './tree-links.ts';

export interface ExportOptions {
  readonly repository: Repository;
  readonly commit: string;
  /** An empty directory. */
  readonly directory: string;
  /** Of all files together, and 4 KiB for each folder. Default 4 GiB. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
  /** Told of what is left out. */
  readonly onRemark?: (text: string) => void;
}

interface Entry {
  /** Latin-1, one character a byte. */
  readonly path: string;
  readonly mode: string;
}

/** Where files are written, and whether they still are to be. */
interface Ground {
  readonly place: (path: string) => Buffer;
  /** Between any two files: one content may stand under very many names. */
  readonly assertWanted: () => void;
  readonly signal?: AbortSignal;
}

const defaultMaxBytes = 4 * 1024 * 1024 * 1024;
const maxListBytes = 256 * 1024 * 1024;
/** That most file systems take for one. */
const folderBytes = 4096;
const maxLinkBytes = 4096;
const maxBufferedBytes = 4 * 1024 * 1024;

/**
 * Writes the files of a commit into a directory. Nothing is written outside of it, whatever the tree says: links are made last, and only
 * those that lead inside. Submodules and other links are left out, with a remark; one names the files whose content Git LFS has.
 *
 * @throws {DeliveryError} `TREE_TOO_LARGE`, `TREE_UNSAFE`, `DISK_FULL`, `CANCELLED`
 * @throws {GitError} `OBJECT_MISSING`
 */
export async function exportTree(options: ExportOptions): Promise<void> {
  const { repository, directory, signal } = options;
  const { files, links } = await listEntries(options);
  const place = (path: string): Buffer => Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(path, 'latin1')]);
  const assertWanted = (): void => {
    if (signal?.aborted) throw new DeliveryError('CANCELLED', 'The files of the commit are not all written: it was cancelled.');
  };
  const ground = { place, assertWanted, ...(signal && { signal }) };
  try {
    await makeFolders([...files.values(), ...links.values()].flat(), ground);
    const { git, objectDirectories } = repository;
    const pointers: string[] = [];
    for await (const objects of readObjects(git, files.keys(), { objectDirectories, maxBufferedBytes, ...(signal && { signal }) })) {
      // A large one can only be read in its turn.
      for (const object of objects) {
        const entries = files.get(object.oid)!;
        await writeBlob(object, entries, ground);
        if (isLfsPointer(object)) pointers.push(...entries.map(({ path }) => path));
      }
    }
    if (pointers.length > 0) options.onRemark?.(describePointers(pointers));
    await writeLinks(options, links, ground);
  } catch (error) {
    assertWanted();
    throw explainWriteError(error);
  }
}

async function listEntries({ repository, commit, maxBytes = defaultMaxBytes, onRemark, signal }: ExportOptions): Promise<{
  files: Map<string, Entry[]>;
  links: Map<string, Entry[]>;
}> {
  const list = await repository.git.run(['ls-tree', '-r', '-z', '--long', '--full-tree', '--end-of-options', commit], {
    maxOutputBytes: maxListBytes,
    ...(signal && { signal }),
  });
  const files = new Map<string, Entry[]>();
  const links = new Map<string, Entry[]>();
  const submodules: string[] = [];
  let bytes = 0;
  let count = 0;
  let before = '';
  for (const line of list.toString('latin1').split('\0').slice(0, -1)) {
    // `<mode> <type> <id> <size>\t<path>`
    const tab = line.indexOf('\t');
    const [mode = '', , oid = '', size = ''] = line.slice(0, tab).split(/ +/);
    const path = line.slice(tab + 1);
    assertSafePath(path);
    count++;
    // git writes `BAD` of an object that it does not have.
    if (mode !== '160000' && !/^\d+$/.test(size))
      throw new GitError(
        'OBJECT_MISSING',
        `The content of ${show(path)} is missing: the repository is incomplete or damaged. Clone it anew.`,
      );
    const folders = countNewFolders(path, before);
    before = path;
    count += folders;
    bytes += (mode === '160000' ? 0 : Number(size)) + folders * folderBytes;
    if (count > maxFiles) throw new DeliveryError('TREE_TOO_LARGE', `The commit holds more than ${maxFiles} files and folders.`);
    if (bytes > maxBytes)
      throw new DeliveryError('TREE_TOO_LARGE', `The files of the commit have more than ${maxBytes} bytes together. Take large files out.`);
    if (mode === '160000') {
      submodules.push(path);
      continue;
    }
    const group = mode === '120000' ? links : files;
    const entry = { path, mode };
    const alike = group.get(oid);
    if (alike === undefined) group.set(oid, [entry]);
    else alike.push(entry);
  }
  if (submodules.length > 0) onRemark?.(`${nameFirst(submodules)}: submodules are left out.`);
  return { files, links };
}

/** Of the folders that a path lies in, those that the one listed before it does not. A tree names what is in one folder without a break. */
function countNewFolders(path: string, before: string): number {
  let shared = 0;
  while (shared < path.length && path[shared] === before[shared]) shared++;
  return path.slice(shared).split('/').length - 1;
}

function assertSafePath(path: string): void {
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || /^(?:\.git|git~1)$/i.test(part)))
    throw new DeliveryError(
      'TREE_UNSAFE',
      `The commit holds a file with the name ${show(path)}, which would be written elsewhere. Remove it.`,
    );
}

async function makeFolders(entries: readonly Entry[], { place, assertWanted }: Ground): Promise<void> {
  const folders = new Set(entries.map(({ path }) => path.slice(0, Math.max(0, path.lastIndexOf('/')))));
  folders.delete('');
  for (const folder of folders) {
    assertWanted();
    await mkdir(place(folder), { recursive: true });
  }
}

/** `wx`: a path that is there already, in whatever way, is never written through. */
async function writeBlob(
  { content, chunks }: GitObject,
  entries: readonly Entry[],
  { place, assertWanted, signal }: Ground,
): Promise<void> {
  let written: Buffer | undefined;
  for (const entry of entries) {
    assertWanted();
    const [path, mode] = [place(entry.path), entry.mode === '100755' ? 0o755 : 0o644];
    if (content !== undefined) await writeFile(path, content, { flag: 'wx', mode });
    else {
      const source = written === undefined ? chunks! : createReadStream(written);
      await pipeline(source, createWriteStream(path, { flags: 'wx', mode }), { ...(signal && { signal }) });
      written ??= path;
    }
  }
}

/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: less than 1024 bytes, the version first. */
function isLfsPointer({ content }: GitObject): boolean {
  return (
    content !== undefined && content.length < 1024 && content.toString('latin1').startsWith('version https://git-lfs.github.com/spec/v1\n')
  );
}

function describePointers(paths: readonly string[]): string {
  return `${nameFirst(paths)}: Git LFS has the content, which is not fetched; the application gets the pointer that is committed.`;
}

/** Of many, each of which would be a line of the log. */
function nameFirst(paths: readonly string[]): string {
  return `${paths.slice(0, 3).map(show).join(', ')}${paths.length > 3 ? ` and ${paths.length - 3} more` : ''}`;
}

async function writeLinks(
  { repository, onRemark }: ExportOptions,
  links: ReadonlyMap<string, readonly Entry[]>,
  { place, assertWanted, signal }: Ground,
): Promise<void> {
  const targets = new Map<string, string>();
  for await (const objects of readObjects(repository.git, links.keys(), { maxBufferedBytes: maxLinkBytes, ...(signal && { signal }) })) {
    for (const { oid, content } of objects) {
      if (content === undefined) continue;
      for (const { path } of links.get(oid)!) targets.set(path, content.toString('latin1'));
    }
  }
  const staysInside = createLinkWalker(targets);
  const outside: string[] = [];
  for (const [path, target] of targets) {
    assertWanted();
    if (target !== '' && !target.includes('\0') && staysInside(path)) await symlink(Buffer.from(target, 'latin1'), place(path));
    else outside.push(path);
  }
  if (outside.length > 0) onRemark?.(`${nameFirst(outside)}: links that lead out of the repository are left out.`);
}

/** Two entries of one name, or a file where another entry has a folder: nothing that git would write. */
function explainWriteError(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'ELOOP')
    return new DeliveryError('TREE_UNSAFE', 'The commit holds two files of the same name. Remove one of them.', { cause: error });
  if (code === 'ENAMETOOLONG')
    return new DeliveryError('TREE_UNSAFE', 'The commit holds a file whose name is too long to be written. Shorten it.', { cause: error });
  if (code === 'ENOSPC') return new DeliveryError('DISK_FULL', 'There is no room left for the files of the commit.', { cause: error });
  return error;
}

function show(path: string): string {
  return JSON.stringify(Buffer.from(path, 'latin1').toString('utf8'));
}
