import type { PackWriter } from '@deployguard/git';
import type { ObjectGraph } from '../graph/object-graph.ts';
import { typeOfKind } from '../graph/object-graph.ts';
import type { ObjectMap } from './object-map.ts';
import type { ObjectSink } from './object-sink.ts';
import type { PackPlan } from './pack-plan.ts';
import type { ReadInOrder, ReadLargeInOrder } from './read-in-order.ts';

export interface RewriteObjectsOptions {
  /** Of small objects, such as trees and commits. */
  readonly readSmall: ReadInOrder;
  /** Of objects of any size. */
  readonly readLarge: ReadLargeInOrder;
  readonly graph: ObjectGraph;
  readonly plan: PackPlan;
  readonly objects: ObjectMap;
  readonly sink: ObjectSink;
  readonly writer: PackWriter;
  /**
   * By object: objects that stay but are stored as deltas of it, so that they must be stored anew when it goes. Taken out when they are
   * written.
   */
  readonly dependents: Map<number, readonly number[]>;
  readonly onProgress?: (done: number) => void;
}

/**
 * Reads objects in the order given, and puts what `rewrite` makes of each in its place; `undefined` leaves it. What was stored as a delta of
 * a rewritten object is stored as a delta of its successor.
 */
export async function rewriteObjects(
  wanted: Iterable<number>,
  read: ReadInOrder,
  options: RewriteObjectsOptions,
  rewrite: (content: Buffer, object: number) => Buffer | undefined,
): Promise<void> {
  const { graph, plan, objects, sink, writer, dependents } = options;
  /** What was asked for and has not come yet. */
  const expected: { readonly object: number; readonly base: number }[] = [];
  let done = 0;
  for await (const batch of read(listObjects())) {
    for (const [index, { object, base }] of expected.splice(0, batch.length).entries()) {
      if (base !== -1) addAgain(object, batch[index]!, base);
      else put(object, batch[index]!);
    }
    await writer.waitForRoom();
    options.onProgress?.(done);
  }

  function* listObjects(): Generator<number> {
    for (const object of wanted) {
      expected.push({ object, base: -1 });
      yield object;
      for (const dependent of dependents.get(object) ?? []) {
        expected.push({ object: dependent, base: object });
        yield dependent;
      }
      dependents.delete(object);
    }
  }

  function put(object: number, content: Buffer): void {
    done++;
    const base = plan.baseOf(graph.original(object));
    const likeId = base === -1 ? undefined : newIdOf(base);
    sink.replace(object, typeOfKind[graph.kind(object)]!, rewrite(content, object) ?? content, likeId);
  }

  function addAgain(object: number, content: Buffer, base: number): void {
    writer.add(typeOfKind[graph.kind(object)]!, graph.id(object), content, newIdOf(base));
  }

  function newIdOf(object: number): Buffer {
    const id = graph.id(object);
    if (!sink.patchReplaced(object, id, 0)) objects.patch(id, 0);
    return id;
  }
}

/** Stores objects as they are, whole: those that no pack holds in a form that can be copied. */
export async function addUnchanged(wanted: Iterable<number>, options: Omit<RewriteObjectsOptions, 'dependents'>): Promise<void> {
  const { graph, writer } = options;
  const list = [...wanted];
  let next = 0;
  for await (const batch of options.readLarge(list)) {
    for (const { type, content, chunks } of batch) {
      const object = list[next++]!;
      if (content) writer.add(type, graph.id(object), content);
      else await writer.addPieces(type, chunks!);
    }
    await writer.waitForRoom();
  }
}
