import { inflateRawSync, inflateSync, constants, zstdDecompressSync } from 'node:zlib';

/** What was found inside packed content. */
export type Opened =
  | { readonly kind: 'content'; readonly name: string; readonly content: Buffer }
  /** Something that may hold anything but cannot be read: an unknown format, an encrypted member, more than the limits allow. */
  | { readonly kind: 'unopened'; readonly name: string; readonly reason: string };

/** Bounds for one object, all nesting levels together. */
export interface ContainerLimits {
  readonly maxDepth: number;
  readonly maxMembers: number;
  readonly maxBytes: number;
}

export const defaultContainerLimits: ContainerLimits = { maxDepth: 5, maxMembers: 20_000, maxBytes: 512 * 1024 * 1024 };

/** What is left of the limits while one object is opened. */
export interface ContainerBudget {
  members: number;
  bytes: number;
}

/** Whether content is packed or encoded as a whole, so that its bytes do not show what it says. Looks at the first bytes only. */
export function isContainer(content: Buffer): boolean {
  return content.length >= 4 && (unreadableFormat(content) !== undefined || findOpener(content) !== undefined);
}

/**
 * Yields what a container holds: the content of gzip, zlib, zstd, the members of zip and tar archives, the streams of PDF files, and
 * UTF-16 and UTF-32 text as UTF-8. Nothing for other content. Zip members are found by their own headers rather than by the archive's
 * directory, so what a directory leaves out is read too.
 */
export function* openContainer(content: Buffer, budget: ContainerBudget): Generator<Opened> {
  if (content.length < 4) return;
  const unreadable = unreadableFormat(content);
  if (unreadable !== undefined) {
    yield { kind: 'unopened', name: unreadable, reason: 'this format cannot be opened' };
    return;
  }
  const opener = findOpener(content);
  if (!opener) return;
  for (const opened of opener.open(content, budget)) {
    yield opened;
    if (--budget.members < 0) {
      yield { kind: 'unopened', name: opener.name, reason: 'it has more members than the limit allows' };
      return;
    }
  }
}

/** For the proof: what is opened, so that what stands in it is searched in all forms. */
export const openedFormats: readonly string[] = [
  'gzip',
  'zlib',
  'zstd',
  'zip',
  'tar',
  'pdf',
  'utf-16',
  'utf-32',
  'base64 of gzip',
  'base64 of zip',
  'base64 of zstd',
  'base64 of base64 of these',
];

interface Opener {
  readonly name: string;
  readonly recognizes: (content: Buffer) => boolean;
  readonly open: (content: Buffer, budget: ContainerBudget) => Iterable<Opened>;
}

const openers: readonly Opener[] = [
  {
    name: 'gzip',
    recognizes: (content) => startsWith(content, starts.gzip),
    open: (content, budget) => openParts('gzip', content, budget),
  },
  {
    name: 'zstd',
    recognizes: (content) => startsWith(content, starts.zstd) || isSkippableFrame(content),
    open: (content, budget) => openParts('zstd', content, budget),
  },
  { name: 'zlib', recognizes: isZlib, open: openZlib },
  { name: 'zip', recognizes: (content) => startsWith(content, starts.zip), open: openZip },
  { name: 'tar', recognizes: (content) => content[257] === 0x75 && content.toString('latin1', 257, 262) === 'ustar', open: openTar },
  { name: 'pdf', recognizes: (content) => startsWith(content, starts.pdf), open: openPdf },
  { name: 'wide text', recognizes: (content) => wideCharset(content) !== undefined, open: openWideText },
];

const unreadableFormats: readonly (readonly [start: Buffer, name: string])[] = [
  [Buffer.from('fd377a585a00', 'hex'), 'xz'],
  [Buffer.from('BZh'), 'bzip2'],
  [Buffer.from('377abcaf271c', 'hex'), '7-zip'],
  [Buffer.from('526172211a07', 'hex'), 'rar'],
  [Buffer.from('04224d18', 'hex'), 'lz4'],
  [Buffer.from('1f9d', 'hex'), 'compress'],
  [Buffer.from('5041434b000000', 'hex'), 'git pack'],
  [Buffer.from('# v2 git bundle\n'), 'git bundle'],
  [Buffer.from('# v3 git bundle\n'), 'git bundle'],
];

const starts = {
  gzip: Buffer.from('1f8b08', 'hex'),
  zstd: Buffer.from('28b52ffd', 'hex'),
  zip: Buffer.from('504b0304', 'hex'),
  pdf: Buffer.from('%PDF'),
  utf32le: Buffer.from('fffe0000', 'hex'),
  utf32be: Buffer.from('0000feff', 'hex'),
  utf16le: Buffer.from('fffe', 'hex'),
  utf16be: Buffer.from('feff', 'hex'),
} as const;

