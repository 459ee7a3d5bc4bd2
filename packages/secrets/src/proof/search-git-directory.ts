import { lstat, open, readdir, readFile } from 'node:fs/promises';
import { inflateSync } from 'node:zlib';
import type { ContentHit, ContentSearch } from './content-search.ts';

export interface FileHit extends ContentHit {
  /** Relative to the git directory; without the name when the name itself holds the value. */
  readonly path: string;
}

export interface GitDirectorySearchResult {
  readonly files: number;
  readonly bytes: number;
  readonly hits: readonly FileHit[];
  /** Files that a repository written afresh does not have. */
  readonly leftOvers: readonly string[];
  /** Files that hide objects from a reader or borrow them from elsewhere. */
  readonly incomplete: readonly string[];
  /** What is wrong with the object store's own files. */
  readonly faults: readonly string[];
  /** Objects by the files' own account: more than git lists when one is stored twice. */
  readonly storedCount: number;
}

/**
 * Searches the bytes of every file of a git directory (packs and indexes included: a pack may hold stored, uncompressed bytes and
 * bytes that no index mentions), every file's name, and the content of each loose object, which git would not show when a pack holds
 * an object of the same id. Symbolic links are not followed but reported.
 */
export async function searchGitDirectory(gitDir: string, search: ContentSearch): Promise<GitDirectorySearchResult> {
  const result = {
    files: 0,
    bytes: 0,
    hits: [] as FileHit[],
    leftOvers: [] as string[],
    incomplete: [] as string[],
    faults: [] as string[],
    storedCount: 0,
  };
  // Names are bytes; as Latin-1 none is lost.
  await walk('');
  return result;

  async function walk(directory: string): Promise<void> {
    const entries = await readdir(toPath(directory), { withFileTypes: true, encoding: 'latin1' });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
      const nameHits = search.searchFlat(Buffer.from(path, 'latin1'));
      const shownPath = nameHits.length === 0 ? path : '(a name that holds a value)';
      result.hits.push(...nameHits.map((hit) => ({ ...hit, path: shownPath })));
      if (entry.isDirectory()) await walk(path);
      else if (entry.isFile()) await visitFile(path, shownPath);
      else result.faults.push(`${shownPath} is neither a file nor a directory`);
    }
  }

  async function visitFile(path: string, shownPath: string): Promise<void> {
    result.files++;
    if (isIncompleteness(path)) result.incomplete.push(shownPath);
    else if (!isExpectedFile(path)) result.leftOvers.push(shownPath);
    const bytes = await searchFile(toPath(path), search, (hit) => result.hits.push({ ...hit, path: shownPath }));
    result.bytes += bytes;
    if (/^objects\/[0-9a-f]{2}\/[0-9a-f]+$/.test(path)) {
      result.storedCount++;
      for (const hit of await searchLooseObject(path)) result.hits.push({ ...hit, path: shownPath });
    } else if (/^objects\/pack\/[^/]+\.pack$/.test(path)) {
      await checkPack(path, shownPath);
    }
  }

  async function searchLooseObject(path: string): Promise<ContentHit[]> {
    try {
      const unpacked = inflateSync(await readFile(toPath(path)), { maxOutputLength: maxLooseBytes });
      return search.search(unpacked.subarray(unpacked.indexOf(0) + 1), () => {});
    } catch {
      result.faults.push(`${path} cannot be unpacked`);
      return [];
    }
  }

  async function checkPack(path: string, shownPath: string): Promise<void> {
    const packCount = await readUint32(toPath(path), 8);
    const indexPath = path.replace(/\.pack$/, '.idx');
    // Index format 2 (gitformat-pack(5)): magic, version, then 256 running totals; the last is the number of objects.
    const indexCount = await readUint32(toPath(indexPath), 8 + 255 * 4).catch(() => undefined);
    if (packCount === undefined || packCount !== indexCount) result.faults.push(`${shownPath} holds objects that its index does not list`);
    result.storedCount += indexCount ?? 0;
  }

  function toPath(path: string): Buffer {
    return Buffer.concat([Buffer.from(`${gitDir}/`), Buffer.from(path, 'latin1')]);
  }
}

const maxLooseBytes = 1024 * 1024 * 1024;

function isIncompleteness(path: string): boolean {
  return /^(?:shallow|info\/grafts|objects\/info\/(?:http-)?alternates|objects\/pack\/[^/]+\.promisor)$/.test(path);
}

/** What a bare repository consists of, and the samples that git's own templates put there. */
export function isExpectedFile(path: string): boolean {
  return (
    /^(?:HEAD|config|description|packed-refs|refs\/.+|logs\/refs\/stash|info\/(?:exclude|refs)|hooks\/[a-z-]+\.sample)$/.test(path) ||
    /^objects\/(?:[0-9a-f]{2}\/[0-9a-f]{38,62}|pack\/pack-[0-9a-f]+\.(?:pack|idx|rev|bitmap)|info\/(?:packs|commit-graph))$/.test(path)
  );
}

const chunkBytes = 8 * 1024 * 1024;

async function searchFile(path: Buffer, search: ContentSearch, onHit: (hit: ContentHit) => void): Promise<number> {
  await using file = await open(path);
  const seen = new Set<string>();
  const buffer = Buffer.alloc(Math.min(chunkBytes, (await lstat(path)).size + 1) + search.reach);
  let kept = 0;
  let bytes = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, kept, buffer.length - kept);
    if (bytesRead === 0) return bytes;
    bytes += bytesRead;
    const end = kept + bytesRead;
    for (const hit of search.searchFlat(buffer.subarray(0, end))) {
      const key = `${hit.value} ${hit.form}`;
      if (!seen.has(key)) onHit({ ...hit, at: bytes - end + hit.at });
      seen.add(key);
    }
    kept = Math.min(end, search.reach);
    buffer.copyWithin(0, end - kept, end);
  }
}

async function readUint32(path: Buffer, at: number): Promise<number | undefined> {
  await using file = await open(path);
  const buffer = Buffer.alloc(4);
  const { bytesRead } = await file.read(buffer, 0, 4, at);
  return bytesRead === 4 ? buffer.readUInt32BE() : undefined;
}
