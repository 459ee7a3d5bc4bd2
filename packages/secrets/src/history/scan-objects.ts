import { parseTree, readAllObjects, readObjects, type GitObject } from '@deployguard/git';
import { scanLargeObject } from './scan-large-object.ts';
import { yieldToSpecific } from './yield-to-specific.ts';
import type { Detector } from '../detect/detector.ts';
import type { Match } from '../detect/match.ts';
import type { ScanContext } from './scan-repository.ts';

export interface ScanObjectsOptions {
  /** Only these objects; all of the store when absent. */
  readonly oids?: Iterable<string>;
  readonly onBatch: () => void;
}

/** Larger objects are scanned piece by piece. */
const largestWholeObject = 64 * 1024 * 1024;
/** Larger packed files are not opened. */
const largestOpenedObject = 256 * 1024 * 1024;

/** Scans each object once, as git prints it. */
export async function scanObjects(context: ScanContext, { oids, onBatch }: ScanObjectsOptions): Promise<void> {
  const { repository, detector, table, coverage, options } = context;
  const limits = { maxBufferedBytes: largestWholeObject, ...(options.signal ? { signal: options.signal } : {}) };
  const names = new NameScanner(context);
  for await (const objects of oids
    ? readObjects(repository.git, oids, { ...limits, objectDirectories: repository.objectDirectories })
    : readAllObjects(repository.git, limits)) {
    for (const object of objects) await scanObject(object);
    onBatch();
  }

  async function scanObject(object: GitObject): Promise<void> {
    const { oid, type, size } = object;
    const content = object.content ?? (await scanPieces(object));
    if (!content) return;
    coverage.scanned(type, 1, size);
    if (type === 'tree') {
      for (const { name } of parseTree(content, repository.objectFormat === 'sha256' ? 32 : 20)) names.scan(name);
    } else {
      const matches = detector.scan(content, ({ what, reason }) => coverage.skipped(what, reason));
      if (matches.length > 0) table.addObject(oid, type, settle(matches, detector, options.explain ?? false));
    }
  }

  /** Gives the content of what can only be scanned whole. */
  async function scanPieces({ oid, type, size, chunks }: GitObject): Promise<Buffer | undefined> {
    const { first, all } = await peek(chunks!);
    const isPacked = type === 'tree' || detector.isWrapped(first);
    if (isPacked && size <= largestOpenedObject) return await gather(all);
    if (isPacked) {
      coverage.skipped('object', `packed, and larger than ${largestOpenedObject / 1024 / 1024} MiB`, 1, type);
      return undefined;
    }
    const matches = await scanLargeObject(detector, all);
    coverage.scanned(type, 1, size);
    if (matches.length > 0) table.addObject(oid, type, settle(matches, detector, options.explain ?? false));
    return undefined;
  }
}

/** The first chunk, and all of them. */
async function peek(chunks: AsyncIterable<Buffer>): Promise<{ first: Buffer; all: AsyncIterable<Buffer> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const { value, done } = await iterator.next();
  const first = done === true ? Buffer.alloc(0) : Buffer.from(value);
  async function* all(): AsyncGenerator<Buffer> {
    yield first;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }
  return { first, all: all() };
}

async function gather(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts);
}

/** What of an object's matches counts: overlaps settled, dropped ones only when they are to be explained. */
export function settle(matches: readonly Match[], detector: Detector, keepDropped: boolean): Match[] {
  return yieldToSpecific(keepDropped ? matches : matches.filter((match) => match.dropped === undefined), detector.rules);
}

const maxKnownNames = 500_000;

/** File and directory names recur in thousands of trees: each is scanned once. */
export class NameScanner {
  readonly #context: ScanContext;
  #known = new Set<string>();

  constructor(context: ScanContext) {
    this.#context = context;
  }

  scan(name: Buffer): void {
    const text = name.toString('latin1');
    if (this.#known.has(text)) return;
    if (this.#known.size > maxKnownNames) this.#known = new Set();
    this.#known.add(text);
    const { detector, table, options } = this.#context;
    const matches = detector.scan(name);
    if (matches.length > 0) table.addName(text, settle(matches, detector, options.explain ?? false));
  }
}
