import type { Layer } from './layer.ts';

interface WideForm {
  readonly encoding: string;
  readonly unitBytes: 2 | 4;
  readonly isBigEndian: boolean;
}

const utf16le: WideForm = { encoding: 'utf-16le', unitBytes: 2, isBigEndian: false };
const utf16be: WideForm = { encoding: 'utf-16be', unitBytes: 2, isBigEndian: true };
const utf32le: WideForm = { encoding: 'utf-32le', unitBytes: 4, isBigEndian: false };
const utf32be: WideForm = { encoding: 'utf-32be', unitBytes: 4, isBigEndian: true };

const sampleBytes = 512;

/**
 * The form of UTF-16 or UTF-32 text, by its byte order mark or, without one, by where the zero bytes of mostly ASCII text stand in the
 * first 512 bytes. `undefined` for anything else.
 */
export function findWideForm(content: Buffer): WideForm | undefined {
  if (content.length < 4) return undefined;
  const mark = content.readUInt32BE(0);
  if (mark === 0xfffe0000) return utf32le;
  if (mark === 0x0000feff) return utf32be;
  if (mark >>> 16 === 0xfffe) return utf16le;
  if (mark >>> 16 === 0xfeff) return utf16be;

  // Most content is text without a zero byte.
  const zero = content.indexOf(0);
  if (zero === -1 || zero >= sampleBytes) return undefined;
  const sample = content.subarray(0, Math.min(sampleBytes, content.length & ~3));
  if (sample.length < 16) return undefined;
  return [utf16le, utf16be, utf32le, utf32be].find((form) => isMostlyAscii(sample, form));
}

/** Nine of ten units are printable ASCII or line ends, none is zero. */
function isMostlyAscii(sample: Buffer, { unitBytes, isBigEndian }: WideForm): boolean {
  const units = Math.floor(sample.length / unitBytes);
  let others = 0;
  for (let unit = 0; unit < units; unit++) {
    const value = readUnit(sample, unit * unitBytes, unitBytes, isBigEndian);
    if ((value >= 0x20 && value < 0x7f) || (value >= 0x09 && value <= 0x0d)) continue;
    if (value === 0 || ++others * 10 > units) return false;
  }
  return true;
}

/** The text as UTF-8. */
export function decodeWideText(content: Buffer, form: WideForm): Layer {
  const { encoding, unitBytes } = form;
  const end = Math.floor(content.length / unitBytes) * unitBytes;
  // Three bytes hold what two units of UTF-16 need four for, and UTF-32 needs at most as many as it has.
  const text = Buffer.allocUnsafe(unitBytes === 2 ? (end / 2) * 3 : end);
  const marks: Mark[] = [];
  let length = 0;
  for (let at = 0; at < end;) {
    if (length >= marks.length * markDistance) marks.push({ outer: at, inner: length });
    const { codePoint, bytes } = readCodePoint(content, at, end, form);
    if (codePoint < 0x80) text[length++] = codePoint;
    else length += text.write(String.fromCodePoint(codePoint), length, 'utf8');
    at += bytes;
  }

  /** Where the character stands that an offset of the text is part of. */
  function toOuterOffset(offset: number): number {
    if (offset >= length) return end;
    let { outer, inner } = marks[Math.min(marks.length - 1, Math.floor(offset / markDistance))]!;
    if (inner > offset) ({ outer, inner } = marks[Math.max(0, Math.floor(offset / markDistance) - 1)]!);
    for (;;) {
      const { codePoint, bytes } = readCodePoint(content, outer, end, form);
      inner += lengthInUtf8(codePoint);
      if (inner > offset) return outer;
      outer += bytes;
    }
  }

  return {
    encoding,
    content: text.subarray(0, length),
    start: 0,
    end: content.length,
    toOuter: (from, to) => [toOuterOffset(from), toOuterOffset(to)],
  };
}

/** Every so many bytes of text it is noted where they stand, so that places need not be counted from the start. */
const markDistance = 1024;

interface Mark {
  readonly outer: number;
  readonly inner: number;
}

const replacementCharacter = 0xfffd;

function readCodePoint(
  content: Buffer,
  at: number,
  end: number,
  { unitBytes, isBigEndian }: WideForm,
): { codePoint: number; bytes: number } {
  const unit = readUnit(content, at, unitBytes, isBigEndian);
  if (unitBytes === 2 && unit >= 0xd800 && unit < 0xdc00 && at + 4 <= end) {
    const low = readUnit(content, at + 2, 2, isBigEndian);
    if (low >= 0xdc00 && low < 0xe000) return { codePoint: 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), bytes: 4 };
  }
  const isCharacter = unit <= 0x10ffff && (unit < 0xd800 || unit >= 0xe000);
  return { codePoint: isCharacter ? unit : replacementCharacter, bytes: unitBytes };
}

function lengthInUtf8(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

function readUnit(content: Buffer, at: number, unitBytes: 2 | 4, isBigEndian: boolean): number {
  if (unitBytes === 2) return isBigEndian ? (content[at]! << 8) | content[at + 1]! : content[at]! | (content[at + 1]! << 8);
  return isBigEndian ? content.readUInt32BE(at) : content.readUInt32LE(at);
}
