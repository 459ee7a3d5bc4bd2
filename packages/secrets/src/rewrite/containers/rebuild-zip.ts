import { crc32 } from 'node:zlib';
import { CannotRepackError } from './container.ts';
import type { ContainerChanges } from './container.ts';
import { streamedFlag } from './list-zip-parts.ts';
import type { ZipFile, ZipParts } from './list-zip-parts.ts';
import { zipRecords } from './read-zip-layout.ts';
import type { CentralEntry, ZipDirectory } from './read-zip-layout.ts';
import { createMemberRenamer } from './rename-members.ts';
import { packStream } from './unpack-stream.ts';
import { inZip64, rebuildExtra } from './zip-extra.ts';
import type { ExtraChanges } from './zip-extra.ts';

export interface OpenedZip {
  readonly content: Buffer;
  readonly directory: ZipDirectory | undefined;
  readonly layout: ZipParts;
  /** What `contents` of the changes counts. */
  readonly files: readonly ZipFile[];
}

/** What became of a file: what the directory has to say of it. */
interface Written {
  readonly at: number;
  readonly data?: NewData;
}

interface NewData {
  readonly packed: Buffer;
  readonly checksum: number;
  readonly unpackedBytes: number;
}

type Redaction = Pick<ExtraChanges, 'redactName' | 'redactText'>;

/** Levels of deflate by bits 1 and 2 of an entry's flags (APPNOTE.TXT §4.4.4): normal, maximum, fast, super fast. */
const levels = [6, 9, 3, 1] as const;
const maxTextBytes = 0xffff;

/** Entries keep their order, dates, flags and methods; what does not change keeps its packed bytes. */
export function rebuildZip({ content, directory, layout, files }: OpenedZip, changes: ContainerChanges): Buffer {
  if (!directory || layout.fault !== undefined) throw new CannotRepackError(layout.fault ?? 'the zip file has no directory');
  const names = new Set(files.map(({ local }) => local.name.toString('latin1')));
  const redaction = { redactName: createMemberRenamer(names, changes.redactName), redactText: changes.redactText };
  const written = new Map<number, Written>();
  const output: Buffer[] = [];
  let position = 0;
  const write = (bytes: Buffer): void => {
    output.push(bytes);
    position += bytes.length;
  };

  let index = 0;
  for (const { start, end, file } of layout.parts) {
    if (!file) {
      write(changes.redactText(content.subarray(start, end)) ?? content.subarray(start, end));
      continue;
    }
    const changed = changes.contents.get(index++);
    const data = changed && packFile(file, changed);
    written.set(start, { at: position, ...(data && { data }) });
    for (const part of rebuildFile(content, file, data, redaction)) write(part);
  }
  const directoryStart = position;
  for (const entry of directory.entries) write(rebuildCentral(content, entry, written.get(entry.localAt)!, redaction));
  rebuildEnd(content, directory, { start: directoryStart, bytes: position - directoryStart, redaction, position, write });
  return Buffer.concat(output);
}

function packFile({ local, descriptor }: ZipFile, content: Buffer): NewData {
  if (local.flags & streamedFlag && !descriptor) throw new CannotRepackError('sizes in the zip file are damaged');
  const { method, flags } = local;
  const packed =
    method === 0
      ? content
      : method === 8
        ? packStream('deflate', content, { level: levels[(flags >> 1) & 3]! })
        : packStream('zstd', content);
  return { packed, checksum: crc32(content), unpackedBytes: content.length };
}

function rebuildFile(content: Buffer, file: ZipFile, data: NewData | undefined, redaction: Redaction): Buffer[] {
  const { local, dataEnd, descriptor } = file;
  const { at, dataStart, stated } = local;
  const header = Buffer.from(content.subarray(at, at + zipRecords.local.bytes));
  const name = redaction.redactName(local.name) ?? local.name;
  const zip64: number[] = [];
  if (data) {
    // Zero means that it stands behind the data.
    const isKnown = (local.flags & streamedFlag) === 0;
    const writeSize = (old: number, value: number, field: number): void => {
      if (old === inZip64) zip64.push(isKnown ? value : 0);
      else if (isKnown || old !== 0) header.writeUInt32LE(value, field);
    };
    if (isKnown || stated.checksum !== 0) header.writeUInt32LE(data.checksum, 14);
    writeSize(stated.unpackedBytes, data.unpackedBytes, 22);
    writeSize(stated.packedBytes, data.packed.length, 18);
  }
  const extra = rebuildExtra(local.extra, { zip64, name, ...redaction });
  header.writeUInt16LE(checkLength(name), 26);
  header.writeUInt16LE(checkLength(extra), 28);
  const packed = data?.packed ?? content.subarray(dataStart, dataEnd);
  if (!descriptor) return [header, name, extra, packed];
  return [header, name, extra, packed, data ? buildDescriptor(file, data) : content.subarray(dataEnd, dataEnd + descriptor.bytes)];
}

