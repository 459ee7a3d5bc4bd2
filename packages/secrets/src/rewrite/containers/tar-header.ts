import { CannotRepackError } from './container.ts';

/** Fields of a tar header: where they begin, and how long they are (POSIX.1-2017 pax, "ustar Interchange Format"). */
export const tarFields = {
  name: [0, 100],
  size: [124, 12],
  checksum: [148, 8],
  linkName: [157, 100],
  userName: [265, 32],
  groupName: [297, 32],
  prefix: [345, 155],
} as const satisfies Record<string, TarField>;

export type TarField = readonly [start: number, bytes: number];

export const blockBytes = 512;

export function readTarText(header: Buffer, [start, bytes]: TarField): Buffer {
  const end = header.indexOf(0, start);
  return header.subarray(start, end === -1 || end > start + bytes ? start + bytes : end);
}

/** Octal text, or base 256 when the first bit is set (GNU). NaN when it is neither. */
export function readTarNumber(header: Buffer, field: TarField): number {
  const [start, bytes] = field;
  if (header[start]! & 0x80) {
    let value = header[start]! & 0x7f;
    for (let at = start + 1; at < start + bytes; at++) value = value * 256 + header[at]!;
    return value <= Number.MAX_SAFE_INTEGER ? value : NaN;
  }
  const digits = readTarText(header, field).toString('latin1').trim();
  return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : NaN;
}

/** Whether names may begin in the prefix field, which GNU uses for other things. */
function hasPrefix(header: Buffer): boolean {
  return header.toString('latin1', 257, 263) === 'ustar\0';
}

/** The whole path: the prefix, a slash, the name. */
export function readTarPath(header: Buffer): Buffer {
  const name = readTarText(header, tarFields.name);
  const prefix = hasPrefix(header) ? readTarText(header, tarFields.prefix) : Buffer.alloc(0);
  return prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]);
}

export function writeTarText(header: Buffer, [start, bytes]: TarField, text: Buffer): void {
  if (text.length > bytes) throw new CannotRepackError('a name in the tar archive would become too long');
  header.fill(0, start, start + bytes);
  text.copy(header, start);
}

/** In the name field alone if it fits there, else cut at a slash as POSIX has it. */
export function writeTarPath(header: Buffer, path: Buffer): void {
  const [, nameBytes] = tarFields.name;
  const [, prefixBytes] = tarFields.prefix;
  let cut = -1;
  if (path.length > nameBytes && hasPrefix(header)) cut = path.lastIndexOf('/', prefixBytes);
  if (hasPrefix(header)) writeTarText(header, tarFields.prefix, cut === -1 ? Buffer.alloc(0) : path.subarray(0, cut));
  writeTarText(header, tarFields.name, path.subarray(cut + 1));
}

/** Written as the old size is: base 256, or octal digits with what ended them. */
export function writeTarSize(header: Buffer, size: number): void {
  const [start, bytes] = tarFields.size;
  if (header[start]! & 0x80) {
    header.fill(0, start, start + bytes);
    header[start] = 0x80;
    header.writeUIntBE(size, start + bytes - 6, 6);
    return;
  }
  const last = header[start + bytes - 1]!;
  const ending = last === 0 || last === 0x20 ? String.fromCharCode(last) : '';
  header.write(size.toString(8).padStart(bytes - ending.length, '0') + ending, start, 'latin1');
}

/** Six digits, a zero byte and a blank, or what stood there instead of these two. */
export function writeTarChecksum(header: Buffer): void {
  const [start, bytes] = tarFields.checksum;
  const ending = /(?<![^0-7])[^0-7]*$/.exec(header.toString('latin1', start + 6, start + bytes))![0];
  header.fill(0x20, start, start + bytes);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(sum.toString(8).padStart(bytes - ending.length, '0') + ending, start, 'latin1');
}
