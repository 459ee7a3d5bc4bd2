import type { ObjectType } from './object-type.ts';

/** Kinds of pack entries (gitformat-pack(5)): four whole objects and two deltas. */
export const packEntryKinds = { commit: 1, tree: 2, blob: 3, tag: 4, offsetDelta: 6, idDelta: 7 } as const;

/** The types of whole objects, by kind. */
export const packEntryTypes: readonly (ObjectType | undefined)[] = [undefined, 'commit', 'tree', 'blob', 'tag'];

export interface PackEntryHeader {
  readonly kind: number;
  /** Bytes of the object or, of a delta, of the delta, when inflated. */
  readonly size: number;
  /** Of an offset delta: how far before the entry its base begins. */
  readonly baseDistance?: number;
  /** Of an id delta: where in the buffer the base's id stands. */
  readonly baseIdAt?: number;
  /** Where the deflated data begins. */
  readonly dataAt: number;
}

/** Reads the header of the entry at `at`; `undefined` when it is none or runs past the buffer's end. */
export function parsePackEntryHeader(pack: Uint8Array, at: number, idBytes: number): PackEntryHeader | undefined {
  let position = at;
  let byte = pack[position++];
  if (byte === undefined) return undefined;
  const kind = (byte >> 4) & 7;
  let size = byte & 0x0f;
  for (let factor = 16; byte & 0x80; factor *= 128) {
    byte = pack[position++];
    if (byte === undefined || factor > 2 ** 46) return undefined;
    size += (byte & 0x7f) * factor;
  }
  if (kind === packEntryKinds.idDelta) {
    return position + idBytes > pack.length ? undefined : { kind, size, baseIdAt: position, dataAt: position + idBytes };
  }
  if (kind !== packEntryKinds.offsetDelta) return packEntryTypes[kind] ? { kind, size, dataAt: position } : undefined;

  byte = pack[position++];
  if (byte === undefined) return undefined;
  let baseDistance = byte & 0x7f;
  while (byte & 0x80) {
    byte = pack[position++];
    if (byte === undefined || baseDistance > 2 ** 45) return undefined;
    baseDistance = (baseDistance + 1) * 128 + (byte & 0x7f);
  }
  return { kind, size, baseDistance, dataAt: position };
}

export function buildPackEntryHeader(kind: number, size: number, baseDistance?: number): Buffer {
  const bytes = [(kind << 4) | (size & 0x0f)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1]! |= 0x80;
    bytes.push(rest & 0x7f);
  }
  if (baseDistance !== undefined) bytes.push(...encodeDistance(baseDistance));
  return Buffer.from(bytes);
}

/** Big-endian groups of seven bits; each further group counts from one, so that no distance has two spellings. */
function encodeDistance(distance: number): number[] {
  const bytes = [distance & 0x7f];
  for (let rest = Math.floor(distance / 128); rest > 0; rest = Math.floor(rest / 128)) {
    rest--;
    bytes.unshift(0x80 | (rest & 0x7f));
  }
  return bytes;
}
