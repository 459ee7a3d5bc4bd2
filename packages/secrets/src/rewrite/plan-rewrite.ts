import type { Ref, Repository } from '@deployguard/git';
import type { ObjectGraph } from '../graph/object-graph.ts';
import { objectKinds } from '../graph/object-graph.ts';
import { orderCommits } from './order-commits.ts';
import type { PathMatcher } from './path-pattern.ts';
import { removePaths } from './remove-paths.ts';
import type { PathRemoval } from './remove-paths.ts';
import { RewriteError } from './rewrite-error.ts';
import { walkGraph, type GraphWalk } from '../graph/walk-graph.ts';

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
  /** By view of a tree: the positions of the entries that go. */
  readonly removedEntries: PathRemoval['removedEntries'];
  /** Whether what takes an object's place does so wherever the object's id stands. */
  readonly isMapped: (object: number) => boolean;
}

export interface PlanRewriteOptions {
  readonly source: Repository;
  readonly graph: ObjectGraph;
  /** Ids of the stash's entries. */
  readonly stash: readonly string[];
  readonly removed: PathMatcher | undefined;
  readonly signal?: AbortSignal | undefined;
}

export async function planRewrite({ source, graph, stash, removed, signal }: PlanRewriteOptions): Promise<RewritePlan> {
  const number = (oid: string): number => graph.ids.findHex(oid);
  const walk = (roots: readonly number[]): GraphWalk => walkGraph(graph, roots, (object) => refuseMissing(graph.hex(object)));
  const head = source.head !== undefined && !source.head.startsWith('refs/') ? [source.head] : [];
  const notesTargets = source.refs.filter(isNotesRef).map(({ target }) => number(target));
  const mainTargets = [...source.refs.filter((ref) => !isNotesRef(ref)).map(({ target }) => target), ...head, ...stash].map(number);
  const before = walk([...mainTargets, ...notesTargets]);

  const removal = removed && (await removeFromHistory(mainTargets));
  const mainRoots = mainTargets.map((target) => removal?.viewOfRoot.get(target) ?? target);
  const { order, isReachable, isAffected, heights } = removal ? walk([...mainRoots, ...notesTargets]) : before;
  const followsNotes = notesTargets.length > 0 && isAffected.includes(1);
  const isMain = followsNotes ? walk(mainRoots).isReachable : isReachable;
  const isNotes = (object: number): boolean => isMain[object] === 0 && isHistory(graph, object);
  const isRewritten = (object: number): boolean => isAffected[object] === 1 && !isNotes(object);
  const list = (kind: number, accepts: (object: number) => boolean): Int32Array =>
    order.filter((object) => graph.kind(object) === kind && accepts(object));

  const isCopied = Uint8Array.from(isReachable);
  for (const object of order) if (isAffected[object] === 1 || isNotes(object)) isCopied[object] = 0;
  const rootViews = new Set(removal?.viewOfRoot.values());
  return {
    blobs: list(objectKinds.blob, isRewritten),
    treeGroups: groupByHeight(list(objectKinds.tree, isRewritten), heights),
    commits: orderCommits(graph, list(objectKinds.commit, isRewritten)),
    tags: list(objectKinds.tag, isRewritten),
    notesCommits: list(objectKinds.commit, isNotes),
    isCopied,
    isReachable: before.isReachable,
    reachableCommits: list(objectKinds.commit, () => true),
    removedEntries: removal?.removedEntries ?? new Map(),
    isMapped: (object) => (graph.isView(object) ? rootViews.has(object) : !removal?.viewOfRoot.has(object)),
  };

  /** Puts views in the place of the trees of commits and tags; names in notes are no paths. */
  async function removeFromHistory(targets: readonly number[]): Promise<PathRemoval> {
    const isTree = (object: number): boolean => graph.kind(object) === objectKinds.tree;
    const main = notesTargets.length > 0 ? walk(mainTargets) : before;
    const holders = main.order.filter((object) => isHolder(graph, object));
    const roots = [...holders].map((holder) => graph.link(holder, 0)).filter(isTree);
    const matcher = removed!;
    const removal = await removePaths({
      git: source.git,
      graph,
      matcher,
      roots: [...roots, ...targets.filter(isTree)],
      ...(signal ? { signal } : {}),
    });
    for (const holder of holders) {
      const view = removal.viewOfRoot.get(graph.link(holder, 0));
      if (view !== undefined) graph.setLink(holder, 0, view);
    }
    return removal;
  }
}

function refuseMissing(oid: string): never {
  throw new RewriteError(
    'SOURCE_OBJECT_UNREADABLE',
    `Object ${oid} is missing: the repository is incomplete. Run git fsck on it, or clone it anew.`,
  );
}

function isNotesRef(ref: Ref): boolean {
  return ref.name.startsWith('refs/notes/');
}

function isHistory(graph: ObjectGraph, object: number): boolean {
  return graph.kind(object) === objectKinds.commit || graph.kind(object) === objectKinds.tree;
}

/** Commits and tags lead to one thing first of all. */
function isHolder(graph: ObjectGraph, object: number): boolean {
  const kind = graph.kind(object);
  return (kind === objectKinds.commit || kind === objectKinds.tag) && graph.linkCount(object) > 0;
}

function groupByHeight(trees: Int32Array, heights: Int32Array): Int32Array[] {
  const groups = Map.groupBy(trees, (tree) => heights[tree]!);
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => Int32Array.from(group));
}
