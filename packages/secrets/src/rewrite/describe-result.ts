import type { ObjectIdTable, Repository } from '@deployguard/git';
import { findFirstChanged } from './first-changed-commits.ts';
import { namePlaces } from './find-paths.ts';
import { ObjectIdSet } from './object-id-set.ts';
import type { ObjectMap } from './object-map.ts';
import type { RewritePlan } from './plan-rewrite.ts';
import type { ReadGraph } from './read-object-graph.ts';
import type { Redactor } from './redact.ts';
import type { NotCleanable, RefChange, RewriteResult } from './rewrite-result.ts';

export interface DescribeOptions {
  readonly source: Repository;
  readonly read: ReadGraph;
  readonly history: RewritePlan;
  readonly objects: ObjectMap;
  readonly redactor: Redactor;
  /** Ids of everything that was written anew, changed or not. */
  readonly newIds: ObjectIdTable;
  readonly refs: readonly RefChange[];
}

type Description = Pick<RewriteResult, 'droppedObjects' | 'commitCount' | 'changedCommitCount' | 'firstChangedCommits' | 'notCleanable'>;

/** What became of the source, in numbers and lists. */
export async function describeResult({ source, read, history, objects, redactor, newIds, refs }: DescribeOptions): Promise<Description> {
  const { graph } = read;
  const changed = [...history.commits, ...history.notesCommits].filter((commit) => objects.has(graph.id(commit)));
  const findFirst = findFirstChanged(graph, changed);
  return {
    droppedObjects: listDropped(),
    commitCount: countCommits(),
    changedCommitCount: changed.length,
    firstChangedCommits: refs.flatMap(({ newName, oldName, oldTarget }) =>
      findFirst(graph.ids.findHex(oldTarget)).map((commit) => ({ ref: newName ?? oldName, commit: graph.hex(commit) })),
    ),
    notCleanable: await listNotCleanable(),
  };

  function isDelivered(object: number): boolean {
    return history.isCopied[object] === 1 || newIds.find(graph.ids.bytes, object * graph.ids.idBytes) !== -1;
  }

  function listDropped(): ObjectIdSet {
    const dropped = new ObjectIdSet(graph.ids.idBytes);
    for (let object = 0; object < graph.ids.size; object++) {
      if (history.isReachable[object] === 1 && !isDelivered(object)) dropped.add(graph.id(object));
    }
    return dropped;
  }

  /** Two commits that differed only by a value may have become one. */
  function countCommits(): number {
    const results = new ObjectIdSet(graph.ids.idBytes);
    for (const commit of history.reachableCommits) {
      const id = graph.id(commit);
      objects.patch(id, 0);
      results.add(id);
    }
    return results.size;
  }

  async function listNotCleanable(): Promise<NotCleanable[]> {
    const items = read.notCleanable.filter(({ object }) => isDelivered(object));
    const placeOf = await namePlaces(source.git, new Set(items.map(({ object }) => graph.hex(object))), redactor);
    return items.map(({ object, what, why }) => ({ what, where: placeOf(graph.hex(object)), why }));
  }
}
