import type { ObjectFormat } from '@deployguard/git';
import { objectKinds } from '../graph/object-graph.ts';
import type { RewritePlan } from './plan-rewrite.ts';
import type { ReadGraph } from './read-object-graph.ts';
import { spoolContents, type ContentSpool } from './spool-contents.ts';

export interface SpoolHistoryOptions {
  readonly read: ReadGraph;
  readonly objectFormat: ObjectFormat;
  readonly history: RewritePlan;
  /** What must be stored anew because of what it is a delta of. */
  readonly dependents: ReadonlyMap<number, readonly number[]>;
  readonly directory: string;
  readonly signal?: AbortSignal | undefined;
}

/** Fewer objects are faster read through git. */
const objectsWorthUnpacking = 2000;

/** Unpacks the trees and commits that will be written anew, where they are many. Files come last and are few, or large. */
export async function spoolHistory(options: SpoolHistoryOptions): Promise<ContentSpool | undefined> {
  const { read, objectFormat, history, dependents, directory, signal } = options;
  const { graph, packs, objectOf } = read;
  const isWanted = new Uint8Array(graph.size);
  let count = 0;
  for (const list of [...history.treeGroups, history.commits, ...dependents.values()]) {
    for (const object of list) {
      const original = graph.original(object);
      if (graph.kind(original) === objectKinds.blob || isWanted[original] === 1) continue;
      isWanted[original] = 1;
      count++;
    }
  }
  if (count < objectsWorthUnpacking) return undefined;
  const wanted = objectOf.map((objects) => Uint8Array.from(objects, (object) => isWanted[object]!));
  return await spoolContents({ packs, objectFormat, graph, wanted, directory, signal });
}
