import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { hashBytesOf, type Repository } from '@deployguard/git';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import { objectKinds, type ObjectGraph } from '../graph/object-graph.ts';
import { abortedError, ProofError } from './proof-error.ts';
import { countPackedObjects } from '../history/count-packed-objects.ts';
import { scanPacks } from '../history/packs/scan-packs.ts';
import { emptyInspectionResult, type InspectionResult } from './inspect-objects.ts';
import { describePackInspector } from './pack-inspector.ts';
import { searchLane, type LaneInput } from './search-lane.ts';

export interface SearchObjectsOptions {
  /** Latin-1, one character a byte. */
  readonly values: readonly string[];
  /** An empty directory that serves git as home. */
  readonly homeDirectory: string;
  /** How many threads share the work. */
  readonly lanes: number;
  readonly maxListed: number;
  readonly onProgress?: (done: number, total: number, bytes: number) => void;
  /** Called when threads are at work and this one has time for other things; not called when there are none. */
  readonly onThreadsBusy?: () => void;
  readonly signal?: AbortSignal;
}

export interface ObjectSearchResult extends InspectionResult {
  /** How many objects the stores hold. */
  readonly storedCount: number;
  /** Their ids, one after the other, as git lists them. */
  readonly storedIds: Uint8Array;
  /** What they lead to; absent when not all of them could be read from packs directly. */
  readonly graph?: ObjectGraph;
}

/** Below this a thread takes longer to start than to work. */
const minObjectsPerThread = 3000;

/**
 * Searches every object in the repository's stores, reachable or not. Packs are read directly, by the reader that scanning uses too: that
 * each content hashes to its id says that it was read right, and the number of objects that git lists, that none was left out. What that
 * reader leaves is read through git.
 */
export async function searchObjects(repository: Repository, options: SearchObjectsOptions): Promise<ObjectSearchResult> {
  const [oids, packed] = await Promise.all([listStoredObjects(repository, options), searchPacks(repository, options)]);
  const results = packed.isComplete
    ? [...packed.results, await searchThroughGit(repository, Buffer.from(packed.left.join(''), 'hex'), options)]
    : [await searchThroughGit(repository, oids, options)];
  return {
    ...mergeResults(results, options.maxListed),
    storedCount: oids.length / hashBytesOf(repository.objectFormat),
    storedIds: oids,
    ...(packed.graph && { graph: packed.graph }),
  };
}

/** `left`: ids that git has to read. Not complete when there is a pack whose objects cannot even be listed. */
async function searchPacks(
  repository: Repository,
  { values, maxListed, lanes, onProgress, onThreadsBusy, signal }: SearchObjectsOptions,
): Promise<{ results: InspectionResult[]; left: string[]; isComplete: boolean; graph?: ObjectGraph }> {
  const results: InspectionResult[] = [];
  const scan = scanPacks({
    objectDirectories: repository.objectDirectories,
    objectFormat: repository.objectFormat,
    matcher: describePackInspector({ values, maxListed, objectFormat: repository.objectFormat }),
    keepDropped: false,
    withGraph: true,
    workers: countPackedObjects(repository.objectDirectories) < minObjectsPerThread ? 0 : lanes,
    onObject: () => undefined,
    onName: () => undefined,
    onGathered: (gathered) => results.push(gathered as InspectionResult),
    onProgress: ({ objects, total, bytes }) => onProgress?.(objects, total, bytes),
    ...(onThreadsBusy && { onPacks: onThreadsBusy }),
    ...(signal && { signal }),
  });
  const { left, unlistedPacks, graph } = await scan.catch((error: unknown) => {
    throw signal?.aborted ? abortedError() : error;
  });
  const oids = left.flatMap((group) => group.oids);
  const isComplete = unlistedPacks.length === 0;
  return { results, left: oids, isComplete, ...(graph && isComplete && isWhole(graph, oids) && { graph: graph.graph }) };
}

/** Whether nothing but blobs is missing from a graph: they lead to nothing. */
function isWhole({ graph, damaged }: GraphBuilder, left: readonly string[]): boolean {
  return damaged.length === 0 && left.every((oid) => graph.kind(graph.ids.findHex(oid)) === objectKinds.blob);
}

async function searchThroughGit(repository: Repository, oids: Uint8Array, options: SearchObjectsOptions): Promise<InspectionResult> {
  const hashBytes = hashBytesOf(repository.objectFormat);
  const total = oids.length / hashBytes;
  if (total === 0) return emptyInspectionResult();
  let done = 0;
  let bytes = 0;
  const onProgress = (moreObjects: number, moreBytes: number): void => {
    done += moreObjects;
    bytes += moreBytes;
    options.onProgress?.(done, total, bytes);
  };
  const base = {
    gitDir: repository.gitDir,
    homeDirectory: options.homeDirectory,
    objectFormat: repository.objectFormat,
    values: options.values,
    maxListed: options.maxListed,
  };
  const laneCount = Math.max(1, Math.min(options.lanes, Math.floor(total / minObjectsPerThread)));
  const share = Math.ceil(total / laneCount) * hashBytes;
  const inputs = [...Array(laneCount).keys()].map((lane) => ({ ...base, oids: oids.subarray(lane * share, (lane + 1) * share) }));
  const results =
    laneCount === 1
      ? [await searchLane(inputs[0]!, onProgress, options.signal)]
      : await searchInThreads(inputs, onProgress, options.signal);
  return mergeResults(results, options.maxListed);
}

