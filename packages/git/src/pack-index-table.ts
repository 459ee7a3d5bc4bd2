import type { ObjectFormat } from './object-type.ts';
import { hashBytesOf } from './object-type.ts';

/** An index taken apart into columns, in the order of its ids: what copying a pack needs. */
export interface PackIndexTable {
  readonly count: number;
  /** Sorted ids, one after the other. */
  readonly ids: Buffer;
  readonly offsets: Float64Array;
  /** CRC-32 of each entry's bytes in the pack; absent in version 1. */
  readonly checksums: Uint32Array | undefined;
}

export const packIndexMagic = 0xff744f63;
const fanoutBytes = 1024;

/** Reads an index of version 1 or 2 (gitformat-pack(5)); `undefined` when it is neither or is cut short. */
export function parsePackIndexTable(index: Buffer, format: ObjectFormat): PackIndexTable | undefined {
  const idBytes = hashBytesOf(format);
  if (index.length < fanoutBytes + 2 * idBytes) return undefined;
  if (index.readUInt32BE(0) !== packIndexMagic) return parseVersion1(index, idBytes);
  if (index.readUInt32BE(4) !== 2 || index.length < 8 + fanoutBytes) return undefined;
  const count = index.readUInt32BE(8 + fanoutBytes - 4);
  const idsAt = 8 + fanoutBytes;
  const checksumsAt = idsAt + count * idBytes;
  const offsetsAt = checksumsAt + count * 4;
  const largeAt = offsetsAt + count * 4;
  if (largeAt + 2 * idBytes > index.length) return undefined;

  const offsets = new Float64Array(count);
  const checksums = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    checksums[i] = index.readUInt32BE(checksumsAt + i * 4);
    const offset = index.readUInt32BE(offsetsAt + i * 4);
    if (offset < 0x80000000) {
      offsets[i] = offset;
      continue;
    }
    const at = largeAt + (offset - 0x80000000) * 8;
    if (at + 8 > index.length) return undefined;
    offsets[i] = Number(index.readBigUInt64BE(at));
  }
  return { count, ids: index.subarray(idsAt, checksumsAt), offsets, checksums };
}

function parseVersion1(index: Buffer, idBytes: number): PackIndexTable | undefined {
  const count = index.readUInt32BE(fanoutBytes - 4);
  const rowBytes = 4 + idBytes;
  if (fanoutBytes + count * rowBytes + 2 * idBytes > index.length) return undefined;
  const ids = Buffer.alloc(count * idBytes);
  const offsets = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const at = fanoutBytes + i * rowBytes;
    offsets[i] = index.readUInt32BE(at);
    index.copy(ids, i * idBytes, at + 4, at + rowBytes);
  }
  return { count, ids, offsets, checksums: undefined };
}
