import { randomFillSync } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { none, type PackLayout } from '@deployguard/git';
import { Arena } from './arena.ts';
import { createKernel, type Kernel, type KernelModule } from './kernel.ts';
import type { Match } from '../../detect/detector.ts';
import { LinkWriter, wordsPerEntry, type LinkWriterOptions } from './link-writer.ts';
import type { Matcher } from './matcher.ts';
import { collectMatches, countSearchBytes, maxRuns, ObjectSearch, type Hit } from './object-search.ts';
import { PackBytes } from './pack-bytes.ts';
import { BatchWriter, emptyBatch, type LeftReason, type ResultBatch } from './result-batch.ts';

export interface WalkLimits {
  /** Memory for contents, of each thread. Objects larger than a quarter of it are left to git. */
  readonly contentBytes: number;
  /** Inflated bytes that a thread reads before it leaves the rest: a pack of a megabyte can stand for petabytes. */
  readonly totalBytes: number;
}

/** A pack to be walked. Can be sent to a thread. */
export interface PackJob {
  readonly path: string;
  readonly layout: PackLayout;
  readonly hashBytes: 20 | 32;
  /** 1 for each entry whose object another pack holds too: it counts there. */
  readonly duplicates: Uint8Array;
  /** Ids in the order of the index, for a matcher that visits objects. */
  readonly ids?: Uint8Array;
  /** For a matcher that visits: 2 for each entry that it is to be handed, 1 for those that others are made of. Default: all. */
  readonly wanted?: Uint8Array;
  /** Where what objects lead to is to be noted: all ids of the store, or with names those that matter. */
  readonly links?: LinkWriterOptions;
  /** Note what objects lead to and nothing else. */
  readonly linksOnly?: boolean;
}

/** Objects and bytes scanned, by type (1 to 4, as in packs). */
export interface WalkCounts {
  readonly objects: Float64Array;
  readonly bytes: Float64Array;
}

/** Counts of nothing yet, that threads can share. */
export function createCounts(): WalkCounts {
  return { objects: new Float64Array(new SharedArrayBuffer(40)), bytes: new Float64Array(new SharedArrayBuffer(40)) };
}

/** An object whose deltas are under way. */
interface Frame {
  readonly address: number;
  readonly size: number;
  readonly hits: Hit[] | undefined;
  readonly isWrapped: boolean;
  /** Of a tree: where the numbers of what it leads to stand; 0 when they were not kept. */
  readonly links: number;
  /** For a visiting matcher. */
  readonly content?: Buffer;
  /** What a visiting matcher returned. */
  readonly note?: unknown;
  nextDelta: number;
}

const types = ['commit', 'tree', 'blob', 'tag'] as const;
const commitType = 1;
const treeType = 2;
const blobType = 3;
/** A tree's entry without mode and name: a space, a NUL and the id. */
const leastEntryBytes = 2;
const staticBytes = 1 << 20;
const deltaBytes = 1 << 20;
const nameSlotBytes = 4 << 16;
const knownNameBytes = 2 << 20;
const newNameCapacity = 4096;
/** How many objects are made before the clock is looked at. */
const objectsBetweenLooks = 16;

/**
 * Searches the objects of packs, each delta tree from its root down, depth first: a content is made once, searched where it differs from
 * its base, and given up when its last delta is made.
 */
export class PackWalker {
  readonly counts: WalkCounts;
  readonly #kernel: Kernel;
  readonly #matcher: Matcher;
  readonly #limits: WalkLimits;
  readonly #keepDropped: boolean;
  readonly #results: BatchWriter;
  readonly #search: ObjectSearch;
  readonly #arena: Arena;
  readonly #bytes: PackBytes;
  readonly #words: Uint32Array;
  readonly #delta: number;
  readonly #newNames: number;
  readonly #nameSlots: number;
  readonly #linkWords: Int32Array;
  readonly #deliver: (batch: ResultBatch) => void;
  #links: LinkWriter | undefined;
  #file = -1;
  #job!: PackJob;
  /** The job's ids, for a matcher that visits. */
  #ids: Buffer | undefined;
  #madeBytes = 0;
  readonly #frames: Frame[] = [];

