import { readAllObjects, readObjects } from '@deployguard/git';
import type { GitObject, Repository } from '@deployguard/git';
import type { ObjectGraph } from '../graph/object-graph.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import { loadPacks, type LoadedPack } from '../history/packs/load-packs.ts';
import type { Redactor } from './redact.ts';
import { RewriteError } from './rewrite-error.ts';
import { canSearchPacks, searchPacks, type ReadPacks } from './search-packs.ts';
import { ValuePlaces, type NotCleanableObject } from './value-places.ts';

/** What reading every object once, reachable or not, found out. */
export interface ReadGraph {
  readonly graph: ObjectGraph;
  /** The source's packs, as far as they can be read directly, and the object of each of their entries. */
  readonly packs: readonly LoadedPack[];
  readonly objectOf: readonly Int32Array[];
  /** Ids of LFS objects, sorted. */
  readonly lfsObjects: readonly string[];
  /** Pointers of Git LFS and packed files that hold a value where it cannot be replaced: the blob, and why. */
  readonly notCleanable: readonly NotCleanableObject[];
}

export interface ReadGraphOptions {
  readonly redactor: Pick<Redactor, 'contains' | 'maxHitBytes' | 'needles'>;
  /** `whole`: everything through git. `auto`: packs directly, which is several times faster, where they can be read so. */
  readonly engine?: 'auto' | 'whole';
  readonly onProgress?: (objectCount: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Larger objects are searched piece by piece. */
const maxWholeBytes = 32 * 1024 * 1024;

/** Reads every object: links for the graph, values in whatever it holds. Throws RewriteError `SOURCE_OBJECT_UNREADABLE`. */
export async function readObjectGraph(source: Repository, options: ReadGraphOptions): Promise<ReadGraph> {
  const places = new ValuePlaces(options.redactor);
  options.onProgress?.(0, 0);
  const isDirect = options.engine !== 'whole' && canSearchPacks(options.redactor.needles);
  const { packs, objectOf, graph, left } = isDirect ? await searchPacks(source, places, options) : await readNothing();
  const reading = { maxBufferedBytes: maxWholeBytes, onMissing: refuseMissing, ...(options.signal ? { signal: options.signal } : {}) };
  await takeAll(
    isDirect
      ? readObjects(source.git, left, { ...reading, objectDirectories: source.objectDirectories })
      : readAllObjects(source.git, reading),
  );

  const [damaged] = graph.damaged;
  if (damaged !== undefined) throw unreadable(`The tree ${graph.graph.hex(damaged)} is damaged: run git fsck on the repository.`);
  return { graph: graph.graph, packs, objectOf, ...places.finish(graph.graph) };

  async function readNothing(): Promise<ReadPacks> {
    const packs = await loadPacks(source.objectDirectories, source.objectFormat);
    const total = packs.reduce((sum, { layout }) => sum + layout.count, 0);
    const graph = new GraphBuilder(source.objectFormat, total + 1024);
    return { packs, graph, objectOf: packs.map(({ index, layout }) => graph.addPack(index.ids, layout)), left: [] };
  }

  async function takeAll(batches: AsyncIterable<readonly GitObject[]>): Promise<void> {
    let done = 0;
    for await (const batch of batches) {
      for (const object of batch) {
        if (!object.content && object.type !== 'blob') throw unreadable(`The ${object.type} ${object.oid} is too large.`);
        graph.addObject(object.oid, object.type, object.content);
        await places.search(object);
      }
      done += batch.length;
      if (!isDirect) options.onProgress?.(done, Math.max(done, graph.graph.size));
    }
  }
}

function refuseMissing(oid: string): never {
  throw unreadable(`Object ${oid} cannot be read: the repository is damaged. Run git fsck on it, or clone it anew.`);
}

function unreadable(message: string): RewriteError {
  return new RewriteError('SOURCE_OBJECT_UNREADABLE', message);
}