function unreadableFormat(content: Buffer): string | undefined {
  for (const [start, name] of unreadableFormats) {
    if (startsWith(content, start)) return name === 'bzip2' && content.toString('latin1', 4, 10) !== '1AY&SY' ? undefined : name;
  }
  return undefined;
}

function findOpener(content: Buffer): Opener | undefined {
  for (const opener of openers) {
    if (opener.recognizes(content)) return opener;
  }
  return undefined;
}

function startsWith(content: Buffer, start: Buffer): boolean {
  for (let i = 0; i < start.length; i++) {
    if (content[i] !== start[i]) return false;
  }
  return true;
}

/** Unpacks with the budget as the bound and takes what comes out off it. */
function unpack(format: 'zstd' | 'zlib' | 'deflate', content: Buffer, budget: ContainerBudget): Buffer {
  return unpackPart(format, content, budget).buffer;
}

interface UnpackedPart {
  readonly buffer: Buffer;
  /** `bytesWritten`: how much of the packed bytes it took. */
  readonly engine: { readonly bytesWritten: number };
}

function unpackPart(format: 'zstd' | 'zlib' | 'deflate', content: Buffer, budget: ContainerBudget): UnpackedPart {
  // A cut stream still gives what it holds up to the cut.
  const options = { maxOutputLength: Math.max(1, budget.bytes), finishFlush: constants.Z_SYNC_FLUSH, info: true };
  const unpacked: unknown =
    format === 'zlib'
      ? inflateSync(content, options)
      : format === 'deflate'
        ? inflateRawSync(content, options)
        : zstdDecompressSync(content, { ...options, finishFlush: constants.ZSTD_e_continue });
  const part = unpacked as UnpackedPart;
  budget.bytes -= part.buffer.length;
  return part;
}

/** A file of gzip members or zstd frames: readers put together what all of them hold. They are looked for behind anything that may stand between. */
function* openParts(format: 'gzip' | 'zstd', content: Buffer, budget: ContainerBudget): Generator<Opened> {
  const parts: Buffer[] = [];
  try {
    for (let start = content.indexOf(starts[format]); start !== -1; budget.members--) {
      if (budget.members < 0) throw new RangeError('Too many parts.');
      const data = format === 'gzip' ? skipGzipHeader(content, start) : start;
      if (data >= content.length) throw new Error('Nothing stands behind the header.');
      const { buffer, engine } = unpackPart(format === 'gzip' ? 'deflate' : format, content.subarray(data), budget);
      parts.push(buffer);
      start = content.indexOf(starts[format], Math.max(start + 1, data + engine.bytesWritten));
    }
  } catch (error) {
    yield { kind: 'unopened', name: format, reason: describeFailure(error) };
  }
  if (parts.length > 0) yield { kind: 'content', name: format, content: parts.length === 1 ? parts[0]! : Buffer.concat(parts) };
}

/** RFC 1952 §2.3: ten bytes, then by the flags extra field, name, comment and checksum. */
function skipGzipHeader(content: Buffer, start: number): number {
  const [checksum, extra, name, comment] = [1, 2, 3, 4].map((bit) => ((content[start + 3] ?? 0) >> bit) & 1);
  let end = start + 10;
  if (extra) end += 2 + (content[end] ?? 0) + 256 * (content[end + 1] ?? 0);
  for (let texts = name! + comment!; texts > 0; texts--)
    end = content.indexOf(0, end) === -1 ? content.length : content.indexOf(0, end) + 1;
  return end + 2 * checksum!;
}

/** A note of the program that wrote it, which zstd readers pass over (RFC 8878 §3.1.2). */
function isSkippableFrame(content: Buffer): boolean {
  return content.length >= 8 && (content.readUInt32LE(0) & 0xfffffff0) >>> 0 === 0x184d2a50;
}

function isZlib(content: Buffer): boolean {
  return content[0] === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(content[1]!);
}

function* openZlib(content: Buffer, budget: ContainerBudget): Generator<Opened> {
  try {
    yield { kind: 'content', name: 'zlib', content: unpack('zlib', content, budget) };
  } catch (error) {
    // Two bytes are a weak sign: what does not unpack was never packed.
    if (isOverLimit(error)) yield { kind: 'unopened', name: 'zlib', reason: describeFailure(error) };
  }
}

