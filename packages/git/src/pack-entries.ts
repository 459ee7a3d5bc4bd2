import { hashBytesOf, type ObjectFormat } from './object-type.ts';
import type { PackIndexTable } from './pack-index-table.ts';
import type { PackLayout } from './pack-layout.ts';

/**
 * The entries of one pack in the order in which they stand in it; what is needed to copy them without unpacking. The arrays stand in shared
 * memory.
 */
export interface PackEntries {
  readonly path: string;
  readonly count: number;
  /** One after the other. */
  readonly ids: Buffer;
  /** Where each entry begins; one more for where the last one ends. */
  readonly offsets: Float64Array;
  readonly checksums: Uint32Array | undefined;
  /** Number of the entry that a delta is based on; -1 for whole objects. */
  readonly bases: Int32Array;
  /** 1 commit, 2 tree, 3 blob, 4 tag: what the object is, also when it is stored as a delta. */
  readonly kinds: Uint8Array;
}

/** `undefined` for a pack that does not hold together: entries without a base, bases in a circle. git reads what can be read. */
export function toPackEntries(
  path: string,
  index: Pick<PackIndexTable, 'ids' | 'checksums'>,
  layout: PackLayout,
  format: ObjectFormat,
): PackEntries | undefined {
  const { count, offsets, positions, bases, types: kinds } = layout;
  if (kinds.includes(0)) return undefined;
  const idBytes = hashBytesOf(format);
  const ids = Buffer.from(new SharedArrayBuffer(count * idBytes));
  const checksums = index.checksums && new Uint32Array(new SharedArrayBuffer(count * 4));
  for (let entry = 0; entry < count; entry++) {
    const row = positions[entry]!;
    for (let i = 0; i < idBytes; i++) ids[entry * idBytes + i] = index.ids[row * idBytes + i]!;
    if (checksums) checksums[entry] = index.checksums![row]!;
  }
  return { path, count, ids, offsets, checksums, bases, kinds };
}
