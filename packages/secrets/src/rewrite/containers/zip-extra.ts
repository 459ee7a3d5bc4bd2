import { crc32 } from 'node:zlib';
import { CannotRepackError } from './container.ts';

/** Ids of extra fields (APPNOTE.TXT §4.5, §4.6). */
const extraIds = { zip64: 0x0001, unicodeComment: 0x6375, unicodePath: 0x7075 } as const;

/** A 64-bit value in the extra field stands in for a 32-bit one that is all ones. */
export const inZip64 = 0xffffffff;

interface ExtraField {
  readonly id: number;
  /** With the four bytes of id and size. */
  readonly bytes: Buffer;
}

/** The fields, and what is behind them that is none (padding, as a rule). */
function splitExtra(extra: Buffer): { fields: ExtraField[]; rest: Buffer } {
  const fields: ExtraField[] = [];
  let at = 0;
  while (at + 4 <= extra.length) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (end > extra.length) break;
    fields.push({ id: extra.readUInt16LE(at), bytes: extra.subarray(at, end) });
    at = end;
  }
  return { fields, rest: extra.subarray(at) };
}

/** The 64-bit values of an entry, in their order: those whose 32-bit fields are all ones. */
export function readZip64(extra: Buffer, count: number): number[] | undefined {
  const field = splitExtra(extra).fields.find(({ id }) => id === extraIds.zip64)?.bytes;
  if (!field || field.length < 4 + count * 8) return undefined;
  return Array.from({ length: count }, (_, index) => Number(field.readBigUInt64LE(4 + index * 8)));
}

export interface ExtraChanges {
  /** New 64-bit values, in their order. */
  readonly zip64: readonly number[];
  /** The entry's name and comment in the fields outside, as they are from now on. */
  readonly name: Buffer;
  readonly comment?: Buffer;
  readonly redactName: (name: Buffer) => Buffer | undefined;
  readonly redactText: (text: Buffer) => Buffer | undefined;
}

/** The same extra fields with other sizes, and with names and comments that fit those outside, whose checksum they hold. */
export function rebuildExtra(extra: Buffer, changes: ExtraChanges): Buffer {
  const { fields, rest } = splitExtra(extra);
  if (changes.zip64.length > 0 && !readZip64(extra, changes.zip64.length)) {
    throw new CannotRepackError('sizes in the zip file are damaged');
  }
  const rebuilt = fields.map(({ id, bytes }) => {
    switch (id) {
      case extraIds.zip64:
        return writeZip64(bytes, changes.zip64);
      case extraIds.unicodePath:
        return rebuildUnicode(bytes, changes.name, changes.redactName);
      case extraIds.unicodeComment:
        return rebuildUnicode(bytes, changes.comment ?? Buffer.alloc(0), changes.redactText);
      default:
        return bytes;
    }
  });
  return Buffer.concat([...rebuilt, rest]);
}

function writeZip64(field: Buffer, values: readonly number[]): Buffer {
  const written = Buffer.from(field);
  for (const [index, value] of values.entries()) written.writeBigUInt64LE(BigInt(value), 4 + index * 8);
  return written;
}

/** A version, the checksum of what stands outside, the text in UTF-8. */
function rebuildUnicode(field: Buffer, outside: Buffer, redact: (text: Buffer) => Buffer | undefined): Buffer {
  if (field.length < 9) return field;
  const text = redact(field.subarray(9)) ?? field.subarray(9);
  const header = Buffer.from(field.subarray(0, 9));
  header.writeUInt16LE(5 + text.length, 2);
  header.writeUInt32LE(crc32(outside), 5);
  return Buffer.concat([header, text]);
}
