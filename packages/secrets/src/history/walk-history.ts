import type { Repository } from '@deployguard/git';
import { namedLinkWords } from '../graph/graph-builder.ts';
import { objectKinds, type ObjectGraph } from '../graph/object-graph.ts';
import { CommitQueue } from './commit-queue.ts';
import type { HistoryLinks } from './history-links.ts';
import type { LogEntry } from './read-log.ts';

/** As far as directories lie within each other in any tree that people made, with much to spare. */
const maxDepth = 1000;
/** Trees that hold each other many times over stand at more paths than could ever be listed. */
const leastMaxPaths = 500_000;
const pathsPerObject = 6;

/** Where wanted blobs stand. */
export interface WantedPlaces {
  /** By object: 1 for a wanted blob, and for a tree with one somewhere below it. */
  readonly isWanted: Uint8Array;
}

/** Marks trees that lead to wanted blobs; `undefined` when they lie too deep, or at too many paths, to be walked one by one. */
export function markWantedTrees(links: Pick<HistoryLinks, 'graph' | 'trees'>): WantedPlaces | undefined {
  const { graph } = links;
  const isWanted = new Uint8Array(graph.size);
  const { starts, holders } = listHolders(links);
  const open: number[] = [];
  for (let blob = 0; blob < graph.size; blob++) {
    if (graph.kind(blob) !== objectKinds.blob) continue;
    isWanted[blob] = 1;
    open.push(blob);
  }
  for (let object = open.pop(); object !== undefined; object = open.pop()) {
    for (let at = starts[object]!; at < starts[object + 1]!; at++) {
      const holder = holders[at]!;
      if (isWanted[holder] === 1) continue;
      isWanted[holder] = 1;
      open.push(holder);
    }
  }
  return canBeWalked(links, isWanted) ? { isWanted } : undefined;
}

/** The trees in which each object stands: those of object `n` from `starts[n]` to `starts[n + 1]`. */
function listHolders({ graph, trees }: Pick<HistoryLinks, 'graph' | 'trees'>): { starts: Uint32Array; holders: Uint32Array } {
  const starts = new Uint32Array(graph.size + 1);
  for (const tree of trees) {
    const count = graph.linkCount(tree);
    for (let position = 0; position < count; position += namedLinkWords) starts[graph.link(tree, position)]!++;
  }
  let end = 0;
  for (let object = 0; object <= graph.size; object++) starts[object] = end += starts[object]!;
  const holders = new Uint32Array(end);
  for (const tree of trees) {
    const count = graph.linkCount(tree);
    // The places of an object are filled from their end.
    for (let position = 0; position < count; position += namedLinkWords) holders[--starts[graph.link(tree, position)]!] = tree;
  }
  return { starts, holders };
}

function canBeWalked({ graph, trees }: Pick<HistoryLinks, 'graph' | 'trees'>, isWanted: Uint8Array): boolean {
  const pathCounts = new Float64Array(graph.size);
  const isDone = new Uint8Array(graph.size);
  const maxPaths = leastMaxPaths + pathsPerObject * graph.size;
  const stack: number[] = [];
  const positions: number[] = [];
  for (const root of trees) {
    if (isWanted[root] === 0 || isDone[root] === 1) continue;
    stack.push(root);
    positions.push(0);
    isDone[root] = 1;
    while (stack.length > 0) {
      const depth = stack.length - 1;
      if (depth === maxDepth) return false;
      const tree = stack[depth]!;
      const position = positions[depth]!;
      if (position < graph.linkCount(tree)) {
        positions[depth] = position + namedLinkWords;
        const child = graph.link(tree, position);
        if (isWanted[child] === 0 || isDone[child] === 1 || graph.kind(child) !== objectKinds.tree) continue;
        isDone[child] = 1;
        stack.push(child);
        positions.push(0);
        continue;
      }
      pathCounts[tree] = countPaths(tree);
      if (pathCounts[tree]! > maxPaths) return false;
      stack.pop();
      positions.pop();
    }
  }
  return true;

  function countPaths(tree: number): number {
    let count = 0;
    for (let position = 0; position < graph.linkCount(tree); position += namedLinkWords) {
      const child = graph.link(tree, position);
      if (isWanted[child] === 1) count += graph.kind(child) === objectKinds.tree ? pathCounts[child]! : 1;
    }
    return count;
  }
}

/**
 * What `git log -c --raw --all` gives of the wanted commits and blobs, in its order, from the links of commits and trees: a blob at a path
 * counts where no parent has the same blob there.
 */
