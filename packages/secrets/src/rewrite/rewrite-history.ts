import type { ObjectReader, Repository } from '@deployguard/git';
import type { ObjectMap } from './object-map.ts';
import type { RewritePlan } from './plan-rewrite.ts';
import { createQuotedIdMapper } from './quoted-ids.ts';
import type { Redactor } from './redact.ts';
import { describeNotices, rewriteBlobs } from './rewrite-blobs.ts';
import type { HeaderRewriteOptions } from './rewrite-commit.ts';
import { rewriteCommit, rewriteTag } from './rewrite-commit.ts';
import { rewriteNotes } from './rewrite-notes.ts';
import { rewriteObjects } from './rewrite-objects.ts';
import type { RewriteObjectsOptions } from './rewrite-objects.ts';
import type { RewriteOptions, RewriteProgress } from './rewrite-repository.ts';
import type { NameCollision, NotCleanable } from './rewrite-result.ts';
import { patchTree, renameTreeEntries } from './rewrite-tree.ts';

export interface RewriteHistoryOptions extends RewriteObjectsOptions {
  readonly source: Repository;
  readonly reader: ObjectReader;
  readonly history: RewritePlan;
  readonly objects: ObjectMap;
  readonly redactor: Redactor;
  readonly options: Pick<RewriteOptions, 'mapQuotedIds' | 'onProgress'>;
}

export interface HistoryRewrite {
  readonly collisions: readonly NameCollision[];
  readonly notCleanable: readonly NotCleanable[];
}

/** Rewrites what must change, each kind of object after those that it leads to: files, trees from the leaves up, commits, tags, notes. */
export async function rewriteHistory(context: RewriteHistoryOptions): Promise<HistoryRewrite> {
  const { graph, plan, history, objects, sink, redactor, options } = context;
  const collisions: NameCollision[] = [];
  const notCleanable: NotCleanable[] = [];
  const mapQuotedIds = options.mapQuotedIds === false ? () => undefined : createQuotedIdMapper(graph, history.reachableCommits, objects);
  const optionsFor = (object: number): HeaderRewriteOptions => ({
    objects,
    redactor: graph.isMarked(object) ? redactor : undefined,
    mapQuotedIds,
  });
  const rewriteOneCommit = (content: Buffer, object: number): Buffer | undefined =>
    checked(rewriteCommit(content, { ...optionsFor(object), newTree: newTreeOf(object) }), 'commit-structure', object);

  const notices = await rewriteBlobs(inPackOrder(history.blobs), reporting('files', history.blobs.length));
  notCleanable.push(...(await describeNotices(notices, context)));
  await rewriteTrees();
  await rewriteObjects(history.commits, context.readSmall, reporting('commits', history.commits.length), rewriteOneCommit);
  await rewriteObjects(history.tags, context.readSmall, context, (content, object) =>
    checked(rewriteTag(content, optionsFor(object)), 'tag-structure', object),
  );
  if (history.notesCommits.length > 0) {
    collisions.push(...(await rewriteNotes({ ...context, commits: history.notesCommits, rewriteCommit: rewriteOneCommit })));
  }
  return { collisions, notCleanable };

  /** A commit's tree may lose other entries than the same tree elsewhere. */
  function newTreeOf(commit: number): string | undefined {
    if (graph.linkCount(commit) === 0) return undefined;
    const tree = graph.link(commit, 0);
    const id = graph.id(tree);
    return sink.patchReplaced(tree, id, 0) ? id.toString('hex') : undefined;
  }

  async function rewriteTrees(): Promise<void> {
    const total = history.treeGroups.reduce((sum, { length }) => sum + length, 0);
    let done = 0;
    for (const group of history.treeGroups) {
      await rewriteObjects(inPackOrder(group), context.readSmall, reporting('trees', total, done), rewriteTree);
      done += group.length;
    }
  }

  /** A delta's base comes before it, and reading jumps less. */
  function inPackOrder(list: Int32Array): Int32Array {
    const place = (object: number): number => plan.entryOf[graph.original(object)]!;
    return list.toSorted((a, b) => place(a) - place(b));
  }

  function rewriteTree(content: Buffer, object: number): Buffer {
    const patched = patchTree(content, graph.ids.idBytes, history.removedEntries.get(object), (link, target, offset) => {
      sink.patchReplaced(graph.link(object, link), target, offset);
    });
    const renamed = graph.isMarked(object) ? renameTreeEntries(patched, graph.ids.idBytes, redactor) : undefined;
    for (const newName of renamed?.collisions ?? []) collisions.push({ kind: 'path', newName });
    return renamed?.content ?? patched;
  }

  /** A value may be an id, a date or a word of the format itself, which nothing can replace. */
  function checked(content: Buffer | undefined, what: 'commit-structure' | 'tag-structure', object: number): Buffer | undefined {
    if (content && graph.isMarked(object) && redactor.contains(content)) {
      notCleanable.push({ what, where: graph.hex(object), why: 'The value is an id, a date or a word of the format itself.' });
    }
    return content;
  }

  function reporting(phase: RewriteProgress['phase'], total: number, before = 0): RewriteHistoryOptions {
    const { onProgress } = options;
    return onProgress ? { ...context, onProgress: (done) => onProgress({ phase, done: before + done, total }) } : context;
  }
}
