import { inZip64, readZip64 } from './zip-extra.ts';

/** Records of a zip file (APPNOTE.TXT §4.3): their first bytes, and how long they are without what varies. */
export const zipRecords = {
  local: { magic: 0x04034b50, bytes: 30 },
  central: { magic: 0x02014b50, bytes: 46 },
  end: { magic: 0x06054b50, bytes: 22 },
  end64: { magic: 0x06064b50, bytes: 56 },
  locator64: { magic: 0x07064b50, bytes: 20 },
  descriptor: { magic: 0x08074b50, bytes: 4 },
} as const;

/** An entry of the directory at the end. */
export interface CentralEntry {
  readonly at: number;
  readonly end: number;
  readonly name: Buffer;
  readonly extra: Buffer;
  readonly comment: Buffer;
  readonly checksum: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly localAt: number;
  /** Which of the unpacked size, the packed size and the place stand in the extra field. */
  readonly zip64: readonly ('unpackedBytes' | 'packedBytes' | 'localAt')[];
}

export interface ZipDirectory {
  readonly entries: readonly CentralEntry[];
  readonly start: number;
  /** Behind the last entry. */
  readonly end: number;
  readonly end64At?: number;
  readonly locator64At?: number;
  readonly endAt: number;
  readonly comment: Buffer;
}

/** A file with its header as it stands in the zip file. */
export interface LocalEntry {
  readonly at: number;
  readonly flags: number;
  readonly method: number;
  readonly name: Buffer;
  readonly extra: Buffer;
  readonly dataStart: number;
  /** As the header has them: 0 when they stand behind the data, all ones when in the extra field. */
  readonly stated: { readonly checksum: number; readonly packedBytes: number; readonly unpackedBytes: number };
}

/** By the record at the end. `undefined` when there is none that makes sense, or it is one of several disks. */
export function readZipDirectory(content: Buffer): ZipDirectory | undefined {
  const endAt = findEndRecord(content);
  if (endAt === undefined || content.readUInt16LE(endAt + 4) !== 0) return undefined;
  const end64 = findEnd64(content, endAt);
  const startField = content.readUInt32LE(endAt + 16);
  const start = startField === inZip64 && end64 ? Number(content.readBigUInt64LE(end64.end64At + 48)) : startField;
  const limit = end64?.end64At ?? endAt;
  const entries: CentralEntry[] = [];
  let at = start;
  while (at + zipRecords.central.bytes <= limit && content.readUInt32LE(at) === zipRecords.central.magic) {
    const entry = readCentralEntry(content, at);
    if (!entry || entry.end > limit) return undefined;
    entries.push(entry);
    at = entry.end;
  }
  if (at > limit || entries.length % 0x10000 !== countEntries(content, endAt, end64?.end64At)) return undefined;
  const commentStart = endAt + zipRecords.end.bytes;
  const comment = content.subarray(commentStart, commentStart + content.readUInt16LE(endAt + 20));
  return { entries, start, end: at, endAt, comment, ...end64 };
}

/** As the end says, modulo 2¹⁶: more do not fit the old field, and not every writer has the new one for that. */
function countEntries(content: Buffer, endAt: number, end64At: number | undefined): number {
  const count = content.readUInt16LE(endAt + 10);
  return count === 0xffff && end64At !== undefined ? Number(content.readBigUInt64LE(end64At + 32) % 0x10000n) : count;
}

/** The last one with a comment that fits; rather one whose comment ends the file. */
function findEndRecord(content: Buffer): number | undefined {
  const signature = Buffer.from('PK\x05\x06', 'latin1');
  let last: number | undefined;
  for (let at = content.lastIndexOf(signature); at !== -1; at = at === 0 ? -1 : content.lastIndexOf(signature, at - 1)) {
    if (content.length - at > zipRecords.end.bytes + 0xffff && last !== undefined) return last;
    const end = at + zipRecords.end.bytes <= content.length ? at + zipRecords.end.bytes + content.readUInt16LE(at + 20) : Infinity;
    if (end === content.length) return at;
    if (end < content.length) last ??= at;
  }
  return last;
}

function findEnd64(content: Buffer, endAt: number): { end64At: number; locator64At: number } | undefined {
  const locator64At = endAt - zipRecords.locator64.bytes;
  if (locator64At < 0 || content.readUInt32LE(locator64At) !== zipRecords.locator64.magic) return undefined;
  const end64At = Number(content.readBigUInt64LE(locator64At + 8));
  if (end64At + zipRecords.end64.bytes > locator64At || content.readUInt32LE(end64At) !== zipRecords.end64.magic) return undefined;
  return { end64At, locator64At };
}

function readCentralEntry(content: Buffer, at: number): CentralEntry | undefined {
  const nameStart = at + zipRecords.central.bytes;
  const extraStart = nameStart + content.readUInt16LE(at + 28);
  const commentStart = extraStart + content.readUInt16LE(at + 30);
  const end = commentStart + content.readUInt16LE(at + 32);
  const extra = content.subarray(extraStart, commentStart);
  const fields = {
    unpackedBytes: content.readUInt32LE(at + 24),
    packedBytes: content.readUInt32LE(at + 20),
    localAt: content.readUInt32LE(at + 42),
  };
  const zip64 = (['unpackedBytes', 'packedBytes', 'localAt'] as const).filter((field) => fields[field] === inZip64);
  const values = readZip64(extra, zip64.length);
  if (zip64.length > 0 && !values) return undefined;
  for (const [index, field] of zip64.entries()) fields[field] = values![index]!;
  return {
    at,
    end,
    name: content.subarray(nameStart, extraStart),
    extra,
    comment: content.subarray(commentStart, end),
    checksum: content.readUInt32LE(at + 16),
    ...fields,
    zip64,
  };
}

export function readLocalEntry(content: Buffer, at: number): LocalEntry | undefined {
  if (at < 0 || at + zipRecords.local.bytes > content.length || content.readUInt32LE(at) !== zipRecords.local.magic) return undefined;
  const nameStart = at + zipRecords.local.bytes;
  const extraStart = nameStart + content.readUInt16LE(at + 26);
  const dataStart = extraStart + content.readUInt16LE(at + 28);
  if (dataStart > content.length) return undefined;
  return {
    at,
    flags: content.readUInt16LE(at + 6),
    method: content.readUInt16LE(at + 8),
    name: content.subarray(nameStart, extraStart),
    extra: content.subarray(extraStart, dataStart),
    dataStart,
    stated: {
      checksum: content.readUInt32LE(at + 14),
      packedBytes: content.readUInt32LE(at + 18),
      unpackedBytes: content.readUInt32LE(at + 22),
    },
  };
}