  constructor(
    module: KernelModule,
    matcher: Matcher,
    limits: WalkLimits,
    keepDropped: boolean,
    deliver: (batch: ResultBatch) => void,
    counts = createCounts(),
  ) {
    const table = matcher.getAnchorTable();
    const pieces = [countSearchBytes(table), newNameCapacity * 8, nameSlotBytes + knownNameBytes, deltaBytes, PackBytes.cacheBytes];
    const ownBytes = pieces.reduce((sum, bytes) => sum + bytes + 1024, staticBytes);
    this.#kernel = createKernel(module, ownBytes + limits.contentBytes);
    const { memory, memoryStart } = this.#kernel;
    let free = memoryStart;
    const [search, newNames, nameSlots, delta, cache] = pieces.map((bytes) => {
      const address = (free + 63) & ~63;
      // Every piece may be read a little behind its end, and written where contents are made.
      free = address + bytes + this.#kernel.slackBytes;
      return address;
    }) as [number, number, number, number, number];

    this.counts = counts;
    this.#matcher = matcher;
    this.#limits = limits;
    this.#keepDropped = keepDropped;
    this.#results = new BatchWriter(deliver);
    this.#search = new ObjectSearch(this.#kernel, matcher, table, search);
    this.#newNames = newNames;
    this.#nameSlots = nameSlots;
    this.#delta = delta;
    this.#arena = new Arena((free + 63) & ~63, memory.length, this.#kernel.slackBytes);
    this.#bytes = new PackBytes(memory, cache, this.#arena);
    this.#words = new Uint32Array(memory.buffer);
    this.#linkWords = new Int32Array(memory.buffer);
    this.#deliver = deliver;
  }

