import { createHash, randomUUID } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { buildPackIndex } from './build-pack-index.ts';
import { deflatePieces } from './deflate-pieces.ts';
import { GitError } from './git-error.ts';
import { ObjectIdTable } from './object-id-table.ts';
import type { ObjectFormat, ObjectType } from './object-type.ts';
import { hashBytesOf } from './object-type.ts';
import { buildDelta } from './pack-delta.ts';
import type { PackEntries } from './pack-entries.ts';
import { buildPackEntryHeader, packEntryKinds, parsePackEntryHeader } from './pack-entry.ts';
import { PackWindow } from './pack-window.ts';

export interface WrittenPack {
  readonly packPath: string;
  readonly indexPath: string;
  readonly objectCount: number;
  readonly bytes: number;
}

interface RecentObject {
  readonly entry: number;
  readonly content: Buffer;
  readonly depth: number;
}

/** A pack that is copied from. */
interface OpenPack extends PackEntries {
  readonly file: number;
  readonly window: PackWindow;
  /** The number here of each entry that was copied from there; -1 of the others. */
  readonly copies: Int32Array;
}

const maxDepth = 50;
const recentBytes = 32 * 1024 * 1024;
const bufferBytes = 1024 * 1024;
const maxDeltaSourceBytes = 64 * 1024 * 1024;
const pieceBytes = 4 * 1024 * 1024;
const maxEntryHeaderBytes = 64;

/**
 * Writes one pack with its index (version 2), object by object, each once. Synchronous, for a thread of its own: see PackWriter.
 *
 * Objects are stored whole or as deltas on objects that stand before them (offset deltas), so the pack is complete in itself.
 */
export class PackBuilder {
  readonly #directory: string;
  readonly #format: ObjectFormat;
  readonly #idBytes: number;
  readonly #path: string;
  readonly #file: number;
  readonly #ids: ObjectIdTable;
  #offsets = new Float64Array(1024);
  #checksums = new Uint32Array(1024);
  readonly #recent = new Map<number, RecentObject>();
  #recentBytes = 0;
  readonly #buffer = Buffer.allocUnsafe(bufferBytes);
  #buffered = 0;
  #position = 0;

  /** `directory`: an existing one that nothing else but other builders writes packs to. */
  constructor(directory: string, format: ObjectFormat) {
    this.#directory = directory;
    this.#format = format;
    this.#idBytes = hashBytesOf(format);
    this.#ids = new ObjectIdTable(this.#idBytes);
    this.#path = join(directory, `tmp_pack_${randomUUID()}`);
    this.#file = openSync(this.#path, 'wx+', 0o444);
    this.#write(buildPackHeader(0));
  }

