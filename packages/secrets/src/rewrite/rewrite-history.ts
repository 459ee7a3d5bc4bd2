import type { Repository } from '@deployguard/git';
import type { ObjectMap } from './object-map.ts';
import type { RewritePlan } from './plan-rewrite.ts';
import { createQuotedIdMapper } from './quoted-ids.ts';
import type { Redactor } from './redact.ts';
import { rewriteCommit, rewriteTag } from './rewrite-commit.ts';
import { rewriteNotes } from './rewrite-notes.ts';
import { rewriteObjects } from './rewrite-objects.ts';
import type { RewriteObjectsOptions } from './rewrite-objects.ts';
import type { RewriteOptions, RewriteProgress } from './rewrite-repository.ts';
import type { NameCollision, NotCleanable } from './rewrite-result.ts';
import { patchTree, renameTreeEntries } from './rewrite-tree.ts';

export interface RewriteHistoryOptions extends RewriteObjectsOptions {
  readonly source: Repository;
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
  const { graph, history, objects, redactor, options } = context;
  const collisions: NameCollision[] = [];
  const notCleanable: NotCleanable[] = [];
  const mapQuotedIds = options.mapQuotedIds === false ? () => undefined : createQuotedIdMapper(graph, history.reachableCommits, objects);
  const headerOptions = { objects, redactor, mapQuotedIds };
  const rewriteOneCommit = (content: Buffer, object: number): Buffer | undefined =>
    checked(rewriteCommit(content, headerOptions), 'commit-structure', object);

  await rewriteObjects(history.blobs, reporting('files', history.blobs.length), (content) => redactor.redact(content));
  await rewriteTrees();
  await rewriteObjects(history.commits, reporting('commits', history.commits.length), rewriteOneCommit);
  await rewriteObjects(history.tags, context, (content, object) => checked(rewriteTag(content, headerOptions), 'tag-structure', object));
  if (history.notesCommits.length > 0) {
    collisions.push(...(await rewriteNotes({ ...context, commits: history.notesCommits, rewriteCommit: rewriteOneCommit })));
  }
  return { collisions, notCleanable };

  async function rewriteTrees(): Promise<void> {
    const total = history.treeGroups.reduce((sum, { length }) => sum + length, 0);
    let done = 0;
    for (const group of history.treeGroups) {
      await rewriteObjects(group, reporting('trees', total, done), rewriteTree);
      done += group.length;
    }
  }

  function rewriteTree(content: Buffer, object: number): Buffer {
    const renamed = graph.isMarked(object) ? renameTreeEntries(content, graph.ids.idBytes, redactor) : undefined;
    for (const newName of renamed?.collisions ?? []) collisions.push({ kind: 'path', newName });
    return patchTree(renamed?.content ?? content, graph.ids.idBytes, objects);
  }

  /** A value may be an id, a date or a word of the format itself, which nothing can replace. */
  function checked(content: Buffer | undefined, what: 'commit-structure' | 'tag-structure', object: number): Buffer | undefined {
    if (content && graph.isMarked(object) && redactor.contains(content)) {
      notCleanable.push({ what, where: graph.ids.hex(object), why: 'The value is an id, a date or a word of the format itself.' });
    }
    return content;
  }

  function reporting(phase: RewriteProgress['phase'], total: number, before = 0): RewriteHistoryOptions {
    const { onProgress } = options;
    return onProgress ? { ...context, onProgress: (done) => onProgress({ phase, done: before + done, total }) } : context;
  }
}
