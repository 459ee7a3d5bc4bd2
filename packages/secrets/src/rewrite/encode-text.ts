import { isUtf8 } from 'node:buffer';

type Encode = (bytes: Buffer) => Buffer;

const dotnetJsonEscapes = /[&<>'"+`]/g;

/**
 * Every encoding of a text in which each character stands for itself alone, so that a part of an encoded text is the encoding of a part.
 * Those that differ only for some characters give the same bytes for most values.
 */
const encoders = {
  'utf-16le': (bytes) => Buffer.from(decodeText(bytes), 'utf16le'),
  'utf-16be': (bytes) => Buffer.from(decodeText(bytes), 'utf16le').swap16(),
  'utf-32le': (bytes) => encodeUtf32(bytes),
  'utf-32be': (bytes) => encodeUtf32(bytes).swap32(),
  'utf-8': (bytes) => Buffer.from(bytes.toString('latin1'), 'utf8'),
  latin1: (bytes) => encodeLatin1(bytes),

  hex: (bytes) => Buffer.from(bytes.toString('hex'), 'latin1'),
  'hex-upper': (bytes) => Buffer.from(bytes.toString('hex').toUpperCase(), 'latin1'),

  'hex-colon': hexOf((digits) => digits, ':'),
  'hex-colon-upper': hexOf((digits) => digits.toUpperCase(), ':'),
  'hex-space': hexOf((digits) => digits, ' '),
  'hex-space-upper': hexOf((digits) => digits.toUpperCase(), ' '),
  'hex-array': hexOf((digits) => `0x${digits}`, ','),
  'hex-array-upper': hexOf((digits) => `0x${digits.toUpperCase()}`, ','),
  'hex-array-spaced': hexOf((digits) => `0x${digits}`, ', '),
  'hex-array-spaced-upper': hexOf((digits) => `0x${digits.toUpperCase()}`, ', '),
  'hex-hex': (bytes) => Buffer.from(Buffer.from(bytes.toString('hex')).toString('hex')),
  'hex-upper-hex': (bytes) => Buffer.from(Buffer.from(bytes.toString('hex').toUpperCase()).toString('hex')),

  // What each leaves as it is: RFC 3986 unreserved; encodeURIComponent; encodeURI; application/x-www-form-urlencoded; nothing.
  percent: escapingBytes(/[A-Za-z0-9\-._~]/, percentUpper),
  'percent-lower': escapingBytes(/[A-Za-z0-9\-._~]/, percentLower),
  'percent-component': escapingBytes(/[A-Za-z0-9\-._~!*'()]/, percentUpper),
  'percent-component-lower': escapingBytes(/[A-Za-z0-9\-._~!*'()]/, percentLower),
  'percent-uri': escapingBytes(/[A-Za-z0-9\-._~!*'();/?:@&=+$,#]/, percentUpper),
  'percent-uri-lower': escapingBytes(/[A-Za-z0-9\-._~!*'();/?:@&=+$,#]/, percentLower),
  'percent-userinfo': escapingBytes(/[A-Za-z0-9\-._~!*'();&=+$,]/, percentUpper),
  'percent-form': escapingBytes(/[A-Za-z0-9\-._*]/, (byte) => (byte === 0x20 ? '+' : percentUpper(byte))),
  'percent-form-lower': escapingBytes(/[A-Za-z0-9\-._*]/, (byte) => (byte === 0x20 ? '+' : percentLower(byte))),
  'percent-all': escapingBytes(undefined, percentUpper),
  'percent-all-lower': escapingBytes(undefined, percentLower),
  'percent-twice': escapingBytes(/[A-Za-z0-9\-._~]/, (byte) => `%25${hexByte(byte).toUpperCase()}`),
  'percent-twice-lower': escapingBytes(/[A-Za-z0-9\-._~]/, (byte) => `%25${hexByte(byte)}`),
  'percent-twice-all': escapingBytes(undefined, (byte) => `%25${hexByte(byte).toUpperCase()}`),
  'percent-twice-all-lower': escapingBytes(undefined, (byte) => `%25${hexByte(byte)}`),
  'percent-all-twice': escapingBytes(undefined, (byte) => everyPercent(percentUpper(byte)).toUpperCase()),
  'percent-all-twice-lower': escapingBytes(undefined, (byte) => everyPercent(percentLower(byte))),
  'quoted-printable': escapingBytes(/[!-<>-~]/, (byte) => `=${hexByte(byte).toUpperCase()}`),
  'quoted-printable-all': escapingBytes(undefined, (byte) => `=${hexByte(byte).toUpperCase()}`),

  // JSON leaves much to the writer: slashes (PHP), what is not ASCII (Python), what HTML gives a meaning (Go, .NET), JSON in a JSON string.
  json: escapingText(escapeJson),
  'json-slash': escapingText((text) => escapeJson(text).replaceAll('/', '\\/')),
  'json-ascii': escapingText((text) => escapeJson(text).replace(/[^ -~]/g, unicodeLower)),
  'json-ascii-slash': escapingText((text) =>
    escapeJson(text)
      .replaceAll('/', '\\/')
      .replace(/[^ -~]/g, unicodeLower),
  ),
  'json-ascii-upper': escapingText((text) => escapeJson(text).replace(/[^ -~]/g, unicodeUpper)),
  'json-html': escapingText((text) => escapeJson(text).replace(/[&<>]/g, unicodeLower)),
  'json-dotnet': escapingText((text) => escapeJson(text).replaceAll('\\"', '"').replace(dotnetJsonEscapes, unicodeUpper)),
  'json-twice': escapingText((text) => escapeJson(escapeJson(text))),
  'unicode-escapes': escapingText((text) => text.replace(/[\s\S]/g, unicodeLower)),
  'unicode-escapes-upper': escapingText((text) => text.replace(/[\s\S]/g, unicodeUpper)),

  'xml-text': escapingText((text) => escapeXml(text)),
  xml: escapingText((text) => escapeXml(text).replaceAll('"', '&quot;')),
  'xml-apostrophe': escapingText((text) => escapeXml(text).replaceAll('"', '&quot;').replaceAll("'", '&apos;')),
  html: escapingText((text) => escapeXml(text).replaceAll('"', '&quot;').replaceAll("'", '&#39;')),
  'html-numeric': escapingText((text) => escapeXml(text).replaceAll('"', '&#34;').replaceAll("'", '&#39;')),
  'html-padded': escapingText((text) => escapeXml(text).replaceAll('"', '&quot;').replaceAll("'", '&#039;')),
  'html-hex': escapingText((text) => escapeXml(text).replaceAll('"', '&quot;').replaceAll("'", '&#x27;')),
  'html-hex-slash': escapingText((text) => escapeXml(text).replaceAll('"', '&quot;').replaceAll("'", '&#x27;').replaceAll('/', '&#x2F;')),
  'html-all': escapingText((text) => everyCodePoint(text, (code) => `&#${code};`)),
  'html-all-hex': escapingText((text) => everyCodePoint(text, (code) => `&#x${code.toString(16)};`)),
  'html-all-hex-upper': escapingText((text) => everyCodePoint(text, (code) => `&#x${code.toString(16).toUpperCase()};`)),

  'c-single': escapingText((text) => escapeJson(text).replaceAll('\\"', '"').replaceAll("'", "\\'")),
  'c-both': escapingText((text) => escapeJson(text).replaceAll("'", "\\'")),
  'c-hex': escapingBytes(undefined, (byte) => `\\x${hexByte(byte)}`),
  'c-hex-upper': escapingBytes(undefined, (byte) => `\\x${hexByte(byte).toUpperCase()}`),
  'c-octal': escapingBytes(undefined, (byte) => `\\${byte.toString(8).padStart(3, '0')}`),
  'shell-single': escapingText((text) => text.replaceAll("'", "'\\''")),
  'doubled-single': escapingText((text) => text.replaceAll("'", "''")),
  'doubled-double': escapingText((text) => text.replaceAll('"', '""')),
} as const satisfies Record<string, Encode>;

export type TextEncoding = keyof typeof encoders;

export const textEncodings = Object.keys(encoders) as TextEncoding[];

/** Writes bytes in an encoding. Bytes that are no UTF-8 count as Latin-1 where an encoding works on characters. */
export function encodeAs(encoding: TextEncoding, bytes: Buffer): Buffer {
  return encoders[encoding](bytes);
}

/** As UTF-8 when it is that, else as Latin-1. */
function decodeText(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1');
}

function escapingBytes(kept: RegExp | undefined, escape: (byte: number) => string): Encode {
  return (bytes) => {
    let text = '';
    for (const byte of bytes) {
      const character = String.fromCharCode(byte);
      text += kept?.test(character) ? character : escape(byte);
    }
    return Buffer.from(text, 'latin1');
  };
}

function hexOf(write: (digits: string) => string, separator: string): Encode {
  return (bytes) => Buffer.from(Array.from(bytes, (byte) => write(hexByte(byte))).join(separator));
}

function escapingText(escape: (text: string) => string): Encode {
  return (bytes) => Buffer.from(escape(decodeText(bytes)), isUtf8(bytes) ? 'utf8' : 'latin1');
}

function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function everyCodePoint(text: string, escape: (code: number) => string): string {
  return Array.from(text, (character) => escape(character.codePointAt(0)!)).join('');
}

function encodeUtf32(bytes: Buffer): Buffer {
  const codes = Array.from(decodeText(bytes), (character) => character.codePointAt(0)!);
  const encoded = Buffer.alloc(codes.length * 4);
  for (const [index, code] of codes.entries()) encoded.writeUInt32LE(code, index * 4);
  return encoded;
}

function encodeLatin1(bytes: Buffer): Buffer {
  const text = decodeText(bytes);
  return /^[\0-\xff]*$/.test(text) ? Buffer.from(text, 'latin1') : bytes;
}

function percentUpper(byte: number): string {
  return `%${hexByte(byte).toUpperCase()}`;
}

function percentLower(byte: number): string {
  return `%${hexByte(byte)}`;
}

function everyPercent(text: string): string {
  return Array.from(Buffer.from(text, 'latin1'), percentLower).join('');
}

function unicodeLower(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function unicodeUpper(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
