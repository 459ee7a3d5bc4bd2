import { hash } from 'node:crypto';
import type { ObjectFormat } from './object-type.ts';
import { hashBytesOf } from './object-type.ts';
import { packIndexMagic } from './pack-index-table.ts';

const fanoutBytes = 1024;

/** Builds an index of version 2 (gitformat-pack(5)). `ids` in any order, one after the other; `offsets` and `checksums` in that same order. */
export function buildPackIndex(
  format: ObjectFormat,
  entries: { ids: Buffer; offsets: ArrayLike<number>; checksums: ArrayLike<number> },
  packChecksum: Buffer,
): Buffer {
  const idBytes = hashBytesOf(format);
  const count = entries.ids.length / idBytes;
  const order = sortIds(entries.ids, idBytes);
  const largeCount = order.reduce((sum, entry) => sum + (entries.offsets[entry]! >= 0x80000000 ? 1 : 0), 0);
  const index = Buffer.alloc(8 + fanoutBytes + count * (idBytes + 8) + largeCount * 8 + 2 * idBytes);
  const idsAt = 8 + fanoutBytes;
  const checksumsAt = idsAt + count * idBytes;
  const offsetsAt = checksumsAt + count * 4;
  let largeAt = offsetsAt + count * 4;

  index.writeUInt32BE(packIndexMagic, 0);
  index.writeUInt32BE(2, 4);
  const fanout = new Uint32Array(256);
  let large = 0;
  for (let row = 0; row < count; row++) {
    const entry = order[row]!;
    for (let i = 0; i < idBytes; i++) index[idsAt + row * idBytes + i] = entries.ids[entry * idBytes + i]!;
    fanout[entries.ids[entry * idBytes]!]!++;
    index.writeUInt32BE(entries.checksums[entry]!, checksumsAt + row * 4);
    const offset = entries.offsets[entry]!;
    if (offset < 0x80000000) {
      index.writeUInt32BE(offset, offsetsAt + row * 4);
    } else {
      index.writeUInt32BE(0x80000000 + large++, offsetsAt + row * 4);
      index.writeBigUInt64BE(BigInt(offset), largeAt);
      largeAt += 8;
    }
  }
  let total = 0;
  for (let byte = 0; byte < 256; byte++) {
    total += fanout[byte]!;
    index.writeUInt32BE(total, 8 + byte * 4);
  }
  packChecksum.copy(index, largeAt);
  index.write(hash(format, index.subarray(0, largeAt + idBytes), 'hex'), largeAt + idBytes, 'hex');
  return index;
}

/** The order of the ids: by their first two bytes into buckets, which are then small. */
function sortIds(ids: Buffer, idBytes: number): Uint32Array {
  const count = ids.length / idBytes;
  const starts = new Uint32Array(65_537);
  for (let i = 0; i < count; i++) starts[ids.readUInt16BE(i * idBytes) + 1]!++;
  for (let bucket = 0; bucket < 65_536; bucket++) starts[bucket + 1]! += starts[bucket]!;
  const order = new Uint32Array(count);
  const keys = new Uint32Array(count);
  const next = starts.slice();
  for (let i = 0; i < count; i++) {
    const place = next[ids.readUInt16BE(i * idBytes)]!++;
    order[place] = i;
    keys[place] = ids.readUInt32BE(i * idBytes + 2);
  }
  for (let bucket = 0; bucket < 65_536; bucket++) {
    const start = starts[bucket]!;
    const end = starts[bucket + 1]!;
    if (end - start > longestInsertion) order.subarray(start, end).sort((a, b) => compareIds(ids, idBytes, a, b));
    else insertInOrder(ids, idBytes, order, keys, start, end);
  }
  return order;
}

/** In a pack of a few million objects no bucket is larger, unless somebody made their ids so. */
const longestInsertion = 128;

/** Sorts a bucket by the four bytes behind the first two, which hardly ever leave anything to compare. */
function insertInOrder(ids: Buffer, idBytes: number, order: Uint32Array, keys: Uint32Array, start: number, end: number): void {
  for (let i = start + 1; i < end; i++) {
    const entry = order[i]!;
    const key = keys[i]!;
    let at = i;
    for (; at > start; at--) {
      const before = keys[at - 1]!;
      if (before < key || (before === key && compareIds(ids, idBytes, order[at - 1]!, entry) <= 0)) break;
      order[at] = order[at - 1]!;
      keys[at] = before;
    }
    order[at] = entry;
    keys[at] = key;
  }
}

function compareIds(ids: Buffer, idBytes: number, a: number, b: number): number {
  return ids.compare(ids, b * idBytes, (b + 1) * idBytes, a * idBytes, (a + 1) * idBytes);
}