  /** What follows walks this pack. */
  open(job: PackJob): void {
    this.#job = job;
    this.#ids = job.ids && Buffer.from(job.ids.buffer, job.ids.byteOffset, job.ids.byteLength);
    this.#file = openSync(job.path, 'r');
    this.#links = job.links && new LinkWriter(job.links, (links) => this.#deliver({ ...emptyBatch(), links }));
    this.#bytes.setFile(this.#file, job.layout.offsets[job.layout.count]! + job.hashBytes);
    const seed = randomFillSync(new Uint32Array(2));
    this.#kernel.setNames(
      this.#nameSlots,
      this.#nameSlots + nameSlotBytes,
      this.#nameSlots + nameSlotBytes + knownNameBytes,
      seed[0]!,
      seed[1]!,
      job.hashBytes,
    );
  }

  /** Hands out what was found and closes the pack. */
  close(): void {
    this.#links?.flush();
    this.#results.flush(this.#matcher.takeGathered?.());
    closeSync(this.#file);
  }

  /** Begins with a root; `advance` does the rest of its tree. */
  start(root: number): void {
    this.#visit(root, undefined);
  }

  /** Goes on with everything that is a delta on the root, directly or not. False when there is more to do after that time. */
  advance(until: number): boolean {
    const { nextDelta } = this.#job.layout;
    for (let done = 1, base = this.#frames.at(-1); base; done++, base = this.#frames.at(-1)) {
      const entry = base.nextDelta;
      base.nextDelta = nextDelta[entry]!;
      const isLast = base.nextDelta === none;
      if (isLast) this.#frames.pop();
      if (this.#isNeeded(entry)) this.#visit(entry, base);
      if (isLast) this.#giveUp(base);
      if (done % objectsBetweenLooks === 0 && performance.now() > until) return false;
    }
    return true;
  }

  #isNeeded(entry: number): boolean {
    const { wanted, duplicates, layout } = this.#job;
    return (wanted === undefined || wanted[entry] !== 0) && (duplicates[entry] === 0 || layout.firstDelta[entry] !== none);
  }

  /** Makes and searches one object; adds it to the frames when there are deltas on it. */
  #visit(entry: number, base: Frame | undefined): void {
    const made = this.#make(entry, base);
    if (typeof made === 'string') {
      this.#leave(entry, made);
      return;
    }
    const { layout } = this.#job;
    const firstDelta = layout.firstDelta[entry]!;
    const { address, size, runCount } = made;
    this.#madeBytes += size;
    const links = this.#links ? this.#noteLinks(entry, address, size, base) : 0;
    if (links === undefined) {
      this.#arena.free(address);
      this.#leave(entry, 'too-large');
      return;
    }
    if (this.#job.linksOnly) {
      this.#keep({ address, size, hits: undefined, isWrapped: false, links, nextDelta: firstDelta });
      return;
    }
    if (this.#matcher.visit) {
      this.#handOver(entry, made, links, base, this.#matcher.visit);
      return;
    }
    if (layout.types[entry] === treeType) {
      if (this.#searchNames(address, size)) this.#count(entry, size);
      else this.#leaveOne(entry, 'unreadable');
      this.#keep({ address, size, hits: undefined, isWrapped: false, links, nextDelta: firstDelta });
      return;
    }

    this.#count(entry, size);
    const content = this.#kernel.memory.subarray(address, address + size);
    const isWrapped = this.#matcher.isWrapped(content);
    let hits: Hit[] | undefined;
    if (isWrapped) {
      const matches = this.#matcher.scan(content, (unread) => {
        if (this.#job.duplicates[entry] === 0) this.#results.addUnread(entry, unread);
      });
      this.#report(entry, matches);
    } else {
      const isDerived = base !== undefined && !base.isWrapped && runCount <= maxRuns;
      hits = isDerived ? this.#search.searchChanged(address, size, runCount, base.size, base.hits) : this.#search.search(address, size);
      if (hits) this.#report(entry, collectMatches(hits, this.#matcher));
    }
    this.#keep({ address, size, hits, isWrapped, links, nextDelta: firstDelta });
  }

  /** Keeps what has deltas on it. */
  #keep(frame: Frame): void {
    if (frame.nextDelta === none) this.#giveUp(frame);
    else this.#frames.push(frame);
  }

  #giveUp({ address, links }: Frame): void {
    this.#arena.free(address);
    if (links !== 0) this.#arena.free(links);
  }

  /** Notes what the object leads to. Gives where a tree's numbers are kept for its deltas, 0 where they are not; `undefined` when memory is short. */
  #noteLinks(entry: number, address: number, size: number, base: Frame | undefined): number | undefined {
    const { layout, duplicates, hashBytes } = this.#job;
    const type = layout.types[entry]!;
    if (type === blobType) return 0;
    const writer = this.#links!;
    const isOwn = duplicates[entry] === 0;
    const content = this.#kernel.memory.subarray(address, address + size);
    if (type !== treeType) {
      if (isOwn) writer.addHeaders(entry, type === commitType, content);
      return 0;
    }
    const mostEntries = Math.floor(size / (hashBytes + leastEntryBytes));
    const linkBytes = 4 * wordsPerEntry * mostEntries;
    const neededBytes = linkBytes + 4 * mostEntries + linkBytes;
    const isInBuffer = neededBytes <= deltaBytes;
    const target = isInBuffer ? this.#delta : this.#arena.allocate(neededBytes);
    if (target === 0) return undefined;
    const opens = target + linkBytes;
    const packed = opens + 4 * mostEntries;
    const known = base && base.links !== 0 ? base : { address: 0, size: 0, links: 0 };
    const count = this.#kernel.listLinks(address, size, known.address, known.size, known.links, target, opens);
    writer.fillIn(content, this.#linkWords, target >>> 2, opens >>> 2, this.#kernel.countOpenLinks());
    if (isOwn) {
      const words = count < 0 ? count : this.#kernel.packLinks(target, count, writer.withNames ? 1 : 0, packed);
      writer.addTree(entry, this.#linkWords, packed >>> 2, words);
    }
    const kept = count > 0 && layout.firstDelta[entry] !== none ? this.#arena.allocate(4 * wordsPerEntry * count) : 0;
    if (kept !== 0) this.#linkWords.copyWithin(kept >>> 2, target >>> 2, (target >>> 2) + wordsPerEntry * count);
    if (!isInBuffer) this.#arena.free(target);
    return kept;
  }

  #handOver(
    entry: number,
    { address, size, runCount }: { address: number; size: number; runCount: number },
    links: number,
    base: Frame | undefined,
    visit: NonNullable<Matcher['visit']>,
  ): void {
    const { layout, duplicates, wanted, hashBytes } = this.#job;
    const ids = this.#ids;
    const content = this.#kernel.memory.subarray(address, address + size);
    this.#count(entry, size);
    let note: unknown;
    if (duplicates[entry] === 0 && (wanted === undefined || wanted[entry] === 2)) {
      const id = layout.positions[entry]! * hashBytes;
      const runs = this.#search.runs >>> 2;
      note = visit(
        types[layout.types[entry]! - 1]!,
        ids!.subarray(id, id + hashBytes),
        content,
        base && runCount <= maxRuns
          ? {
              content: base.content!,
              runs: this.#words.subarray(runs, runs + 3 * runCount),
              note: base.note,
            }
          : undefined,
      );
    }
    this.#keep({ address, size, hits: undefined, isWrapped: false, links, content, note, nextDelta: layout.firstDelta[entry]! });
  }

  /** Makes an object's content; says why where it cannot. */
  #make(entry: number, base: Frame | undefined): { address: number; size: number; runCount: number } | LeftReason {
    const { offsets, headerBytes, sizes } = this.#job.layout;
    const size = sizes[entry]!;
    const largest = this.#limits.contentBytes / 4;
    if (size > largest) return 'too-large';
    if (this.#madeBytes > this.#limits.totalBytes) return 'limit';

    const isInBuffer = base !== undefined && size <= deltaBytes;
    const address = isInBuffer ? this.#delta : this.#arena.allocate(size);
    if (address === 0) return 'too-large';
    const end = offsets[entry + 1]!;
    const source = this.#bytes.locate(offsets[entry]! + headerBytes[entry]!, end);
    const sourceEnd = source + (end - offsets[entry]! - headerBytes[entry]!);
    const isInflated = source !== 0 && this.#kernel.inflate(source, sourceEnd, address, size) === 0;
    this.#bytes.release();
    if (!isInflated) {
      if (!isInBuffer) this.#arena.free(address);
      return 'unreadable';
    }
    if (base === undefined) return { address, size, runCount: 0 };
    const made = this.#applyDelta(address, size, base, largest);
    if (!isInBuffer) this.#arena.free(address);
    return made;
  }

  #applyDelta(
    delta: number,
    deltaSize: number,
    base: Frame,
    largest: number,
  ): { address: number; size: number; runCount: number } | LeftReason {
    const kernel = this.#kernel;
    if (kernel.openDelta(delta, delta + deltaSize) !== 0 || kernel.deltaBaseSize() !== base.size) return 'unreadable';
    const size = kernel.deltaResultSize();
    const address = size > largest ? 0 : this.#arena.allocate(size);
    if (address === 0) return 'too-large';
    const runCount = kernel.applyDelta(delta + deltaSize, base.address, address, this.#search.runs, maxRuns);
    if (runCount >= 0) return { address, size, runCount };
    this.#arena.free(address);
    return 'unreadable';
  }

  /** Searches the names of a tree that were not met before, each for itself. False when the tree cannot be read to its end. */
  #searchNames(address: number, size: number): boolean {
    this.#kernel.startTree(address, size);
    for (;;) {
      const count = this.#kernel.nextNames(this.#newNames, newNameCapacity);
      for (let word = this.#newNames >>> 2; word < (this.#newNames >>> 2) + 2 * count; word += 2) {
        this.#searchName(address + this.#words[word]!, this.#words[word + 1]!);
      }
      if (count < newNameCapacity) return this.#kernel.isTreeBroken() === 0;
    }
  }

  #searchName(address: number, size: number): void {
    const name = this.#kernel.memory.subarray(address, address + size);
    if (!this.#matcher.isWrapped(name) && !this.#search.search(address, size)) return;
    const matches = this.#withoutDropped(this.#matcher.scan(name, () => {}));
    if (matches.length > 0) this.#results.addName(name.toString('latin1'), matches);
  }

  #report(entry: number, matches: readonly Match[]): void {
    if (this.#job.duplicates[entry] === 0) this.#results.addObject(entry, this.#withoutDropped(matches));
  }

  #withoutDropped(matches: readonly Match[]): readonly Match[] {
    return this.#keepDropped ? matches : matches.filter(({ dropped }) => dropped === undefined);
  }

  #count(entry: number, size: number): void {
    if (this.#job.duplicates[entry] !== 0) return;
    const type = this.#job.layout.types[entry]!;
    this.counts.objects[type]!++;
    this.counts.bytes[type]! += size;
  }

  /** Leaves an object to git, and with it all that are deltas on it. */
  #leave(entry: number, reason: LeftReason): void {
    const { firstDelta, nextDelta } = this.#job.layout;
    this.#leaveOne(entry, reason);
    const open = [entry];
    for (let base = open.pop(); base !== undefined; base = open.pop()) {
      for (let delta = firstDelta[base]!; delta !== none; delta = nextDelta[delta]!) {
        this.#leaveOne(delta, 'base-left');
        if (firstDelta[delta] !== none) open.push(delta);
      }
    }
  }

  #leaveOne(entry: number, reason: LeftReason): void {
    if (this.#job.duplicates[entry] === 0) this.#results.addLeft(entry, reason);
  }
}