  /** Adds an object unless it is there. `likeId`: an object it may resemble; when that was added lately, a delta is tried. */
  add(type: ObjectType, id: Uint8Array, content: Buffer, likeId?: Uint8Array): void {
    if (this.#ids.find(id) !== -1) return;
    const base = likeId && this.#recent.get(this.#ids.find(likeId));
    const delta =
      base && base.depth < maxDepth && content.length <= maxDeltaSourceBytes
        ? buildDelta(base.content, content, Math.floor(content.length / 2))
        : undefined;
    const entry = this.#begin(id);
    if (base && delta) {
      const distance = this.#position - this.#offsets[base.entry]!;
      this.#writeEntry(entry, buildPackEntryHeader(packEntryKinds.offsetDelta, delta.length, distance), compress(delta));
    } else {
      this.#writeEntry(entry, buildPackEntryHeader(packEntryKinds[type], content.length), compress(content));
    }
    this.#remember({ entry, content, depth: base && delta ? base.depth + 1 : 0 });
  }

  /** Adds an object whose content is in a file, however large, unless it is there; gives its id. */
  addFile(type: ObjectType, path: string): Buffer {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      const digest = createHash(this.#format).update(`${type} ${size}\0`);
      for (const piece of readPieces(file, 0, size)) digest.update(piece);
      const id = digest.digest();
      if (this.#ids.find(id) !== -1) return id;
      this.#writePieces(this.#begin(id), buildPackEntryHeader(packEntryKinds[type], size), deflatePieces(readPieces(file, 0, size)));
      return id;
    } finally {
      closeSync(file);
    }
  }

  /**
   * Copies entries of another pack as they are, without unpacking them; only distances to bases change. `isKept`: one flag an entry. The
   * base of a kept delta must be kept too, or have been added before.
   *
   * Throws `REPOSITORY_BROKEN` when an entry does not have the checksum that the pack's index states.
   */
  copyEntries(source: PackEntries, isKept: Uint8Array): void {
    const file = openSync(source.path, 'r');
    try {
      const open: OpenPack = { ...source, file, window: new PackWindow(file), copies: new Int32Array(source.count).fill(-1) };
      for (let entry = 0; entry < source.count; entry++) {
        if (isKept[entry] === 1) this.#copyWithBases(open, isKept, entry);
      }
    } finally {
      closeSync(file);
    }
  }

  /** Completes pack and index under the names that git looks for. */
  finish(): WrittenPack {
    this.#flush();
    writeSync(this.#file, buildPackHeader(this.#ids.size), 0, 12, 0);
    const checksum = this.#hashFile();
    writeSync(this.#file, checksum, 0, checksum.length, this.#position);
    fsyncSync(this.#file);
    closeSync(this.#file);

    const name = join(this.#directory, `pack-${checksum.toString('hex')}`);
    const index = buildPackIndex(this.#format, { ids: this.#ids.bytes, offsets: this.#offsets, checksums: this.#checksums }, checksum);
    renameSync(this.#path, `${name}.pack`);
    writeFileSync(`${name}.idx`, index, { mode: 0o444, flag: 'wx', flush: true });
    return { packPath: `${name}.pack`, indexPath: `${name}.idx`, objectCount: this.#ids.size, bytes: this.#position + checksum.length };
  }

  /** Deltas follow their bases, whatever order the source has them in. */
  #copyWithBases(source: OpenPack, isKept: Uint8Array, entry: number): void {
    const base = source.bases[entry]!;
    if (base === -1 || source.copies[base] !== -1) {
      this.#copyEntry(source, entry);
      return;
    }
    const waiting: number[] = [];
    for (let at = entry; at !== -1 && !this.#isThere(source, at); at = source.bases[at]!) {
      if (isKept[at] !== 1) throw new Error('An object that is not to be kept would have been copied as the base of a delta.');
      waiting.push(at);
    }
    for (const at of waiting.toReversed()) this.#copyEntry(source, at);
  }

  #isThere(source: OpenPack, entry: number): boolean {
    if (source.copies[entry] === -1) source.copies[entry] = this.#ids.find(source.ids, entry * this.#idBytes);
    return source.copies[entry] !== -1;
  }

  /** Its base is there. */
  #copyEntry(source: OpenPack, at: number): void {
    const added = this.#ids.size;
    const entry = this.#begin(source.ids, at * this.#idBytes);
    source.copies[at] = entry;
    if (entry !== added) return;
    const start = source.offsets[at]!;
    const length = source.offsets[at + 1]! - start;
    const isLarge = length > pieceBytes;
    const bytes = source.window.read(start, isLarge ? maxEntryHeaderBytes : length);
    if (!bytes) throw damagedPack(source.path, start);
    const checksum = source.checksums?.[at];
    const found = isLarge ? undefined : crc32(bytes);
    if (found !== undefined && checksum !== undefined && found !== checksum) throw damagedPack(source.path, start);
    const base = source.bases[at]!;
    const distance = base === -1 ? undefined : this.#position - this.#offsets[source.copies[base]!]!;
    const isSame = distance === undefined || (distance === start - source.offsets[base]! && kindOf(bytes) !== packEntryKinds.idDelta);
    if (isSame && found !== undefined) {
      this.#checksums[entry] = found;
      this.#write(bytes);
      return;
    }
    const header = parsePackEntryHeader(bytes, 0, this.#idBytes);
    if (!header) throw damagedPack(source.path, start);
    const kind = base === -1 ? header.kind : packEntryKinds.offsetDelta;
    const newHeader = buildPackEntryHeader(kind, header.size, distance);
    if (!isLarge) {
      this.#writeEntry(entry, newHeader, bytes.subarray(header.dataAt));
      return;
    }
    let foundInPieces = crc32(bytes.subarray(0, header.dataAt));
    const checked = readPieces(source.file, start + header.dataAt, start + length).map((piece) => {
      foundInPieces = crc32(piece, foundInPieces);
      return piece;
    });
    this.#writePieces(entry, newHeader, checked);
    if (checksum !== undefined && foundInPieces !== checksum) throw damagedPack(source.path, start);
  }

  /** The entry of the id that stands there; the one that it has when it was added before. */
  #begin(ids: Uint8Array, at = 0): number {
    const added = this.#ids.size;
    const entry = this.#ids.add(ids, at);
    if (entry !== added) return entry;
    if (entry >= this.#offsets.length) {
      this.#offsets = grow(this.#offsets, new Float64Array(this.#offsets.length * 2));
      this.#checksums = grow(this.#checksums, new Uint32Array(this.#checksums.length * 2));
    }
    this.#offsets[entry] = this.#position;
    return entry;
  }

  #writeEntry(entry: number, header: Buffer, data: Buffer): void {
    this.#checksums[entry] = crc32(data, crc32(header));
    this.#write(header);
    this.#write(data);
  }

  #writePieces(entry: number, header: Buffer, data: Iterable<Buffer>): void {
    let checksum = crc32(header);
    this.#write(header);
    for (const piece of data) {
      checksum = crc32(piece, checksum);
      this.#write(piece);
    }
    this.#checksums[entry] = checksum;
  }

  #write(bytes: Buffer): void {
    this.#position += bytes.length;
    if (bytes.length > bufferBytes - this.#buffered) this.#flush();
    if (bytes.length > bufferBytes) {
      writeFully(this.#file, bytes);
      return;
    }
    bytes.copy(this.#buffer, this.#buffered);
    this.#buffered += bytes.length;
  }

  #flush(): void {
    writeFully(this.#file, this.#buffer.subarray(0, this.#buffered));
    this.#buffered = 0;
  }

  #remember(object: RecentObject): void {
    if (object.content.length > recentBytes / 4) return;
    this.#recent.set(object.entry, object);
    this.#recentBytes += object.content.length;
    for (const [entry, { content }] of this.#recent) {
      if (this.#recentBytes <= recentBytes) return;
      this.#recent.delete(entry);
      this.#recentBytes -= content.length;
    }
  }

  #hashFile(): Buffer {
    const digest = createHash(this.#format);
    for (const piece of readPieces(this.#file, 0, this.#position)) digest.update(piece);
    return digest.digest();
  }
}

/** A part of a file, in pieces that hold until the next one is asked for. */
function* readPieces(file: number, start: number, end: number): Generator<Buffer, void, undefined> {
  const piece = Buffer.allocUnsafe(Math.min(pieceBytes, end - start));
  for (let at = start; at < end;) {
    const got = readSync(file, piece, 0, Math.min(piece.length, end - at), at);
    if (got === 0) throw new GitError('REPOSITORY_BROKEN', 'A pack or file became shorter while it was read: something else changed it.');
    yield piece.subarray(0, got);
    at += got;
  }
}

function kindOf(entry: Buffer): number {
  return (entry[0]! >> 4) & 7;
}

function damagedPack(path: string, at: number): GitError {
  return new GitError('REPOSITORY_BROKEN', `${path} is damaged at byte ${at}: run git fsck on the repository, or clone it anew.`);
}

function buildPackHeader(count: number): Buffer {
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(count, 8);
  return header;
}

/** zlib spends more on a few bytes than they are worth: those are stored as they are (RFC 1950, RFC 1951 §3.2.4). */
function compress(content: Buffer): Buffer {
  if (content.length > 96) return deflateSync(content);
  const stored = Buffer.allocUnsafe(content.length + 11);
  stored.writeUInt16BE(0x7801, 0);
  stored[2] = 1;
  stored.writeUInt16LE(content.length, 3);
  stored.writeUInt16LE(content.length ^ 0xffff, 5);
  content.copy(stored, 7);
  stored.writeUInt32BE(adler32(content), content.length + 7);
  return stored;
}

function adler32(content: Buffer): number {
  let low = 1;
  let high = 0;
  for (const byte of content) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return high * 65_536 + low;
}

function writeFully(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done);
}

function grow<T extends Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
