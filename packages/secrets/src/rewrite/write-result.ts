import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openObjectReader, PackWriter, writeBareRepository } from '@deployguard/git';
import type { Repository, WrittenPack } from '@deployguard/git';
import { copyEntries, copyKeptObjects, listDependents, listIndependent } from './copy-kept-objects.ts';
import { describeResult } from './describe-result.ts';
import { ObjectMap } from './object-map.ts';
import { createObjectSink } from './object-sink.ts';
import { buildPackPlan } from './pack-plan.ts';
import type { PathMatcher } from './path-pattern.ts';
import { planRewrite } from './plan-rewrite.ts';
import type { ReadGraph } from './read-object-graph.ts';
import type { Redactor } from './redact.ts';
import { readStreaming, readThrough } from './read-in-order.ts';
import { rewriteHistory } from './rewrite-history.ts';
import { rewriteRefs } from './rewrite-refs.ts';
import type { RewriteOptions } from './rewrite-repository.ts';
import type { RewriteResult } from './rewrite-result.ts';
import { spoolHistory } from './spool-history.ts';
import { writeStashLog } from './write-stash-log.ts';

export interface WriteResultOptions {
  readonly source: Repository;
  readonly read: ReadGraph;
  readonly redactor: Redactor;
  /** Paths to take out. */
  readonly removed: PathMatcher | undefined;
  /** Where to write: an empty directory. */
  readonly gitDir: string;
  readonly options: Pick<RewriteOptions, 'mapQuotedIds' | 'onProgress' | 'signal'>;
}

/** Writes what the source is without the values, as a bare repository. */
export async function writeResult({ source, read, redactor, removed, gitDir, options }: WriteResultOptions): Promise<RewriteResult> {
  const { graph } = read;
  const { objectFormat, git } = source;
  const { signal } = options;
  const packDirectory = join(gitDir, 'objects', 'pack');
  await mkdir(packDirectory, { recursive: true });
  // Both get ready while the rewrite is planned.
  await using writer = new PackWriter({ directory: packDirectory, objectFormat });
  await using reader = openObjectReader(git, { maxBufferedBytes: Number.MAX_SAFE_INTEGER, ...(signal ? { signal } : {}) });
  const stash = listStash(source);
  const history = await planRewrite({ source, graph, stash, removed, signal });
  const plan = buildPackPlan(read, objectFormat);
  const dependents = listDependents(plan, history.isCopied);
  const isIndependent = listIndependent(plan, history);
  await using keeper = isIndependent.includes(1) ? new PackWriter({ directory: packDirectory, objectFormat }) : undefined;
  const keeping = keeper && keep(keeper);
  // Its failure is looked at when the rest is written.
  keeping?.catch(() => undefined);
  using spool = await spoolHistory({ read, objectFormat, history, dependents, directory: gitDir, signal });
  const readSmall = readThrough(reader, graph, spool);
  const readLarge = readStreaming(source, graph, signal);
  const objects = new ObjectMap(objectFormat);

  const sink = createObjectSink({ objectFormat, graph, objects, writer, isMapped: history.isMapped, isKept: isIndependent });
  const context = { source, reader, readSmall, readLarge, graph, plan, history, objects, sink, writer, dependents, redactor, options };
  const rewritten = await rewriteHistory(context);
  options.onProgress?.({ phase: 'copying', done: 0, total: 0 });
  await copyKeptObjects(
    context,
    history.isCopied.map((flag, object) => flag & ~isIndependent[object]!),
  );
  signal?.throwIfAborted();
  options.onProgress?.({ phase: 'finishing', done: 0, total: 0 });
  const packs = await Promise.all([writer.finish(), keeping]);

  const refs = rewriteRefs(source, objects, redactor);
  await writeBareRepository(gitDir, { objectFormat, refs: refs.refs, head: refs.head });
  const description = await describeResult({ source, read, history, objects, redactor, newIds: sink.newIds, refs: refs.changes });
  await writeStashLog({ reader, gitDir, entries: stash, objects, redactor });
  return {
    gitDir,
    objectFormat,
    objects,
    objectCount: packs.reduce((sum, pack) => sum + (pack?.objectCount ?? 0), 0),
    refs: refs.changes,
    head: refs.head ?? 'refs/heads/main',
    ...description,
    notCleanable: [...description.notCleanable, ...rewritten.notCleanable],
    lfsObjects: read.lfsObjects,
    collisions: [...rewritten.collisions, ...refs.collisions],
  };

  /** In a thread of its own, while the rest is rewritten. */
  async function keep(keeper: PackWriter): Promise<WrittenPack> {
    await copyEntries(plan, isIndependent, keeper);
    return await keeper.finish();
  }
}

/** All entries of the stash, oldest first; of the newest one the ref itself tells. */
function listStash({ refs, hiddenRoots }: Repository): string[] {
  const newest = refs.filter(({ name }) => name === 'refs/stash');
  const older = newest.length > 0 ? hiddenRoots.filter(({ name }) => name.startsWith('refs/stash@{')) : [];
  return [...newest, ...older].map(({ target }) => target).toReversed();
}
