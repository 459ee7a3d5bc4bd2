import { isTar } from '../../detect/unpack/read-tar.ts';
import type { UnpackBudget } from '../../detect/unpack/unpack-budget.ts';
import { CannotRepackError } from './container.ts';
import type { Container, ContainerChanges, ContainerMember } from './container.ts';
import { buildPaxRecords, parsePaxRecords } from './pax-records.ts';
import type { PaxRecord } from './pax-records.ts';
import { createMemberRenamer } from './rename-members.ts';
import {
  blockBytes,
  readTarNumber,
  readTarPath,
  readTarText,
  tarFields,
  writeTarChecksum,
  writeTarPath,
  writeTarSize,
  writeTarText,
} from './tar-header.ts';

/** A header with what belongs to it. */
interface Entry {
  readonly start: number;
  readonly type: string;
  readonly dataStart: number;
  readonly dataEnd: number;
  /** With the padding. */
  readonly end: number;
  /** Of what describes an entry, such as a pax header: the entry. */
  target?: Entry;
  /** What entries before it say of it. */
  readonly described: Described;
  /** Its place among the entries. */
  readonly index: number;
}

interface Described {
  path?: string;
  linkPath?: string;
  size?: number;
  isSparse?: boolean;
}

const recordBytes = 20 * blockBytes;
const paxTypes = new Set(['x', 'g', 'X']);
const longNameTypes = new Set(['L', 'K']);
/** Links, devices, directories and pipes. */
const emptyTypes = new Set(['1', '2', '3', '4', '5', '6']);

/** A tar archive: ustar, pax and GNU headers. */
export function openTar(content: Buffer, budget: UnpackBudget): Container {
  const entries = readEntries(content);
  const bodyEnd = entries.at(-1)?.end ?? 0;
  return { format: 'tar', members, rebuild };

  function* members(): Iterable<ContainerMember> {
    for (const { index, type, dataStart, dataEnd, start, described } of entries) {
      if (paxTypes.has(type) || longNameTypes.has(type) || dataStart === dataEnd) continue;
      const name = described.path ?? readTarPath(content.subarray(start, start + blockBytes)).toString('latin1');
      if (!budget.takeEntry('tar archive')) {
        yield { index, name, isPlain: true, unread: 'it has more members than the limit' };
        return;
      }
      yield { index, name, content: content.subarray(dataStart, dataEnd), isPlain: true };
    }
  }

  function rebuild(changes: ContainerChanges): Buffer {
    if (bodyEnd > content.length) throw new CannotRepackError('the tar archive is cut off');
    const names = entries.map(({ start, described }) => described.path ?? readTarPath(content.subarray(start)).toString('latin1'));
    const context = { content, changes, rename: createMemberRenamer(names, changes.redactName) };
    const body = entries.flatMap((entry) => rebuildEntry(entry, context));
    const bodyBytes = body.reduce((sum, { length }) => sum + length, 0);
    return Buffer.concat([...body, rebuildEnd(bodyBytes, changes)]);
  }

  /** Zeros, of which there are so many that whole records of ten kibibytes come out, where it was so before. */
  function rebuildEnd(bodyBytes: number, { redactText }: ContainerChanges): Buffer {
    const rest = content.subarray(bodyEnd);
    if (rest.some((byte) => byte !== 0)) return redactText(rest) ?? rest;
    if (bodyBytes === bodyEnd || content.length % recordBytes !== 0) return rest;
    return Buffer.alloc(Math.ceil((bodyBytes + 2 * blockBytes) / recordBytes) * recordBytes - bodyBytes);
  }
}

function readEntries(content: Buffer): Entry[] {
  const entries: Entry[] = [];
  let described: Described = {};
  let describing: Entry[] = [];
  for (let start = 0; start < content.length && isTar(content.subarray(start, start + blockBytes));) {
    const header = content.subarray(start, start + blockBytes);
    const type = String.fromCharCode(header[156]!);
    const isDescription = paxTypes.has(type) || longNameTypes.has(type);
    const dataStart = skipSparseMap(content, start, type);
    const stated = (isDescription ? undefined : described.size) ?? readTarNumber(header, tarFields.size);
    const bytes = Number.isNaN(stated) || (emptyTypes.has(type) && endsAt(content, dataStart)) ? 0 : stated;
    const dataEnd = dataStart + bytes;
    const end = dataStart + Math.ceil(bytes / blockBytes) * blockBytes;
    const entry: Entry = { start, type, dataStart, dataEnd, end, described: isDescription ? {} : described, index: entries.length };
    entries.push(entry);
    start = end;
    if (isDescription) {
      if (type !== 'g') describing.push(entry);
      describe(described, type, content.subarray(dataStart, dataEnd));
    } else {
      for (const description of describing) description.target = entry;
      if (type === 'S') entry.described.isSparse = true;
      described = {};
      describing = [];
    }
  }
  return entries;
}

