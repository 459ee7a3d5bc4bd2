import type { UnpackBudget } from '../../detect/unpack/unpack-budget.ts';
import type { LocalEntry, ZipDirectory } from './read-zip-layout.ts';
import { readLocalEntry, zipRecords } from './read-zip-layout.ts';
import { unpackStream } from './unpack-stream.ts';

/** A stretch of a zip file: an entry with its data, or bytes that none claims. */
export interface ZipPart {
  readonly start: number;
  readonly end: number;
  readonly file?: ZipFile;
}

export interface ZipFile {
  readonly local: LocalEntry;
  readonly dataEnd: number;
  readonly checksum: number;
  /** What follows the data when sizes were not known before it. */
  readonly descriptor?: ZipDescriptor;
}

/** With a signature or not, sizes of four bytes or of eight (APPNOTE.TXT §4.3.9). */
export interface ZipDescriptor {
  readonly bytes: number;
  readonly hasSignature: boolean;
  readonly sizeBytes: 4 | 8;
}

export const streamedFlag = 8;

export interface ZipParts {
  /** In order, without gaps, up to the directory. */
  readonly parts: readonly ZipPart[];
  /** Why the zip file cannot be written anew. */
  readonly fault?: string;
}

/**
 * What stands before the directory: the entries that it lists and, in between, others that it does not (deleted ones, hidden ones). Without
 * a directory, all that can be found.
 */
export function listZipParts(content: Buffer, directory: ZipDirectory | undefined, budget: UnpackBudget): ZipParts {
  const end = directory?.start ?? content.length;
  const parts: ZipPart[] = [];
  let fault = directory ? undefined : 'the zip file is cut off or damaged';
  let at = 0;
  const entries = directory?.entries.toSorted((a, b) => a.localAt - b.localAt) ?? [];
  for (const [index, central] of entries.entries()) {
    // Two entries may share one file.
    if (index > 0 && entries[index - 1]!.localAt === central.localAt) continue;
    const local = readLocalEntry(content, central.localAt);
    const file = local && buildFile(content, local, local.dataStart + central.packedBytes, central.checksum, central.unpackedBytes);
    if (!file || central.localAt < at || endOf(file) > end) {
      fault = 'entries of the zip file overlap or are missing';
      continue;
    }
    parts.push(...listHidden(content, at, central.localAt, budget), { start: central.localAt, end: endOf(file), file });
    at = endOf(file);
  }
  parts.push(...listHidden(content, at, end, budget));
  return { parts, ...(fault !== undefined && { fault }) };
}

function endOf({ dataEnd, descriptor }: ZipFile): number {
  return dataEnd + (descriptor?.bytes ?? 0);
}

function buildFile(content: Buffer, local: LocalEntry, dataEnd: number, checksum: number, unpackedBytes: number): ZipFile {
  const descriptor = (local.flags & streamedFlag) === 0 ? undefined : findDescriptor(content, local, dataEnd, checksum, unpackedBytes);
  return { local, dataEnd, checksum, ...(descriptor && { descriptor }) };
}

function findDescriptor(
  content: Buffer,
  { dataStart }: LocalEntry,
  dataEnd: number,
  checksum: number,
  unpackedBytes: number,
): ZipDescriptor | undefined {
  const hasSignature = dataEnd + 4 <= content.length && content.readUInt32LE(dataEnd) === zipRecords.descriptor.magic;
  const at = dataEnd + (hasSignature ? zipRecords.descriptor.bytes : 0);
  for (const sizeBytes of [4, 8] as const) {
    const bytes = at - dataEnd + 4 + 2 * sizeBytes;
    if (dataEnd + bytes > content.length || content.readUInt32LE(at) !== checksum) continue;
    const readSize = (from: number): number => (sizeBytes === 4 ? content.readUInt32LE(from) : Number(content.readBigUInt64LE(from)));
    if (readSize(at + 4) === dataEnd - dataStart && readSize(at + 4 + sizeBytes) === unpackedBytes)
      return { bytes, hasSignature, sizeBytes };
  }
  return undefined;
}

/** Entries by their own headers, and the bytes around them. */
function* listHidden(content: Buffer, start: number, end: number, budget: UnpackBudget): Generator<ZipPart> {
  const signature = Buffer.from('PK\x03\x04', 'latin1');
  let copied = start;
  for (let at = content.indexOf(signature, start); at !== -1 && at < end; at = content.indexOf(signature, at + 4)) {
    if (at < copied) continue;
    const local = readLocalEntry(content, at);
    const file = local && readHidden(content, local, end, budget);
    if (!file || endOf(file) > end) continue;
    if (at > copied) yield { start: copied, end: at };
    yield { start: at, end: endOf(file), file };
    copied = endOf(file);
  }
  if (copied < end) yield { start: copied, end };
}

/** Writers that stream say sizes behind the data; a deflated stream knows its end itself. */
function readHidden(content: Buffer, local: LocalEntry, end: number, budget: UnpackBudget): ZipFile | undefined {
  const { stated, dataStart } = local;
  if ((local.flags & streamedFlag) === 0 || stated.packedBytes > 0) {
    return buildFile(content, local, dataStart + stated.packedBytes, stated.checksum, stated.unpackedBytes);
  }
  if (local.method !== 8 || !budget.takeEntry('zip file')) return undefined;
  const stream = unpackStream('deflate', content.subarray(dataStart, end), budget);
  if (typeof stream === 'string' || !stream.isComplete) return undefined;
  const dataEnd = dataStart + stream.packedBytes;
  const hasSignature = dataEnd + 8 <= content.length && content.readUInt32LE(dataEnd) === zipRecords.descriptor.magic;
  const checksum = dataEnd + 8 <= content.length ? content.readUInt32LE(dataEnd + (hasSignature ? 4 : 0)) : 0;
  return buildFile(content, local, dataEnd, checksum, stream.content.length);
}
