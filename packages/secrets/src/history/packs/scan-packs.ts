import { findId, type ObjectFormat, type ObjectType } from '@deployguard/git';
import type { Match, Unread } from '../../detect/detector.ts';
import { GraphBuilder } from '../../graph/graph-builder.ts';
import { describeJobs } from './describe-jobs.ts';
import { listPackFiles, loadPack, type LoadedPack, type UnreadablePack } from './load-packs.ts';
import type { PackWalkers } from './local-walker.ts';
import { loadMatcher, type Matcher, type MatcherSource } from './matcher.ts';
import type { WalkLimits } from './pack-walker.ts';
import { ResultGatherer, type IndexedJob, type LeftObjects, type ScannedCounts } from './result-gatherer.ts';
import { listLooseObjects, scanLooseObjects, type LooseFile } from './scan-loose-objects.ts';
import { startWalkers } from './start-walkers.ts';

export interface ScanPacksOptions {
  /** The object store: every directory that holds `pack` and loose objects, those of alternates included. */
  readonly objectDirectories: readonly string[];
  readonly objectFormat: ObjectFormat;
  readonly matcher: MatcherSource;
  /** What `matcher` describes, where the caller has one already: saves making another for this thread. */
  readonly ownMatcher?: Matcher;
  /** Called for every blob, commit and tag in which something is found, once each, in no particular order. */
  readonly onObject: (object: ScannedObject) => void;
  /** Called for every distinct entry name of trees in which something is found. */
  readonly onName: (name: ScannedName) => void;
  /** Something in an object that could not be looked into, such as a nested archive. */
  readonly onUnread?: (oid: string, unread: Unread) => void;
  /** Hand over those who walked the packs: the caller closes them. */
  readonly keepWalkers?: boolean;
  /** Called when the packs are being walked, for what can be prepared meanwhile. */
  readonly onPacks?: (packs: readonly LoadedPack[]) => void;
  /** Also put together what each object leads to. */
  readonly withGraph?: boolean;
  /** For a matcher that visits objects: what a thread has gathered from its share of a pack. Loose objects are left to git. */
  readonly onGathered?: (gathered: unknown) => void;
  /** Hand out matches that were judged to be no secrets, too. */
  readonly keepDropped: boolean;
  /** Threads besides this one. Default: as many as processors for a large store, none for a small one. */
  readonly workers?: number;
  readonly limits?: Partial<WalkLimits>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PackScanProgress) => void;
}

export interface ScannedObject {
  readonly oid: string;
  readonly type: ObjectType;
  /** What `Matcher.scan` gives for its content. */
  readonly matches: readonly Match[];
}

export interface ScannedName {
  /** Latin-1, one character a byte. */
  readonly name: string;
  readonly matches: readonly Match[];
}

export interface PackScanProgress {
  readonly objects: number;
  readonly total: number;
  /** Inflated. */
  readonly bytes: number;
}

/** What was scanned, and what is left for git (`readObjects`) to read. Nothing is passed over in silence. */
export interface PackScan {
  readonly scanned: ScannedCounts;
  readonly left: readonly LeftObjects[];
  /** Packs of which not even the contents could be listed: to find theirs, ask git for all objects and pass over the scanned ones. */
  readonly unlistedPacks: readonly UnreadablePack[];
  isScanned(oid: string): boolean;
  readonly packs: readonly LoadedPack[];
  /** Only with `keepWalkers`, and where there are packs and a kernel. */
  readonly walkers?: PackWalkers;
  /** Of everything but what is left. Only `withGraph`. */
  readonly graph?: GraphBuilder;
  /** With the graph: by pack, the object of each entry. */
  readonly objectOf: readonly Int32Array[];
}

const progressMilliseconds = 100;

/**
 * Searches every object of an object store, reachable or not, once each: packs read directly, each delta tree from its root down and only
 * where a delta changed something; loose objects whole. The result is that of scanning each object's content.
 */
export async function scanPacks(options: ScanPacksOptions): Promise<PackScan> {
  const { objectDirectories, objectFormat } = options;
  const getMatcher = lazily(async () => options.ownMatcher ?? (await loadMatcher(options.matcher)));
  const gatherer = new ResultGatherer(options);
  const files = await listPackFiles(objectDirectories);
  options.signal?.throwIfAborted();

  const walkers = startWalkers(
    files.reduce((sum, { bytes }) => sum + bytes, 0),
    options,
    getMatcher,
  );
  let isKept = false;
  try {
    const packs: (LoadedPack | UnreadablePack)[] = [];
    for (const file of files) packs.push(await loadPack(file, objectFormat));
    const readable = packs.filter((pack): pack is LoadedPack => 'layout' in pack);
    const unreadable = packs.filter((pack): pack is UnreadablePack => !('layout' in pack));
    const loose = await listLooseObjects(objectDirectories);
    const graph = options.withGraph ? beginGraph(packs, loose, objectFormat) : undefined;
    const jobs = describeJobs(readable, objectFormat, { withIds: options.onGathered !== undefined, ...(graph && { graph }) });
    const walking = walkPacks(walkers, jobs, gatherer);
    options.onPacks?.(readable);
    await walking;

    const isPacked = (id: Buffer): boolean => readable.some(({ index }) => findId(index.ids, id) !== -1);
    const isLoose = await scanLooseObjects(loose, { options, getMatcher, isPacked, gatherer, ...(graph && { graph }) });
    const isKnown = (id: Buffer): boolean => isPacked(id) || isLoose(id.toString('hex'));
    for (const { index } of unreadable) if (index) gatherer.leaveIndexed(index, isKnown);
    const { scanned, left, isLeft } = gatherer.finish();
    isKept = options.keepWalkers === true;
    return {
      scanned,
      left,
      unlistedPacks: unreadable.filter(({ index }) => !index),
      isScanned: (oid) => isKnown(Buffer.from(oid, 'hex')) && !isLeft(oid),
      packs: readable,
      ...(isKept && walkers && { walkers }),
      ...(graph && { graph }),
      objectOf: jobs.flatMap(({ objectOf }) => objectOf ?? []),
    };
  } finally {
    if (!isKept) await walkers?.close();
  }
}

/** With the ids of what no readable pack holds; those of packs follow with their jobs. */
function beginGraph(
  packs: readonly (LoadedPack | UnreadablePack)[],
  loose: readonly LooseFile[],
  objectFormat: ObjectFormat,
): GraphBuilder {
  const graph = new GraphBuilder(
    objectFormat,
    packs.reduce((sum, { index }) => sum + (index?.count ?? 0), loose.length),
  );
  for (const pack of packs) if (!('layout' in pack) && pack.index) graph.addIds(pack.index.ids);
  graph.addIds(Buffer.from(loose.map(({ oid }) => oid).join(''), 'hex'));
  return graph;
}

async function walkPacks(walkers: PackWalkers | undefined, jobs: readonly IndexedJob[], gatherer: ResultGatherer): Promise<void> {
  for (const job of jobs) gatherer.leaveUnwalkable(job, walkers === undefined);
  if (!walkers) return;
  const timer = setInterval(() => gatherer.reportProgress(walkers.counts, jobs), progressMilliseconds);
  try {
    for (const job of jobs) await walkers.walk(job, (batch) => gatherer.addBatch(job, batch));
    gatherer.addCounts(walkers.counts);
  } finally {
    clearInterval(timer);
  }
}

function lazily<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => (loading ??= load());
}