/** An old GNU sparse file's map goes on in further blocks while the last one says so. */
function skipSparseMap(content: Buffer, start: number, type: string): number {
  let at = start + blockBytes;
  if (type !== 'S') return at;
  for (let goesOn = content[start + 482] === 1; goesOn && at + blockBytes <= content.length; at += blockBytes)
    goesOn = content[at + 504] === 1;
  return at;
}

/** Some writers state a size for what has no data. */
function endsAt(content: Buffer, at: number): boolean {
  return at >= content.length || content[at] === 0 || isTar(content.subarray(at, at + blockBytes));
}

function describe(described: Described, type: string, data: Buffer): void {
  const text = (bytes: Buffer): string => bytes.toString('latin1').split('\0', 1)[0]!;
  if (type === 'L') described.path = text(data);
  if (type === 'K') described.linkPath = text(data);
  if (type !== 'x' && type !== 'X') return;
  for (const { key, value } of parsePaxRecords(data) ?? []) {
    if (key === 'path') described.path = value.toString('latin1');
    if (key === 'linkpath') described.linkPath = value.toString('latin1');
    if (key === 'size' && /^\d{1,15}$/.test(value.toString('latin1'))) described.size = Number(value.toString('latin1'));
    if (key.startsWith('GNU.sparse.')) described.isSparse = true;
  }
}

interface RebuildContext {
  readonly content: Buffer;
  readonly changes: ContainerChanges;
  readonly rename: (name: Buffer) => Buffer | undefined;
}

function rebuildEntry(entry: Entry, context: RebuildContext): Buffer[] {
  const { start, dataStart, dataEnd, end, described } = entry;
  const { content } = context;
  const data = rebuildData(entry, context);
  const header = Buffer.from(content.subarray(start, start + blockBytes));
  const isRenamed = redactHeader(header, described, context);
  if (!data && !isRenamed) return [content.subarray(start, end)];
  if (data && described.isSparse) throw new CannotRepackError('the value stands in a sparse file of the tar archive');
  if (data) writeTarSize(header, data.length);
  writeTarChecksum(header);
  const map = content.subarray(start + blockBytes, dataStart);
  if (!data) return [header, map, content.subarray(dataStart, end)];
  const isAsLong = data.length === dataEnd - dataStart;
  const padding = isAsLong ? content.subarray(dataEnd, end) : Buffer.alloc(Math.ceil(data.length / blockBytes) * blockBytes - data.length);
  return [header, map, data, padding];
}

/** `undefined` when it stays. */
function rebuildData(entry: Entry, context: RebuildContext): Buffer | undefined {
  const { type, index, dataStart, dataEnd } = entry;
  const { content, changes, rename } = context;
  const data = content.subarray(dataStart, dataEnd);
  if (longNameTypes.has(type)) {
    const end = data.indexOf(0);
    const renamed = rename(end === -1 ? data : data.subarray(0, end));
    return renamed && Buffer.concat([renamed, Buffer.from([0])]);
  }
  if (!paxTypes.has(type)) return changes.contents.get(index);
  const records = parsePaxRecords(data);
  const newSize = entry.target && changes.contents.get(entry.target.index)?.length;
  let isChanged = false;
  const rebuilt = records?.map((record): PaxRecord => {
    const value = redactRecord(record, newSize, context);
    isChanged ||= value !== undefined;
    return value ? { ...record, value } : record;
  });
  return rebuilt && isChanged ? buildPaxRecords(rebuilt) : undefined;
}

function redactRecord({ key, value }: PaxRecord, newSize: number | undefined, { changes, rename }: RebuildContext): Buffer | undefined {
  if (key === 'size') return newSize === undefined ? undefined : Buffer.from(String(newSize));
  return key === 'path' || key === 'linkpath' || key === 'GNU.sparse.name' ? rename(value) : changes.redactText(value);
}

/** Names and owners in the header itself. A name that is stated elsewhere in full may be cut here. */
function redactHeader(header: Buffer, described: Described, { changes, rename }: RebuildContext): boolean {
  let isChanged = false;
  const path = rename(readTarPath(header));
  if (path) {
    writeTarPath(header, described.path === undefined ? path : path.subarray(0, tarFields.name[1]));
    isChanged = true;
  }
  const link = rename(readTarText(header, tarFields.linkName));
  if (link) {
    writeTarText(header, tarFields.linkName, described.linkPath === undefined ? link : link.subarray(0, tarFields.linkName[1]));
    isChanged = true;
  }
  for (const field of [tarFields.userName, tarFields.groupName]) {
    const owner = changes.redactText(readTarText(header, field));
    if (!owner) continue;
    writeTarText(header, field, owner.subarray(0, field[1] - 1));
    isChanged = true;
  }
  return isChanged;
}
