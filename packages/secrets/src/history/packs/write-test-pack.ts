import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

/** One entry of a pack to be written, true or not. For tests. */
export interface TestPackEntry {
  /** Hexadecimal; whatever the index is to say. */
  readonly oid: string;
  readonly kind: 'commit' | 'tree' | 'blob' | 'tag' | 'ofs-delta' | 'ref-delta';
  /** Before compression: an object's content, or a delta. */
  readonly data: Uint8Array;
  /** In place of the compressed data. */
  readonly stream?: Uint8Array;
  /** What the header says, where that is not the truth. */
  readonly size?: number;
  /** Number of the entry that an `ofs-delta` names, or how far back it points. */
  readonly base?: number;
  readonly distance?: number;
  /** What a `ref-delta` names. */
  readonly baseOid?: string;
}

const kinds = { commit: 1, tree: 2, blob: 3, tag: 4, 'ofs-delta': 6, 'ref-delta': 7 };

/** Writes a pack and its index (https://git-scm.com/docs/pack-format) into an object directory. Returns the pack's path. */
export function writeTestPack(objectDirectory: string, entries: readonly TestPackEntry[], countInHeader = entries.length): string {
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(countInHeader, 8);
  const parts: Buffer[] = [header];
  const offsets: number[] = [];
  let offset = header.length;
  for (const entry of entries) {
    offsets.push(offset);
    const part = encodeEntry(entry, offset, offsets);
    parts.push(part);
    offset += part.length;
  }
  const pack = seal(Buffer.concat(parts));
  const directory = join(objectDirectory, 'pack');
  const path = join(directory, `pack-${pack.toString('hex', pack.length - 20)}.pack`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(path, pack);
  writeFileSync(path.replace(/pack$/, 'idx'), encodeIndex(entries, parts.slice(1), offsets, pack.subarray(-20)));
  return path;
}

function encodeEntry(
  { kind, data, stream, size, base, distance, baseOid }: TestPackEntry,
  offset: number,
  offsets: readonly number[],
): Buffer {
  const head: number[] = [];
  let rest = size ?? data.length;
  head.push((kinds[kind] << 4) | (rest % 16));
  for (rest = Math.floor(rest / 16); rest > 0; rest = Math.floor(rest / 128)) {
    head[head.length - 1]! |= 0x80;
    head.push(rest % 128);
  }
  if (kind === 'ofs-delta') {
    let back = distance ?? offset - offsets[base!]!;
    const bytes = [back % 128];
    for (back = Math.floor(back / 128); back > 0; back = Math.floor((back - 1) / 128)) bytes.unshift(((back - 1) % 128) | 0x80);
    head.push(...bytes);
  } else if (kind === 'ref-delta') head.push(...Buffer.from(baseOid!, 'hex'));
  return Buffer.concat([Buffer.from(head), stream ?? deflateSync(data)]);
}

function encodeIndex(entries: readonly TestPackEntry[], parts: readonly Buffer[], offsets: readonly number[], checksum: Buffer): Buffer {
  const order = entries.map((_, i) => i).sort((a, b) => (entries[a]!.oid < entries[b]!.oid ? -1 : 1));
  const words = (values: readonly number[]): Buffer => {
    const bytes = Buffer.alloc(values.length * 4);
    for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, i * 4);
    return bytes;
  };
  const fanout = Array.from({ length: 256 }, () => 0);
  for (const { oid } of entries) fanout[Number.parseInt(oid.slice(0, 2), 16)]!++;
  for (let byte = 1; byte < 256; byte++) fanout[byte]! += fanout[byte - 1]!;
  return seal(
    Buffer.concat([
      words([0xff744f63, 2, ...fanout]),
      ...order.map((i) => Buffer.from(entries[i]!.oid, 'hex')),
      words(order.map((i) => crc32(parts[i]!))),
      words(order.map((i) => offsets[i]!)),
      checksum,
    ]),
  );
}

function seal(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, createHash('sha1').update(bytes).digest()]);
}

/** A delta that copies ranges of its base (`[start, size]`) and inserts bytes. `sizes` says what its head claims, where that is not so. */
export function encodeTestDelta(baseSize: number, ops: readonly (readonly [number, number] | Uint8Array)[], resultSize?: number): Buffer {
  const made = ops.reduce((sum, op) => sum + (op instanceof Uint8Array ? op.length : op[1]!), 0);
  const parts: Uint8Array[] = [encodeSize(baseSize), encodeSize(resultSize ?? made)];
  for (const op of ops) {
    if (op instanceof Uint8Array) parts.push(Buffer.from([op.length]), op);
    else {
      const bytes = Buffer.alloc(8);
      bytes[0] = 0xff;
      bytes.writeUInt32LE(op[0], 1);
      bytes.writeUIntLE(op[1], 5, 3);
      parts.push(bytes);
    }
  }
  return Buffer.concat(parts);
}

function encodeSize(size: number): Buffer {
  const bytes: number[] = [];
  for (; size >= 0x80; size = Math.floor(size / 128)) bytes.push((size % 128) | 0x80);
  return Buffer.from([...bytes, size]);
}
