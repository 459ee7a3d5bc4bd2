import { readAllObjects } from '@deployguard/git';
import type { GitObject, Repository } from '@deployguard/git';
import { parseLfsPointer } from './lfs-pointer.ts';
import { ObjectGraph, objectKinds } from './object-graph.ts';
import { RewriteError } from './rewrite-error.ts';
import { searchArchive } from './search-archive.ts';
import type { ValueSearch } from './search-values.ts';
import { fileFormats, walkTree } from './walk-trees.ts';

/** What one reading of every object found out. */
export interface ReadGraph {
  readonly graph: ObjectGraph;
  /** Ids of LFS objects, sorted. */
  readonly lfsObjects: readonly string[];
  /** Pointers of Git LFS and packed files that hold a value where it cannot be replaced: the blob, and why. */
  readonly notCleanable: readonly { readonly object: number; readonly what: 'archive-member' | 'lfs-pointer'; readonly why: string }[];
}

export interface ReadGraphOptions {
  readonly search: Pick<ValueSearch, 'contains' | 'maxNeedleBytes'>;
  readonly onProgress?: (objectCount: number) => void;
  readonly signal?: AbortSignal;
}

/** Larger objects are searched piece by piece. */
const maxWholeBytes = 32 * 1024 * 1024;

/** Reads every object once, reachable or not: links for the graph, values in whatever it holds. */
export async function readObjectGraph(source: Repository, options: ReadGraphOptions): Promise<ReadGraph> {
  const graph = new ObjectGraph(source.objectFormat);
  const lfsObjects = new Set<string>();
  const notCleanable: { object: number; what: 'archive-member' | 'lfs-pointer'; why: string }[] = [];
  const readOptions = { maxBufferedBytes: maxWholeBytes, onMissing: refuseMissing, ...(options.signal ? { signal: options.signal } : {}) };
  let objectCount = 0;
  for await (const batch of readAllObjects(source.git, readOptions)) {
    for (const object of batch) await take(object);
    objectCount += batch.length;
    options.onProgress?.(objectCount);
  }
  return { graph, lfsObjects: [...lfsObjects].sort(), notCleanable };

  async function take(gitObject: GitObject): Promise<void> {
    const object = graph.ids.addHex(gitObject.oid);
    graph.begin(object, objectKinds[gitObject.type]);
    const { content } = gitObject;
    if (!content) {
      if (gitObject.type !== 'blob')
        throw new RewriteError('SOURCE_OBJECT_UNREADABLE', `The ${gitObject.type} ${gitObject.oid} is too large.`);
      if (await containsPiecewise(gitObject.chunks!, options.search)) graph.mark(object);
      return;
    }
    if (gitObject.type === 'blob') takeBlob(object, content);
    else if (gitObject.type === 'tree') takeTree(object, content, gitObject.oid);
    else takeHeaders(object, content);
    if (options.search.contains(content) && !notCleanable.some((item) => item.object === object)) graph.mark(object);
  }

  function takeBlob(object: number, content: Buffer): void {
    const lfsObject = parseLfsPointer(content);
    if (lfsObject !== undefined) {
      lfsObjects.add(lfsObject);
      if (!options.search.contains(content)) return;
      notCleanable.push({ object, what: 'lfs-pointer', why: 'A pointer of Git LFS must stay as it is. Remove the file from the history.' });
    }
    const member = searchArchive(content, options.search.contains);
    if (member === undefined) return;
    notCleanable.push({ object, what: 'archive-member', why: `The value is packed (${member}). Remove the file from the history.` });
  }

  function takeTree(object: number, content: Buffer, oid: string): void {
    const isWhole = walkTree(content, graph.ids.idBytes, ({ format, nameEnd }) => {
      if (format !== fileFormats.submodule) graph.addLink(object, graph.ids.add(content, nameEnd + 1));
    });
    if (!isWhole) throw new RewriteError('SOURCE_OBJECT_UNREADABLE', `The tree ${oid} is damaged: run git fsck on the repository.`);
  }

  /** The ids at the top of a commit (`tree`, `parent` …) or tag (`object`). */
  function takeHeaders(object: number, content: Buffer): void {
    const hexBytes = graph.ids.idBytes * 2;
    for (let at = 0; ;) {
      const name = linkHeaders.find((header) => content.subarray(at, at + header.length).equals(header));
      if (!name) break;
      const link = graph.ids.addHexText(content, at + name.length);
      if (link !== -1) graph.addLink(object, link);
      at += name.length + hexBytes + 1;
    }
    if (graph.kind(object) === objectKinds.commit) graph.setTime(object, parseCommitterTime(content));
  }
}

const linkHeaders = ['tree ', 'parent ', 'object '].map((text) => Buffer.from(text));

function parseCommitterTime(content: Buffer): number {
  const start = content.indexOf('\ncommitter ');
  if (start === -1) return 0;
  const end = content.indexOf('\n', start + 1);
  const line = content.toString('latin1', start, end === -1 ? content.length : end);
  const seconds = Number(/> (\d{1,15})/.exec(line)?.[1] ?? 0);
  return seconds;
}

/** Neighbouring pieces overlap, so that no value is cut in two. */
async function containsPiecewise(
  chunks: AsyncIterable<Buffer>,
  search: Pick<ValueSearch, 'contains' | 'maxNeedleBytes'>,
): Promise<boolean> {
  let rest: Buffer = Buffer.alloc(0);
  let isFound = false;
  for await (const chunk of chunks) {
    if (isFound) continue;
    const piece = Buffer.concat([rest, chunk]);
    isFound = search.contains(piece);
    rest = piece.subarray(Math.max(0, piece.length - search.maxNeedleBytes + 1));
  }
  return isFound;
}

function refuseMissing(oid: string): void {
  throw new RewriteError(
    'SOURCE_OBJECT_UNREADABLE',
    `Object ${oid} cannot be read: the repository is damaged. Run git fsck on it, or clone it anew.`,
  );
}