/**
 * All ids, sorted. For the order of the packs, in which git reads fastest, it would keep twice as much in memory and take six times as long to
 * list them; and what git has to read is known better from the packs.
 */
async function listStoredObjects(repository: Repository, options: SearchObjectsOptions): Promise<Uint8Array> {
  const hashBytes = hashBytesOf(repository.objectFormat);
  const running = repository.git.start(
    ['cat-file', '--batch-all-objects', '--batch-check=%(objectname)'],
    options.signal ? { signal: options.signal } : {},
  );
  const parts: Buffer[] = [];
  let rest: Buffer = Buffer.alloc(0);
  const lineBytes = hashBytes * 2 + 1;
  for await (const chunk of running.stdout as AsyncIterable<Buffer>) {
    const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = Math.floor(text.length / lineBytes);
    const ids = Buffer.alloc(whole * hashBytes);
    for (let line = 0; line < whole; line++) {
      if (!decodeHex(text, line * lineBytes, ids, line * hashBytes, hashBytes)) throw unreadable();
    }
    parts.push(ids);
    rest = Buffer.from(text.subarray(whole * lineBytes));
  }
  const { exitCode } = await running.done;
  if (exitCode !== 0 || rest.length > 0) throw unreadable();
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  // Shared, so that threads need no copy.
  const oids = new Uint8Array(new SharedArrayBuffer(length));
  let at = 0;
  for (const part of parts) {
    oids.set(part, at);
    at += part.length;
  }
  return oids;
}

const hexDigits = Uint8Array.from({ length: 256 }, (_, code) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(code));
  return digit === -1 ? 0xff : digit;
});

/** Without a string of each. Gives whether they are hexadecimal digits. */
function decodeHex(text: Buffer, at: number, target: Buffer, targetAt: number, bytes: number): boolean {
  for (let i = 0; i < bytes; i++) {
    const high = hexDigits[text[at + 2 * i]!]!;
    const low = hexDigits[text[at + 2 * i + 1]!]!;
    if (high === 0xff || low === 0xff) return false;
    target[targetAt + i] = high * 16 + low;
  }
  return true;
}

function unreadable(): ProofError {
  return new ProofError('SEARCH_FAILED', 'git could not list the objects of the repository: it may be damaged.');
}

// Beside this file and of its kind, run as source or compiled.
const workerUrl = new URL(`./search-lane.worker${extname(import.meta.filename)}`, import.meta.url);

async function searchInThreads(
  inputs: readonly LaneInput[],
  onProgress: (objects: number, bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<InspectionResult[]> {
  const workers: Worker[] = [];
  try {
    return await Promise.all(
      inputs.map(async (input) => {
        const worker = new Worker(workerUrl, { workerData: input, env: {} });
        workers.push(worker);
        return await resultOf(worker, onProgress, signal);
      }),
    );
  } finally {
    // A stopped worker's git ends with its pipes.
    await Promise.all(workers.map(async (worker) => await worker.terminate()));
  }
}

async function resultOf(
  worker: Worker,
  onProgress: (objects: number, bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<InspectionResult> {
  return await new Promise((resolve, reject) => {
    const onAbort = (): void => reject(abortedError());
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    worker.on('message', (message: { result: InspectionResult } | { objects: number; bytes: number }) => {
      if ('result' in message) resolve(message.result);
      else onProgress(message.objects, message.bytes);
    });
    worker.on('error', reject);
    // Without this a thread that dies silently would let the proof wait for ever; after a result it changes nothing.
    worker.on('exit', () => reject(new ProofError('SEARCH_FAILED', 'A thread ended before it had searched its objects.')));
  });
}

function mergeResults(results: readonly InspectionResult[], maxListed: number): InspectionResult {
  const merged = emptyInspectionResult();
  for (const result of results) {
    for (const type of ['commit', 'tree', 'blob', 'tag'] as const) {
      merged.objects[type].count += result.objects[type].count;
      merged.objects[type].bytes += result.objects[type].bytes;
    }
    merged.hits.push(...result.hits);
    merged.unopened.push(...result.unopened);
    merged.missing.push(...result.missing);
    merged.misnamed.push(...result.misnamed);
    merged.hitCount += result.hitCount;
    merged.unopenedCount += result.unopenedCount;
    for (const part of result.pathParts) merged.pathParts.add(part);
  }
  merged.hits.length = Math.min(merged.hits.length, maxListed);
  merged.unopened.length = Math.min(merged.unopened.length, maxListed);
  return merged;
}
