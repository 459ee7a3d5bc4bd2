import { readObjects } from '@deployguard/git';
import type { Git } from '@deployguard/git';
import type { ObjectGraph } from '../graph/object-graph.ts';
import type { PathMatcher } from './path-pattern.ts';
import { RewriteError } from './rewrite-error.ts';
import { fileFormats, walkTree } from '../graph/walk-tree.ts';

/** What is left of trees without the removed paths, as views of the graph. */
export interface PathRemoval {
  /** By tree that stands at the top of a commit, tag or ref: its view, if anything below it goes. */
  readonly viewOfRoot: ReadonlyMap<number, number>;
  /** By view: the positions of the entries that go. */
  readonly removedEntries: ReadonlyMap<number, ReadonlySet<number>>;
}

export interface RemovePathsOptions {
  readonly git: Git;
  readonly graph: ObjectGraph;
  readonly matcher: PathMatcher;
  /** Trees at the top of commits, tags or refs. */
  readonly roots: Iterable<number>;
  readonly signal?: AbortSignal;
}

/** A tree at a path: the same tree elsewhere may lose other entries. */
interface PlacedTree {
  readonly tree: number;
  readonly path: string;
  /** Positions of entries, and of the same among the tree's links (which leave out sub-modules). */
  readonly removed: Set<number>;
  readonly removedLinks: Set<number>;
  entryCount: number;
  readonly directories: { readonly entry: number; readonly link: number; readonly child: PlacedTree }[];
  view: number;
}

const nothingGoes = -1;
const becomesEmpty = -2;

/** Trees that hold each other many times over stand at more paths than could ever be looked at; real ones stand at a few. */
const pathsPerObject = 10;
const leastMaxPlaces = 100_000;

/** Finds all entries that go, level by level from the top, and makes views from the bottom. A directory that loses its last entry goes too. */
export async function removePaths(options: RemovePathsOptions): Promise<PathRemoval> {
  const { graph } = options;
  const places = new Map<string, PlacedTree>();
  const maxPlaces = leastMaxPlaces + pathsPerObject * graph.size;
  const roots = [...new Set(options.roots)].map((tree) => place(tree, ''));
  const levels: PlacedTree[][] = [];
  for (let level = roots; level.length > 0; level = await readLevel(level)) levels.push(level);

  const removedEntries = new Map<number, ReadonlySet<number>>();
  for (const level of levels.toReversed()) for (const placed of level) settle(placed);
  const changed = roots.filter(({ view }) => view !== nothingGoes);
  return { viewOfRoot: new Map(changed.map(({ tree, view }) => [tree, view])), removedEntries };

  function place(tree: number, path: string): PlacedTree {
    return { tree, path, removed: new Set(), removedLinks: new Set(), entryCount: 0, directories: [], view: nothingGoes };
  }

  async function readLevel(level: readonly PlacedTree[]): Promise<PlacedTree[]> {
    const next: PlacedTree[] = [];
    let read = 0;
    const readOptions = { maxBufferedBytes: Number.MAX_SAFE_INTEGER, ...(options.signal ? { signal: options.signal } : {}) };
    for await (const batch of readObjects(
      options.git,
      level.values().map(({ tree }) => graph.hex(tree)),
      readOptions,
    )) {
      for (const { content } of batch) readPlaced(level[read++]!, content!, next);
    }
    return next;
  }

  function readPlaced(placed: PlacedTree, content: Buffer, next: PlacedTree[]): void {
    let link = 0;
    walkTree(content, graph.ids.idBytes, ({ nameStart, nameEnd, format }) => {
      const path = `${placed.path}${content.toString('latin1', nameStart, nameEnd)}`;
      const isDirectory = format === fileFormats.directory;
      if (options.matcher.matches(path, isDirectory)) {
        placed.removed.add(placed.entryCount);
        if (format !== fileFormats.submodule) placed.removedLinks.add(link);
      } else if (isDirectory && options.matcher.canMatchBelow(path)) {
        placed.directories.push({ entry: placed.entryCount, link, child: findPlace(graph.link(placed.tree, link), `${path}/`, next) });
      }
      placed.entryCount++;
      if (format !== fileFormats.submodule) link++;
    });
  }

  function findPlace(tree: number, path: string, next: PlacedTree[]): PlacedTree {
    const key = `${tree} ${path}`;
    const known = places.get(key);
    if (known) return known;
    const placed = place(tree, path);
    if (places.size >= maxPlaces) {
      throw new RewriteError(
        'LIMIT_EXCEEDED',
        'The repository has far more paths than objects, as in a "git bomb": they cannot all be looked through for what is to be removed. Name exact paths instead of patterns.',
      );
    }
    places.set(key, placed);
    next.push(placed);
    return placed;
  }

  /** Decides what becomes of a tree whose directories are decided. */
  function settle(placed: PlacedTree): void {
    const views = new Map<number, number>();
    for (const { entry, link, child } of placed.directories) {
      if (child.view === becomesEmpty) {
        placed.removed.add(entry);
        placed.removedLinks.add(link);
      } else if (child.view !== nothingGoes) {
        views.set(link, child.view);
      }
    }
    if (placed.removed.size === 0 && views.size === 0) return;
    if (placed.removed.size === placed.entryCount && placed.path !== '') {
      placed.view = becomesEmpty;
      return;
    }
    placed.view = graph.addView(placed.tree);
    for (let link = 0; link < graph.linkCount(placed.tree); link++) {
      if (!placed.removedLinks.has(link)) graph.addLink(placed.view, views.get(link) ?? graph.link(placed.tree, link));
    }
    removedEntries.set(placed.view, placed.removed);
  }
}
