import { createHash, hash } from 'node:crypto';
import { createGit, parseTree, readObjects } from '@deployguard/git';
import type { GitObject, ObjectFormat, ObjectType } from '@deployguard/git';
import { createContentSearch } from './content-search.ts';
import type { ContentHit, ContentSearch } from './content-search.ts';
import { isContainer } from './open-containers.ts';

/** One share of the objects to read, as plain data: it may be worked on in another thread. */
export interface LaneInput {
  readonly gitDir: string;
  readonly homeDirectory: string;
  readonly objectFormat: ObjectFormat;
  /** Ids one after the other, as bytes. */
  readonly oids: Uint8Array;
  /** Latin-1, one character a byte. */
  readonly values: readonly string[];
  /** How many places of each kind are listed; all are counted. */
  readonly maxListed: number;
}

export interface ObjectHit extends ContentHit {
  readonly oid: string;
  readonly type: ObjectType;
}

export interface UnopenedObject {
  readonly oid: string;
  readonly within: readonly string[];
  readonly reason: string;
}

export interface Tally {
  count: number;
  bytes: number;
}

export interface LaneResult {
  readonly objects: Record<ObjectType, Tally>;
  readonly hits: ObjectHit[];
  hitCount: number;
  readonly unopened: UnopenedObject[];
  unopenedCount: number;
  /** Objects that could not be read. */
  readonly missing: string[];
  /** Objects whose content is not what their id says. */
  readonly misnamed: string[];
}

export function emptyLaneResult(): LaneResult {
  const objects = {
    commit: { count: 0, bytes: 0 },
    tree: { count: 0, bytes: 0 },
    blob: { count: 0, bytes: 0 },
    tag: { count: 0, bytes: 0 },
  };
  return { objects, hits: [], hitCount: 0, unopened: [], unopenedCount: 0, missing: [], misnamed: [] };
}

const bytesPerProgress = 4 * 1024 * 1024;

/** Reads the objects through git, checks that each is what its id says, and searches all of it. */
export async function searchLane(
  input: LaneInput,
  onProgress: (objects: number, bytes: number) => void,
  signal?: AbortSignal,
): Promise<LaneResult> {
  const git = createGit({ gitDir: input.gitDir, homeDirectory: input.homeDirectory });
  const search = createContentSearch(input.values);
  const hashBytes = input.objectFormat === 'sha1' ? 20 : 32;
  const result = emptyLaneResult();
  const oids = listOids(input.oids, hashBytes);
  const onMissing = (oid: string): void => void result.missing.push(oid);
  let objects = 0;
  let bytes = 0;
  for await (const batch of readObjects(git, oids, { onMissing, ...(signal && { signal }) })) {
    for (const object of batch) {
      const tally = result.objects[object.type];
      tally.count++;
      tally.bytes += object.size;
      bytes += object.size;
      const { hits, computedOid } = object.content
        ? searchWhole(object, object.content)
        : await searchChunks(object, object.chunks!, search, input.objectFormat, addUnopened);
      if (computedOid !== object.oid) result.misnamed.push(object.oid);
      for (const hit of hits) addHit({ ...hit, oid: object.oid, type: object.type });
    }
    objects += batch.length;
    // Batches are small, and telling another thread costs more than searching one.
    if (bytes < bytesPerProgress) continue;
    onProgress(objects, bytes);
    [objects, bytes] = [0, 0];
  }
  onProgress(objects, bytes);
  return result;

  function searchWhole(object: GitObject, content: Buffer): { hits: ContentHit[]; computedOid: string } {
    const computedOid = computeOid(object.type, content, input.objectFormat);
    if (object.type === 'blob') {
      return { hits: search.search(content, (part) => addUnopened({ oid: object.oid, ...part })), computedOid };
    }
    const hits = search.searchFlat(content);
    return { hits: object.type === 'tree' && hits.length > 0 ? searchNames(content, hits) : hits, computedOid };
  }

  /** Ids are random bytes in which a short value may stand by chance: in a tree only the names count. */
  function searchNames(content: Buffer, hits: ContentHit[]): ContentHit[] {
    const entries = parseTree(content, hashBytes);
    if ((entries.at(-1)?.end ?? 0) !== content.length) return hits;
    return search.searchFlat(Buffer.concat(entries.flatMap(({ name }) => [name, Buffer.from([0])])));
  }

  function addHit(hit: ObjectHit): void {
    result.hitCount++;
    if (result.hits.length < input.maxListed) result.hits.push(hit);
  }

  function addUnopened(part: UnopenedObject): void {
    result.unopenedCount++;
    if (result.unopened.length < input.maxListed) result.unopened.push(part);
  }
}

function* listOids(oids: Uint8Array, hashBytes: number): Generator<string> {
  const buffer = Buffer.from(oids.buffer, oids.byteOffset, oids.byteLength);
  for (let at = 0; at < buffer.length; at += hashBytes) yield buffer.toString('hex', at, at + hashBytes);
}

const scratch = Buffer.alloc(256 * 1024);

function computeOid(type: ObjectType, content: Buffer, format: ObjectFormat): string {
  const headerEnd = scratch.write(`${type} ${content.length}\0`, 'latin1');
  // One call for header and content is half the price of a hash object, and most objects are small.
  if (headerEnd + content.length <= scratch.length) {
    content.copy(scratch, headerEnd);
    return hash(format, scratch.subarray(0, headerEnd + content.length), 'hex');
  }
  return createHash(format).update(scratch.subarray(0, headerEnd)).update(content).digest('hex');
}

/** An object too large for memory: searched in overlapping pieces. Containers of that size are not opened. */
async function searchChunks(
  object: GitObject,
  chunks: AsyncIterable<Buffer>,
  search: ContentSearch,
  format: ObjectFormat,
  onUnopened: (part: UnopenedObject) => void,
): Promise<{ hits: ContentHit[]; computedOid: string }> {
  const digest = createHash(format).update(`${object.type} ${object.size}\0`);
  const hits = new Map<string, ContentHit>();
  let kept: Buffer = Buffer.alloc(0);
  let position = 0;
  for await (const chunk of chunks) {
    digest.update(chunk);
    if (position === 0 && isContainer(chunk)) onUnopened({ oid: object.oid, within: [], reason: 'it is too large to be opened' });
    const piece = Buffer.concat([kept, chunk]);
    for (const hit of search.searchFlat(piece)) {
      const key = `${hit.value} ${hit.form}`;
      if (!hits.has(key)) hits.set(key, { ...hit, at: position - kept.length + hit.at });
    }
    position += chunk.length;
    kept = Buffer.from(piece.subarray(Math.max(0, piece.length - search.reach)));
  }
  return { hits: [...hits.values()], computedOid: digest.digest('hex') };
}
