import { parseTree, readAllObjects, readObjects, type GitObject } from '@deployguard/git';
import { yieldToSpecific } from './yield-to-specific.ts';
import type { Detector } from '../detect/detector.ts';
import type { Match } from '../detect/match.ts';
import type { ScanContext } from './scan-repository.ts';

export interface ScanObjectsOptions {
  /** Only these objects; all of the store when absent. */
  readonly oids?: Iterable<string>;
  readonly onBatch: () => void;
}

const largestScannedObject = 256 * 1024 * 1024;

/** Scans each object once and whole, as git prints it. */
export async function scanObjects(context: ScanContext, { oids, onBatch }: ScanObjectsOptions): Promise<void> {
  const { repository, detector, table, coverage, options } = context;
  const limits = { maxBufferedBytes: largestScannedObject, ...(options.signal ? { signal: options.signal } : {}) };
  const names = new NameScanner(context);
  for await (const objects of oids ? readObjects(repository.git, oids, limits) : readAllObjects(repository.git, limits)) {
    for (const object of objects) scanObject(object);
    onBatch();
  }

  function scanObject({ oid, type, size, content }: GitObject): void {
    if (!content) {
      coverage.skipped('object', `larger than ${largestScannedObject / 1024 / 1024} MiB`, 1, type);
      return;
    }
    coverage.scanned(type, 1, size);
    if (type === 'tree') {
      for (const { name } of parseTree(content, repository.objectFormat === 'sha256' ? 32 : 20)) names.scan(name);
    } else {
      const matches = detector.scan(content, ({ what, reason }) => coverage.skipped(what, reason));
      if (matches.length > 0) table.addObject(oid, type, settle(matches, detector, options.explain ?? false));
    }
  }
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
