import type { ObjectType } from '@deployguard/git';

/** What a scan has read, and what it has not: a report that says "clean" is worth what this says. */
export interface Coverage {
  readonly objects: Readonly<Record<ObjectType, ObjectCoverage>>;
  readonly refs: number;
  readonly skipped: readonly Skipped[];
}

export interface ObjectCoverage {
  readonly seen: number;
  readonly scanned: number;
  /** Of the scanned objects, inflated. */
  readonly bytes: number;
}

/** Things left out for one reason. */
export interface Skipped {
  readonly what: string;
  readonly reason: string;
  readonly count: number;
}

/** For people: `Left out: xz archive (not supported), 2 times.` */
export function describeSkipped({ what, reason, count }: Skipped): string {
  return `Left out: ${what} (${reason}), ${count.toLocaleString('en-US')} ${count === 1 ? 'time' : 'times'}.`;
}

/** Counts while a scan runs. */
export class CoverageCounter {
  readonly #objects: Record<ObjectType, { seen: number; scanned: number; bytes: number }> = {
    blob: { seen: 0, scanned: 0, bytes: 0 },
    tree: { seen: 0, scanned: 0, bytes: 0 },
    commit: { seen: 0, scanned: 0, bytes: 0 },
    tag: { seen: 0, scanned: 0, bytes: 0 },
  };
  readonly #skipped = new Map<string, { what: string; reason: string; count: number }>();
  #refs = 0;

  scanned(type: ObjectType, count: number, bytes: number): void {
    this.#objects[type].seen += count;
    this.#objects[type].scanned += count;
    this.#objects[type].bytes += bytes;
  }

  skipped(what: string, reason: string, count = 1, type?: ObjectType): void {
    if (type) this.#objects[type].seen += count;
    const key = `${what}\0${reason}`;
    const known = this.#skipped.get(key);
    if (known) known.count += count;
    else this.#skipped.set(key, { what, reason, count });
  }

  refs(count: number): void {
    this.#refs += count;
  }

  get scannedObjects(): number {
    return Object.values(this.#objects).reduce((sum, { scanned }) => sum + scanned, 0);
  }

  get bytes(): number {
    return Object.values(this.#objects).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  toCoverage(): Coverage {
    return { objects: structuredClone(this.#objects), refs: this.#refs, skipped: [...this.#skipped.values()] };
  }
}