function buildDescriptor({ descriptor }: ZipFile, { packed, checksum, unpackedBytes }: NewData): Buffer {
  const { bytes, hasSignature, sizeBytes } = descriptor!;
  const built = Buffer.alloc(bytes);
  let at = hasSignature ? built.writeUInt32LE(zipRecords.descriptor.magic, 0) : 0;
  at = built.writeUInt32LE(checksum, at);
  for (const size of [packed.length, unpackedBytes]) {
    at = sizeBytes === 4 ? built.writeUInt32LE(size, at) : built.writeBigUInt64LE(BigInt(size), at);
  }
  return built;
}

function rebuildCentral(content: Buffer, entry: CentralEntry, { at, data }: Written, redaction: Redaction): Buffer {
  const header = Buffer.from(content.subarray(entry.at, entry.at + zipRecords.central.bytes));
  const name = redaction.redactName(entry.name) ?? entry.name;
  const comment = redaction.redactText(entry.comment) ?? entry.comment;
  const values = {
    unpackedBytes: data?.unpackedBytes ?? entry.unpackedBytes,
    packedBytes: data?.packed.length ?? entry.packedBytes,
    localAt: at,
  };
  header.writeUInt32LE(data?.checksum ?? entry.checksum, 16);
  for (const [field, offset] of [
    ['packedBytes', 20],
    ['unpackedBytes', 24],
    ['localAt', 42],
  ] as const) {
    if (!entry.zip64.includes(field)) header.writeUInt32LE(values[field], offset);
  }
  const extra = rebuildExtra(entry.extra, { zip64: entry.zip64.map((field) => values[field]), name, comment, ...redaction });
  header.writeUInt16LE(checkLength(name), 28);
  header.writeUInt16LE(checkLength(extra), 30);
  header.writeUInt16LE(checkLength(comment), 32);
  return Buffer.concat([header, name, extra, comment]);
}

interface EndContext {
  readonly start: number;
  readonly bytes: number;
  readonly redaction: Redaction;
  readonly position: number;
  readonly write: (bytes: Buffer) => void;
}

/** What is behind the directory: its signature, the records of Zip64, the end record with the comment, and whatever follows. */
function rebuildEnd(content: Buffer, directory: ZipDirectory, { start, bytes, redaction, position, write }: EndContext): void {
  const { end, end64At, locator64At, endAt } = directory;
  const before = Buffer.from(content.subarray(end, endAt));
  if (end64At !== undefined && locator64At !== undefined) {
    before.writeBigUInt64LE(BigInt(bytes), end64At - end + 40);
    before.writeBigUInt64LE(BigInt(start), end64At - end + 48);
    before.writeBigUInt64LE(BigInt(position + end64At - end), locator64At - end + 8);
  }
  write(before);
  const record = Buffer.from(content.subarray(endAt, endAt + zipRecords.end.bytes));
  const comment = redaction.redactText(directory.comment) ?? directory.comment;
  if (record.readUInt32LE(12) !== inZip64) record.writeUInt32LE(bytes, 12);
  if (record.readUInt32LE(16) !== inZip64) record.writeUInt32LE(start, 16);
  record.writeUInt16LE(checkLength(comment), 20);
  write(record);
  write(comment);
  const rest = content.subarray(endAt + zipRecords.end.bytes + directory.comment.length);
  write(redaction.redactText(rest) ?? rest);
}

function checkLength(text: Buffer): number {
  if (text.length > maxTextBytes) throw new CannotRepackError('a name or comment in the zip file would become too long');
  return text.length;
}
