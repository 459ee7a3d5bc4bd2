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
export function decodeWideText(content: Buffer, { encoding, unitBytes, isBigEndian }: WideForm): Layer {
  const units = Math.floor(content.length / unitBytes);
  const text = Buffer.allocUnsafe(units * (unitBytes === 2 ? 3 : 4));
  // Offsets of a character's bytes are all those of its unit; only needed once the text stops being one byte a unit.
  let unitOf: Uint32Array | undefined;
  let length = 0;
  for (let unit = 0; unit < units; unit++) {
    let codePoint = readUnit(content, unit * unitBytes, unitBytes, isBigEndian);
    const start = unit;
    if (unitBytes === 2 && codePoint >= 0xd800 && codePoint < 0xdc00 && unit + 1 < units) {
      const low = readUnit(content, (unit + 1) * 2, 2, isBigEndian);
      if (low >= 0xdc00 && low < 0xe000) {
        codePoint = 0x10000 + ((codePoint - 0xd800) << 10) + (low - 0xdc00);
        unit++;
      }
    }
    if (codePoint < 0x80) {
      if (unitOf) unitOf[length] = start;
      text[length++] = codePoint;
      continue;
    }
    if (!unitOf) {
      unitOf = new Uint32Array(text.length + 1);
      for (let i = 0; i < length; i++) unitOf[i] = i;
    }
    const written = text.write(codePoint > 0x10ffff ? '\ufffd' : String.fromCodePoint(codePoint), length, 'utf8');
    unitOf.fill(start, length, length + written);
    length += written;
  }
  return {
    encoding,
    content: text.subarray(0, length),
    start: 0,
    end: content.length,
    toOuter: (start, end) => [
      (unitOf ? unitOf[start]! : start) * unitBytes,
      end >= length ? units * unitBytes : (unitOf ? unitOf[end]! : end) * unitBytes,
    ],
  };
}

function readUnit(content: Buffer, at: number, unitBytes: 2 | 4, isBigEndian: boolean): number {
  if (unitBytes === 2) return isBigEndian ? (content[at]! << 8) | content[at + 1]! : content[at]! | (content[at + 1]! << 8);
  return isBigEndian ? content.readUInt32BE(at) : content.readUInt32LE(at);
}
