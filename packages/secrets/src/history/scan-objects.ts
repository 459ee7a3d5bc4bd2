import { parseTree, readAllObjects, readObjects, type GitObject, type Repository } from '@deployguard/git';
import { yieldToSpecific } from './yield-to-specific.ts';
import type { CoverageCounter } from './coverage.ts';
import type { Detector } from '../detect/detector.ts';
import type { Match } from '../detect/match.ts';
import type { MatchTable } from './match-table.ts';

export interface ScanObjectsOptions {
  /** Only these objects; all of the store when absent. */
  readonly oids?: Iterable<string>;
  readonly keepDropped: boolean;
  readonly onBatch: () => void;
  readonly signal?: AbortSignal;
}

const largestScannedBlob = 256 * 1024 * 1024;

/** Scans each object once and whole, as git prints it. */
export async function scanObjects(
  repository: Repository,
  detector: Detector,
  table: MatchTable,
  coverage: CoverageCounter,
  options: ScanObjectsOptions,
): Promise<void> {
  const limits = { maxBufferedBytes: largestScannedBlob, ...(options.signal ? { signal: options.signal } : {}) };
  const batches = options.oids ? readObjects(repository.git, options.oids, limits) : readAllObjects(repository.git, limits);
  const names = new NameScanner(detector, table, options.keepDropped);
  for await (const objects of batches) {
    for (const object of objects) await scanObject(object);
    options.onBatch();
  }

  async function scanObject({ oid, type, size, content, chunks }: GitObject): Promise<void> {
    if (!content) {
      for await (const chunk of chunks ?? []) void chunk;
      coverage.skipped('object', `larger than ${largestScannedBlob / 1024 / 1024} MiB`, 1, type);
      return;
    }
    coverage.scanned(type, 1, size);
    if (type === 'tree') {
      for (const { name } of parseTree(content, repository.objectFormat === 'sha256' ? 32 : 20)) names.scan(name);
    } else {
      const matches = detector.scan(content);
      if (matches.length > 0) table.addObject(oid, type, settle(matches, detector, options.keepDropped));
    }
  }
}

/** What of an object's matches counts: overlaps settled, dropped ones only when they are to be explained. */
export function settle(matches: readonly Match[], detector: Detector, keepDropped: boolean): Match[] {
  return yieldToSpecific(keepDropped ? matches : matches.filter((match) => match.dropped === undefined), detector.rules);
}

/** File and directory names recur in thousands of trees: each is scanned once. */
class NameScanner {
  readonly #detector: Detector;
  readonly #table: MatchTable;
  readonly #keepDropped: boolean;
  #known = new Set<string>();

  constructor(detector: Detector, table: MatchTable, keepDropped: boolean) {
    this.#detector = detector;
    this.#table = table;
    this.#keepDropped = keepDropped;
  }

  scan(name: Buffer): void {
    const text = name.toString('latin1');
    if (this.#known.has(text)) return;
    if (this.#known.size > 500_000) this.#known = new Set();
    this.#known.add(text);
    const matches = this.#detector.scan(name);
    if (matches.length > 0) this.#table.addName(text, settle(matches, this.#detector, this.#keepDropped));
  }
}
