import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { findId, hashBytesOf, ObjectIdTable, type ObjectFormat, type ObjectType } from '@deployguard/git';
import type { Match, Unread } from '../../detect/detector.ts';
import { findKernelModule, type KernelModule } from './kernel.ts';
import { loadPacks, type LoadedPack, type UnreadablePack } from './load-packs.ts';
import { loadMatcher, type MatcherSource } from './matcher.ts';
import { PackWalker, type WalkLimits } from './pack-walker.ts';
import { ResultGatherer, type IndexedJob, type LeftObjects, type ScannedCounts } from './result-gatherer.ts';
import { scanLooseObjects } from './scan-loose-objects.ts';
import { ThreadPool } from './thread-pool.ts';

export interface ScanPacksOptions {
  /** The object store: every directory that holds `pack` and loose objects, those of alternates included. */
  readonly objectDirectories: readonly string[];
  readonly objectFormat: ObjectFormat;
  readonly matcher: MatcherSource;
  /** Called for every blob, commit and tag in which something is found, once each, in no particular order. */
  readonly onObject: (object: ScannedObject) => void;
  /** Called for every distinct entry name of trees in which something is found. */
  readonly onName: (name: ScannedName) => void;
  /** Something in an object that could not be looked into, such as a nested archive. */
  readonly onUnread?: (oid: string, unread: Unread) => void;
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
}

/** Below this the start of threads costs more than they bring. */
const bytesWorthThreads = 16 << 20;
const progressMilliseconds = 100;

/**
 * Searches every object of an object store, reachable or not, once each: packs read directly, each delta tree from its root down and only
 * where a delta changed something; loose objects whole. The result is that of scanning each object's content.
 */
export async function scanPacks(options: ScanPacksOptions): Promise<PackScan> {
  const { objectFormat, signal } = options;
  const packs = await loadPacks(options.objectDirectories, objectFormat);
  const readable = packs.filter((pack): pack is LoadedPack => 'layout' in pack);
  const unreadable = packs.filter((pack): pack is UnreadablePack => !('layout' in pack));
  signal?.throwIfAborted();

  const gatherer = new ResultGatherer(options);
  const jobs = describeJobs(readable, objectFormat);
  const module = findKernelModule();
  for (const job of jobs) gatherer.leaveUnwalkable(job, module === undefined);
  if (module) await walkPacks(module, jobs, options, gatherer);

  const isPacked = (id: Buffer): boolean => readable.some(({ index }) => findId(index.ids, id) !== -1);
  const isLoose = await scanLooseObjects(options, isPacked, gatherer);
  const isKnown = (id: Buffer): boolean => isPacked(id) || isLoose(id.toString('hex'));
  for (const { index } of unreadable) if (index) gatherer.leaveIndexed(index, isKnown);
  const { scanned, left, isLeft } = gatherer.finish();
  return {
    scanned,
    left,
    unlistedPacks: unreadable.filter(({ index }) => !index),
    isScanned: (oid) => isKnown(Buffer.from(oid, 'hex')) && !isLeft(oid),
  };
}

/** The packs as threads see them. An object that several packs hold belongs to the first of them. */
function describeJobs(packs: readonly LoadedPack[], format: ObjectFormat): IndexedJob[] {
  const hashBytes = hashBytesOf(format);
  const known = new ObjectIdTable(hashBytes);
  return packs.map(({ path, index, layout }) => {
    const duplicates = new Uint8Array(new SharedArrayBuffer(layout.count));
    for (let entry = 0; packs.length > 1 && entry < layout.count; entry++) {
      const before = known.size;
      known.add(index.ids, layout.positions[entry]! * hashBytes);
      if (known.size === before) duplicates[entry] = 1;
    }
    return { path, index, layout, hashBytes, duplicates };
  });
}

async function walkPacks(
  module: KernelModule,
  jobs: readonly IndexedJob[],
  options: ScanPacksOptions,
  gatherer: ResultGatherer,
): Promise<void> {
  const packBytes = jobs.reduce((sum, { layout }) => sum + layout.offsets[layout.count]!, 0);
  const workers = options.workers ?? (packBytes < bytesWorthThreads ? 0 : availableParallelism());
  const limits: WalkLimits = {
    contentBytes: (options.limits?.contentBytes ?? 256 << 20) / Math.max(1, workers),
    totalBytes: options.limits?.totalBytes ?? 2 ** 36 + 1000 * packBytes,
  };
  if (workers > 0) await walkInThreads(module, workers, limits, jobs, options, gatherer);
  else await walkHere(module, limits, jobs, options, gatherer);
}

async function walkHere(
  module: KernelModule,
  limits: WalkLimits,
  jobs: readonly IndexedJob[],
  options: ScanPacksOptions,
  gatherer: ResultGatherer,
): Promise<void> {
  const matcher = await loadMatcher(options.matcher);
  let current: IndexedJob;
  const walker = new PackWalker(module, matcher, limits, options.keepDropped, (batch) => gatherer.addBatch(current, batch));
  let reportAt = performance.now() + progressMilliseconds;
  for (const job of jobs) {
    current = job;
    walker.open(job);
    try {
      for (const root of job.layout.roots) {
        walker.walk(root);
        if (performance.now() < reportAt) continue;
        gatherer.reportProgress([walker.counts], jobs);
        await setImmediate();
        options.signal?.throwIfAborted();
        reportAt = performance.now() + progressMilliseconds;
      }
    } finally {
      walker.close();
    }
  }
  gatherer.addCounts([walker.counts]);
}

async function walkInThreads(
  module: KernelModule,
  threads: number,
  limits: WalkLimits,
  jobs: readonly IndexedJob[],
  options: ScanPacksOptions,
  gatherer: ResultGatherer,
): Promise<void> {
  const { matcher, keepDropped, signal } = options;
  const pool = new ThreadPool({ module, matcher, limits, keepDropped, threads, ...(signal && { signal }) });
  const timer = setInterval(() => gatherer.reportProgress(pool.counts, jobs), progressMilliseconds);
  try {
    for (const job of jobs) await pool.walk(job, (batch) => gatherer.addBatch(job, batch));
    gatherer.addCounts(pool.counts);
  } finally {
    clearInterval(timer);
    await pool.close();
  }
}