export function* walkHistory(
  { graph, names }: Pick<HistoryLinks, 'graph' | 'names'>,
  { isWanted }: WantedPlaces,
  repository: Pick<Repository, 'refs' | 'head' | 'hiddenRoots'>,
  wanted: { readonly commits: ReadonlySet<string> },
): Generator<LogEntry> {
  const wantedCommits = new Set(Array.from(wanted.commits, (id) => graph.ids.findHex(id)));
  for (const { commit, ref } of listNewestFirst(graph, repository)) {
    const isRoot = !hasParent(graph, commit) && graph.linkCount(commit) < 2;
    if (isRoot || wantedCommits.has(commit)) yield { commit: graph.hex(commit), ref, isRoot };
    const tree = treeOf(graph, commit);
    if (tree === undefined || isWanted[tree] === 0) continue;
    const parentTrees = listParentTrees(commit);
    if (parentTrees.includes(tree)) continue;
    const changes: { blob: string; path: string }[] = [];
    collect(tree, parentTrees, '', changes);
    if (changes.length === 0) continue;
    const entry = { commit: graph.hex(commit), ref, isRoot };
    for (const change of changes) yield { ...entry, change };
  }

  function listParentTrees(commit: number): number[] {
    const trees: number[] = [];
    for (let position = 0; position < graph.linkCount(commit); position++) {
      const parent = graph.link(commit, position);
      const tree = graph.kind(parent) === objectKinds.commit ? treeOf(graph, parent) : undefined;
      if (tree !== undefined) trees.push(tree);
    }
    return trees;
  }

  /** In a directory that a parent does not have, it has nothing that could be the same. */
  function collect(tree: number, parentTrees: readonly number[], prefix: string, changes: { blob: string; path: string }[]): void {
    const hints = parentTrees.map(() => 0);
    for (let position = 0; position < graph.linkCount(tree); position += namedLinkWords) {
      const child = graph.link(tree, position);
      if (isWanted[child] === 0) continue;
      const name = graph.link(tree, position + 1);
      if (parentTrees.some((parent, i) => childAt(parent, name, hints, i) === child)) continue;
      const path = prefix + names[name]!;
      if (graph.kind(child) === objectKinds.blob) {
        changes.push({ blob: graph.hex(child), path });
        continue;
      }
      const others = parentTrees.map((parent, i) => childAt(parent, name, hints, i));
      collect(
        child,
        others.filter((other) => other !== -1 && graph.kind(other) === objectKinds.tree),
        `${path}/`,
        changes,
      );
    }
  }

  /** What a tree has under a name; -1 when that is nothing. Neighbours of what was found last are looked at first. */
  function childAt(tree: number, name: number, hints: number[], hint: number): number {
    const found = findEntry(tree, name, hints[hint]!);
    if (found === -1) return -1;
    hints[hint] = found;
    return graph.link(tree, found);
  }

  /** Where the name stands among a tree's links, looking from `hint` on and then before it; -1 when it is not there. */
  function findEntry(tree: number, name: number, hint: number): number {
    const count = graph.linkCount(tree);
    for (let position = hint; position < count; position += namedLinkWords) if (graph.link(tree, position + 1) === name) return position;
    for (let position = 0; position < Math.min(hint, count); position += namedLinkWords) {
      if (graph.link(tree, position + 1) === name) return position;
    }
    return -1;
  }
}

/** How many objects the refs lead to that are not there. */
export function countMissing({ graph, missingFrom }: HistoryLinks, repository: Pick<Repository, 'refs' | 'head' | 'hiddenRoots'>): number {
  if (graph.ids.size === missingFrom) return 0;
  const isSeen = new Uint8Array(graph.size);
  const open: number[] = listRoots(repository).map(({ target }) => graph.ids.findHex(target));
  let count = 0;
  for (let object = open.pop(); object !== undefined; object = open.pop()) {
    if (object === -1 || isSeen[object] === 1) continue;
    isSeen[object] = 1;
    if (object >= missingFrom) count++;
    const step = graph.kind(object) === objectKinds.tree ? namedLinkWords : 1;
    for (let position = 0; position < graph.linkCount(object); position += step) open.push(graph.link(object, position));
  }
  return count;
}

function hasParent(graph: ObjectGraph, commit: number): boolean {
  for (let position = 0; position < graph.linkCount(commit); position++) {
    if (graph.kind(graph.link(commit, position)) === objectKinds.commit) return true;
  }
  return false;
}

function treeOf(graph: ObjectGraph, commit: number): number | undefined {
  if (graph.linkCount(commit) === 0) return undefined;
  const tree = graph.link(commit, 0);
  return graph.kind(tree) === objectKinds.tree ? tree : undefined;
}

/** The newest commit first of those whose children were listed, like git: by committer's date; the ref is that of the child it was met through. */
function* listNewestFirst(
  graph: ObjectGraph,
  repository: Pick<Repository, 'refs' | 'head' | 'hiddenRoots'>,
): Generator<{ commit: number; ref: string }> {
  const roots = listRoots(repository);
  const refNumbers = new Int32Array(graph.size).fill(-1);
  const queue = new CommitQueue((commit) => graph.time(commit));
  for (const [number, { target }] of roots.entries()) {
    let object = graph.ids.findHex(target);
    while (object !== -1 && graph.kind(object) === objectKinds.tag) object = graph.linkCount(object) > 0 ? graph.link(object, 0) : -1;
    if (object !== -1) add(object, number);
  }
  for (let commit = queue.take(); commit !== undefined; commit = queue.take()) {
    const number = refNumbers[commit]!;
    yield { commit, ref: roots[number]!.ref };
    for (let position = 0; position < graph.linkCount(commit); position++) add(graph.link(commit, position), number);
  }

  function add(object: number, ref: number): void {
    if (graph.kind(object) !== objectKinds.commit || refNumbers[object] !== -1) return;
    refNumbers[object] = ref;
    queue.add(object);
  }
}

function listRoots({ refs, head, hiddenRoots }: Pick<Repository, 'refs' | 'head' | 'hiddenRoots'>): { target: string; ref: string }[] {
  const roots = refs.map(({ name, target }) => ({ target, ref: name }));
  if (head !== undefined && !head.startsWith('refs/')) roots.push({ target: head, ref: 'HEAD' });
  for (const { target } of hiddenRoots) roots.push({ target, ref: target });
  return roots;
}