function* openZip(content: Buffer, budget: ContainerBudget): Generator<Opened> {
  for (let at = content.indexOf(starts.zip); at !== -1 && at + 30 <= content.length;) {
    const flags = content.readUInt16LE(at + 6);
    const method = content.readUInt16LE(at + 8);
    const packedSize = content.readUInt32LE(at + 18);
    const nameLength = content.readUInt16LE(at + 26);
    const dataStart = at + 30 + nameLength + content.readUInt16LE(at + 28);
    const name = `zip member ${content.toString('latin1', at + 30, at + 30 + nameLength)}`;
    let next = at + 4;
    if (flags & 1) {
      yield { kind: 'unopened', name, reason: 'it is encrypted' };
      next = Math.max(next, dataStart + packedSize);
    } else if (method === 8) {
      try {
        yield { kind: 'content', name, content: unpack('deflate', content.subarray(dataStart), budget) };
      } catch (error) {
        yield { kind: 'unopened', name, reason: describeFailure(error) };
      }
    } else if (method === 0) {
      // Stored as it is, so its bytes were searched with the archive's; only a container in it needs opening.
      const member = content.subarray(dataStart, packedSize === 0 ? content.length : dataStart + packedSize);
      if (packedSize !== 0 && isContainer(member)) yield { kind: 'content', name, content: member };
    } else {
      yield { kind: 'unopened', name, reason: `compression method ${method} cannot be opened` };
      next = Math.max(next, dataStart + packedSize);
    }
    at = content.indexOf(starts.zip, next);
  }
}

function* openTar(content: Buffer): Generator<Opened> {
  for (let at = 0; at + 512 <= content.length && content[at] !== 0;) {
    const size = readTarSize(content.subarray(at + 124, at + 136));
    const member = content.subarray(at + 512, at + 512 + size);
    const end = content.indexOf(0, at);
    const name = content.toString('latin1', at, Math.min(at + 100, end === -1 ? at + 100 : end));
    // Members stand in the clear; only a container among them needs opening.
    if (isContainer(member)) yield { kind: 'content', name: `tar member ${name}`, content: member };
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

/** Octal text, or base-256 when the first bit is set (GNU). */
function readTarSize(field: Buffer): number {
  if (field[0]! & 0x80) return field.readUIntBE(6, 6);
  const size = Number.parseInt(field.toString('latin1').replaceAll('\0', ' ').trim(), 8);
  return Number.isNaN(size) ? 0 : size;
}

function* openPdf(content: Buffer, budget: ContainerBudget): Generator<Opened> {
  const keyword = Buffer.from('stream');
  for (let at = content.indexOf(keyword); at !== -1; at = content.indexOf(keyword, at + 6)) {
    const start = at + 6 + (content[at + 6] === 0x0d ? 1 : 0) + 1;
    if (content[start] !== 0x78) continue;
    yield* openZlib(content.subarray(start), budget);
  }
}

type WideCharset = 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be';

function wideCharset(content: Buffer): WideCharset | undefined {
  if (startsWith(content, starts.utf32le)) return 'utf-32le';
  if (startsWith(content, starts.utf32be)) return 'utf-32be';
  if (startsWith(content, starts.utf16le)) return 'utf-16le';
  if (startsWith(content, starts.utf16be)) return 'utf-16be';
  if (content[0] !== 0 && content[1] === 0 && looksLikePairs(content, 1)) return 'utf-16le';
  if (content[0] === 0 && content[1] !== 0 && looksLikePairs(content, 0)) return 'utf-16be';
  return undefined;
}

/** Without a byte-order mark: ASCII in every other of the first bytes. */
function looksLikePairs(content: Buffer, zeroAt: 0 | 1): boolean {
  const end = Math.min(content.length, 64) & ~1;
  if (end < 8) return false;
  for (let i = 0; i < end; i += 2) {
    const character = content[i + 1 - zeroAt]!;
    if (content[i + zeroAt] !== 0 || character > 0x7e || character < 9) return false;
  }
  return true;
}

function* openWideText(content: Buffer, budget: ContainerBudget): Generator<Opened> {
  const charset = wideCharset(content)!;
  if (content.length * 2 > budget.bytes) {
    yield { kind: 'unopened', name: charset, reason: 'it is larger than the limit allows' };
    return;
  }
  const text = charset.startsWith('utf-16') ? decodeUtf16(content, charset === 'utf-16be') : decodeUtf32(content, charset === 'utf-32be');
  const utf8 = Buffer.from(text, 'utf8');
  budget.bytes -= utf8.length;
  yield { kind: 'content', name: charset, content: utf8 };
}

function decodeUtf16(content: Buffer, isBigEndian: boolean): string {
  const even = content.subarray(0, content.length & ~1);
  return (isBigEndian ? Buffer.from(even).swap16() : even).toString('utf16le');
}

function decodeUtf32(content: Buffer, isBigEndian: boolean): string {
  const parts: string[] = [];
  for (let at = 0; at + 4 <= content.length; at += 4) {
    const codePoint = isBigEndian ? content.readUInt32BE(at) : content.readUInt32LE(at);
    parts.push(codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : '\ufffd');
  }
  return parts.join('');
}

function isOverLimit(error: unknown): boolean {
  return error instanceof RangeError || (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
}

/** A reason. */
export const damaged = 'it is damaged';

function describeFailure(error: unknown): string {
  return isOverLimit(error) ? 'it unpacks to more than the limit allows' : damaged;
}
