import { readObjects } from '@deployguard/git';
import type { Git, GitObject, ObjectReader } from '@deployguard/git';

/** Reads objects in the order of their ids, each with its whole content. */
export type ReadInOrder = (oids: Iterable<string>) => AsyncIterable<readonly GitObject[]>;

/** Fewer cost a round trip each, more cost memory. */
const chunkObjects = 500;

/** Through one git that stays up, for many lists of small objects: the next chunk is on its way while one is looked at. */
export function readThrough(reader: ObjectReader): ReadInOrder {
  return async function* read(oids) {
    const source = Iterator.from(oids);
    let coming = request(source);
    while (coming) {
      const next = request(source);
      // Its failure is looked at when its turn comes.
      next?.catch(() => undefined);
      yield await coming;
      coming = next;
    }
  };

  function request(source: IteratorObject<string>): Promise<GitObject[]> | undefined {
    const chunk: string[] = [];
    for (let next = source.next(); !next.done; next = source.next()) {
      chunk.push(next.value);
      if (chunk.length === chunkObjects) break;
    }
    return chunk.length === 0 ? undefined : reader.read(chunk);
  }
}

/** Through a git of its own, for objects of any size: no more than a few are in memory at once. Without objects, none is started. */
export function readStreaming(git: Git, signal?: AbortSignal): ReadInOrder {
  return async function* read(oids) {
    const source = Iterator.from(oids);
    const first = source.next();
    if (first.done) return;
    yield* readObjects(git, prepend(first.value, source), { maxBufferedBytes: Number.MAX_SAFE_INTEGER, ...(signal ? { signal } : {}) });
  };
}

function* prepend(first: string, rest: Iterable<string>): Generator<string> {
  yield first;
  yield* rest;
}
