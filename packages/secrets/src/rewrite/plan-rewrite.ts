import type { Ref, Repository } from '@deployguard/git';
import type { ObjectGraph } from './object-graph.ts';
import { objectKinds } from './object-graph.ts';
import { orderCommits } from './order-commits.ts';
import type { PackPlan } from './pack-plan.ts';
import { walkGraph } from './walk-graph.ts';

/** Which objects are written anew, in which order, and which are copied. Objects are numbers of the graph. */
export interface RewritePlan {
  readonly blobs: Int32Array;
  /** Trees that only lead to trees of earlier groups. */
  readonly treeGroups: readonly Int32Array[];
  readonly commits: Int32Array;
  /** Annotated tags, inner ones first. */
  readonly tags: Int32Array;
  /** Commits of notes, which may have to follow what they are about; with their trees they are never just copied. */
  readonly notesCommits: Int32Array;
  /** By object: 1 for what stays untouched. */
  readonly isCopied: Uint8Array;
  /** By object: 1 for everything that the source's refs, HEAD and stash lead to. */
  readonly isReachable: Uint8Array;
  readonly reachableCommits: Int32Array;
}

export function planRewrite(source: Repository, graph: ObjectGraph, packs: PackPlan, stash: readonly string[]): RewritePlan {
  const number = (oid: string): number => graph.ids.findHex(oid);
  const notesRoots = source.refs.filter(isNotesRef).map(({ target }) => number(target));
  const head = source.head !== undefined && !source.head.startsWith('refs/') ? [number(source.head)] : [];
  const mainRoots = [...source.refs.filter((ref) => !isNotesRef(ref)).map(({ target }) => number(target)), ...head, ...stash.map(number)];
  const { order, isReachable, isAffected, heights } = walkGraph(graph, [...mainRoots, ...notesRoots]);

  const followsNotes = notesRoots.length > 0 && isAffected.includes(1);
  const isMain = followsNotes ? walkGraph(graph, mainRoots).isReachable : isReachable;
  const isNotes = (object: number): boolean => isMain[object] === 0 && isHistory(graph, object);
  const list = (kind: number, accepts: (object: number) => boolean): Int32Array =>
    order.filter((object) => graph.kind(object) === kind && accepts(object));
  const isRewritten = (object: number): boolean => isAffected[object] === 1 && !isNotes(object);

  const isCopied = Uint8Array.from(isReachable);
  for (const object of order) if (isAffected[object] === 1 || isNotes(object)) isCopied[object] = 0;
  const byPlace = (a: number, b: number): number => packs.entryOf[a]! - packs.entryOf[b]!;
  return {
    blobs: list(objectKinds.blob, isRewritten).sort(byPlace),
    treeGroups: groupByHeight(list(objectKinds.tree, isRewritten), heights).map((group) => group.sort(byPlace)),
    commits: orderCommits(graph, list(objectKinds.commit, isRewritten)),
    tags: list(objectKinds.tag, isRewritten),
    notesCommits: list(objectKinds.commit, isNotes),
    isCopied,
    isReachable,
    reachableCommits: list(objectKinds.commit, () => true),
  };
}

function isNotesRef(ref: Ref): boolean {
  return ref.name.startsWith('refs/notes/');
}

function isHistory(graph: ObjectGraph, object: number): boolean {
  return graph.kind(object) === objectKinds.commit || graph.kind(object) === objectKinds.tree;
}

function groupByHeight(trees: Int32Array, heights: Int32Array): Int32Array[] {
  const groups = Map.groupBy(trees, (tree) => heights[tree]!);
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => Int32Array.from(group));
}
