import type { ObjectType, PackIndexTable } from '@deployguard/git';
import type { Match, Unread } from '../../detect/detector.ts';
import type { LinkPiece } from '../../graph/graph-builder.ts';
import type { PackJob, WalkCounts } from './pack-walker.ts';
import { readBatch, type LeftReason, type ResultBatch } from './result-batch.ts';
import type { ScanPacksOptions } from './scan-packs.ts';

/** A pack to be walked, with what names its objects. */
export interface IndexedJob extends PackJob {
  readonly index: Pick<PackIndexTable, 'ids'>;
  /** With a graph: the object of each entry. */
  readonly objectOf?: Int32Array;
  readonly onLinks?: (piece: LinkPiece) => void;
}

export type ScannedCounts = Readonly<Record<ObjectType, { readonly objects: number; readonly bytes: number }>>;

/** Objects that git has to read, and why. */
export interface LeftObjects {
  readonly reason: LeftReason | 'no-kernel' | 'base-missing' | 'pack-unreadable' | 'loose';
  readonly oids: readonly string[];
}

const types = ['commit', 'tree', 'blob', 'tag'] as const;

/** Turns what threads and loose objects yield into results by object id, each object and name once. */
export class ResultGatherer {
  readonly #options: ScanPacksOptions;
  readonly #names = new Set<string>();
  readonly #left = new Map<LeftObjects['reason'], string[]>();
  readonly #scanned = {
    commit: { objects: 0, bytes: 0 },
    tree: { objects: 0, bytes: 0 },
    blob: { objects: 0, bytes: 0 },
    tag: { objects: 0, bytes: 0 },
  };

  constructor(options: ScanPacksOptions) {
    this.#options = options;
  }

  addBatch(job: IndexedJob, batch: ResultBatch): void {
    for (const { entry, matches } of readBatch(batch)) this.addObject(idOf(job, entry), typeOf(job, entry), matches);
    for (const { name, matches } of batch.names) this.addName(name, matches);
    for (const { entry, unread } of batch.unread) this.addUnread(idOf(job, entry), unread);
    for (const { entry, reason } of batch.left) this.leave(idOf(job, entry), reason);
    if (batch.links) job.onLinks?.(batch.links);
    if (batch.gathered !== undefined) this.#options.onGathered?.(batch.gathered);
  }

  addObject(oid: string, type: ObjectType, matches: readonly Match[]): void {
    if (matches.length > 0) this.#options.onObject({ oid, type, matches });
  }

  addName(name: string, matches: readonly Match[]): void {
    if (matches.length === 0 || this.#names.has(name)) return;
    this.#names.add(name);
    this.#options.onName({ name, matches });
  }

  addUnread(oid: string, unread: Unread): void {
    this.#options.onUnread?.(oid, unread);
  }

  addCounts(counts: readonly WalkCounts[]): void {
    for (const { objects, bytes } of counts) {
      for (const [i, type] of types.entries()) this.count(type, objects[i + 1]!, bytes[i + 1]!);
    }
  }

  count(type: ObjectType, objects: number, bytes: number): void {
    this.#scanned[type].objects += objects;
    this.#scanned[type].bytes += bytes;
  }

  leave(oid: string, reason: LeftObjects['reason']): void {
    const oids = this.#left.get(reason);
    if (oids) oids.push(oid);
    else this.#left.set(reason, [oid]);
  }

  /** Leaves what no walk can reach: deltas without a base in their pack and, without a kernel, everything. */
  leaveUnwalkable(job: IndexedJob, isAll: boolean): void {
    const { count, types } = job.layout;
    for (let entry = 0; entry < count; entry++) {
      if (job.duplicates[entry] !== 0) continue;
      if (isAll) this.leave(idOf(job, entry), 'no-kernel');
      else if (types[entry] === 0) this.leave(idOf(job, entry), 'base-missing');
    }
  }

  /** Leaves the objects of a pack that cannot be walked, as far as they are not known from elsewhere. */
  leaveIndexed({ count, ids }: Pick<PackIndexTable, 'count' | 'ids'>, isKnown: (id: Buffer) => boolean): void {
    const hashBytes = ids.length / count;
    for (let position = 0; position < count; position++) {
      const id = ids.subarray(position * hashBytes, (position + 1) * hashBytes);
      if (!isKnown(id)) this.leave(id.toString('hex'), 'pack-unreadable');
    }
  }

  reportProgress(counts: readonly WalkCounts[], jobs: readonly IndexedJob[]): void {
    if (!this.#options.onProgress) return;
    const total = jobs.reduce((sum, { layout }) => sum + layout.count, 0);
    let objects = 0;
    let bytes = 0;
    for (const count of counts) {
      objects += count.objects.reduce((sum, value) => sum + value, 0);
      bytes += count.bytes.reduce((sum, value) => sum + value, 0);
    }
    this.#options.onProgress({ objects, total, bytes });
  }

  finish(): { scanned: ScannedCounts; left: LeftObjects[]; isLeft: (oid: string) => boolean } {
    const left = [...this.#left].map(([reason, oids]) => ({ reason, oids: [...new Set(oids)] }));
    const all = new Set(left.flatMap(({ oids }) => oids));
    return { scanned: this.#scanned, left, isLeft: (oid) => all.has(oid) };
  }
}

function idOf({ index, layout, hashBytes }: IndexedJob, entry: number): string {
  const start = layout.positions[entry]! * hashBytes;
  return index.ids.toString('hex', start, start + hashBytes);
}

function typeOf({ layout }: IndexedJob, entry: number): ObjectType {
  return types[layout.types[entry]! - 1]!;
}
