import { readObjects } from '@deployguard/git';
import type { GitObject, ObjectReader, Repository } from '@deployguard/git';
import type { ObjectGraph } from '../graph/object-graph.ts';
import type { ContentSpool } from './spool-contents.ts';

/** Reads objects of the graph, whole, in the order given; batch by batch. */
export type ReadInOrder = (objects: Iterable<number>) => AsyncIterable<readonly Buffer[]>;

/** The same for objects of any size: large ones come in pieces. */
export type ReadLargeInOrder = (objects: Iterable<number>) => AsyncIterable<readonly GitObject[]>;

/** Larger objects are never in memory as a whole, unless they must. */
const maxWholeBytes = 32 * 1024 * 1024;

/** Fewer cost a round trip each, more cost memory. */
const chunkObjects = 500;

/** From what was unpacked before, and what was not through one git that stays up: the next chunk is on its way while one is looked at. */
export function readThrough(reader: ObjectReader, graph: ObjectGraph, spool: ContentSpool | undefined): ReadInOrder {
  return async function* read(objects) {
    const source = Iterator.from(objects);
    let coming = request(source);
    while (coming) {
      const next = request(source);
      // Its failure is looked at when its turn comes.
      next?.catch(() => undefined);
      yield await coming;
      coming = next;
    }
  };

  function request(source: IteratorObject<number>): Promise<Buffer[]> | undefined {
    const chunk: number[] = [];
    for (let next = source.next(); !next.done; next = source.next()) {
      chunk.push(next.value);
      if (chunk.length === chunkObjects) break;
    }
    return chunk.length === 0 ? undefined : readChunk(chunk);
  }

  async function readChunk(chunk: readonly number[]): Promise<Buffer[]> {
    const contents = chunk.map((object) => spool?.read(graph.original(object)));
    const others = chunk.filter((_, i) => !contents[i]);
    if (others.length === 0) return contents as Buffer[];
    const read = (await reader.read(others.map((object) => graph.hex(object)))).values();
    return contents.map((content) => content ?? read.next().value!.content!);
  }
}

/** Through a git of its own: no more than a few objects are in memory at once. Without objects, none is started. */
export function readStreaming(
  { git, objectDirectories }: Pick<Repository, 'git' | 'objectDirectories'>,
  graph: ObjectGraph,
  signal?: AbortSignal,
): ReadLargeInOrder {
  return async function* read(objects) {
    const oids = Iterator.from(objects).map((object) => graph.hex(object));
    const first = oids.next();
    if (first.done) return;
    yield* readObjects(git, prepend(first.value, oids), {
      maxBufferedBytes: maxWholeBytes,
      objectDirectories,
      ...(signal ? { signal } : {}),
    });
  };
}

function* prepend(first: string, rest: Iterable<string>): Generator<string> {
  yield first;
  yield* rest;
}
