import { listPackEntries, readAllObjects, readObjects } from '@deployguard/git';
import type { PackEntries, Repository } from '@deployguard/git';
import { GraphBuilder } from './graph-builder.ts';
import type { NotCleanableObject } from './graph-builder.ts';
import { listLooseObjects } from './list-loose-objects.ts';
import type { ObjectGraph } from './object-graph.ts';
import { objectKinds } from './object-graph.ts';
import type { Redactor } from './redact.ts';
import { RewriteError } from './rewrite-error.ts';
import { searchPacks } from './search-packs.ts';
import { describeValueMatcher } from './value-matcher.ts';

/** What reading every object once, reachable or not, found out. */
export interface ReadGraph {
  readonly graph: ObjectGraph;
  /** The source's packs, as far as they can be copied from. */
  readonly packs: readonly PackEntries[];
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
  const stores = source.objectDirectories.map((directory) => listPackEntries(directory, source.objectFormat));
  const packs = stores.flatMap(({ packs }) => packs);
  const total = packs.reduce((sum, { count }) => sum + count, 0);
  const builder = new GraphBuilder(source.objectFormat, options.redactor, total + 1024);
  options.onProgress?.(0, total);
  const matcher = describeValueMatcher(options.redactor.needles);
  if (options.engine !== 'whole' && matcher && stores.every(({ unreadable }) => unreadable.length === 0)) {
    await readPacksDirectly();
  } else {
    await takeAll(readAllObjects(source.git, readOptions()));
  }
  return { ...builder.finish(), packs };

  /**
   * Most bytes are those of blobs, and those need not be unpacked to know what they lead to: threads search them where they differ from
   * each other, while git reads the rest.
   */
  async function readPacksDirectly(): Promise<void> {
    for (const pack of packs) builder.addBlobs(pack);
    const searching = searchPacks(source, matcher!, builder, {
      onProgress: (done) => options.onProgress?.(done, total),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    // Its failure is looked at when the other reading is done.
    searching.catch(() => undefined);
    await takeAll(readObjects(source.git, listOthers(), readOptions()));
    const left = await searching;
    if (left.length > 0) await takeAll(readObjects(source.git, left, readOptions()));
  }

  function* listOthers(): Generator<string> {
    for (const { count, ids, kinds } of packs) {
      const idBytes = ids.length / count;
      for (let entry = 0; entry < count; entry++) {
        if (kinds[entry] !== objectKinds.blob) yield ids.toString('hex', entry * idBytes, (entry + 1) * idBytes);
      }
    }
    for (const directory of source.objectDirectories) yield* listLooseObjects(directory);
  }

  async function takeAll(batches: ReturnType<typeof readAllObjects>): Promise<void> {
    let done = 0;
    for await (const batch of batches) {
      for (const object of batch) await builder.add(object);
      done += batch.length;
      if (options.engine === 'whole') options.onProgress?.(done, total);
    }
  }

  function readOptions(): NonNullable<Parameters<typeof readAllObjects>[1]> {
    return { maxBufferedBytes: maxWholeBytes, onMissing: refuseMissing, ...(options.signal ? { signal: options.signal } : {}) };
  }
}

function refuseMissing(oid: string): void {
  throw new RewriteError(
    'SOURCE_OBJECT_UNREADABLE',
    `Object ${oid} cannot be read: the repository is damaged. Run git fsck on it, or clone it anew.`,
  );
}
