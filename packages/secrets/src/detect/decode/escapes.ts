import type { Decoded, Decoder, EncodedForm } from './decoder.ts';

/** `%2F`, as in URLs and forms. */
export const percent = createEscapeDecoder({
  encoding: 'percent',
  escape: (byte) => `%${hexOf(byte, 2)}`,
  mustEscape: /[^A-Za-z0-9\-._~]/g,
  longest: 3,
  read: (content, at) => readHexEscape(content, at, '%'),
});

/** `\u002f`, as in JSON, JavaScript and Java. */
export const unicodeEscape = createEscapeDecoder({
  encoding: 'unicode-escape',
  escape: (byte) => `\\u${hexOf(byte, 4)}`,
  mustEscape: /[<>&'"=+/]/g,
  longest: 6,
  read: (content, at) => readHexEscape(content, at, '\\u00'),
});

/** `\x2f`, as in C, Python and shells. */
export const hexEscape = createEscapeDecoder({
  encoding: 'hex-escape',
  escape: (byte) => `\\x${hexOf(byte, 2)}`,
  mustEscape: /[<>&'"=+/]/g,
  longest: 4,
  read: (content, at) => readHexEscape(content, at, '\\x'),
});

/** `\/`, as some JSON writers put every slash. */
export const jsonEscape = createEscapeDecoder({
  encoding: 'json-escape',
  escape: (byte) => `\\${String.fromCharCode(byte)}`,
  mustEscape: /[/"]/g,
  longest: 2,
  read: (content, at) => {
    const next = content[at + 1];
    const isEscape = content[at] === 0x5c && (next === 0x2f || next === 0x22 || next === 0x5c);
    return isEscape ? { byte: next, length: 2 } : undefined;
  },
});

/** `&#47;` and `&#x2f;`, as in HTML and XML. */
export const characterReference = createEscapeDecoder({
  encoding: 'character-reference',
  escape: (byte) => `&#x${byte.toString(16)};`,
  mustEscape: /[<>&'"]/g,
  longest: 7,
  read: readReference,
});

interface EscapeForm {
  readonly encoding: string;
  readonly escape: (byte: number) => string;
  /** What writers of this form escape even where only some characters are. */
  readonly mustEscape: RegExp;
  /** Bytes of the longest escape that `read` reads. */
  readonly longest: number;
  readonly read: (content: Buffer, at: number) => Escape | undefined;
}

interface Escape {
  readonly byte: number;
  readonly length: number;
}

/** An escaped keyword is looked for by its first characters, so that the anchors of related keywords are one. */
const escapedCharacters = 3;
const lineFeed = 0x0a;
const percentSign = 0x25;

function createEscapeDecoder({ encoding, escape, mustEscape, longest, read }: EscapeForm): Decoder {
  function listForms(keyword: string): EncodedForm[] {
    const escapeAll = (text: string): string => {
      let escaped = '';
      for (let i = 0; i < text.length; i++) escaped += escape(text.charCodeAt(i));
      return escaped;
    };
    const texts: string[] = [];
    // Slashes are all that JSON writers escape without need.
    if (encoding !== 'json-escape') texts.push(escapeAll(keyword.slice(0, escapedCharacters)));
    if (keyword.search(mustEscape) !== -1) texts.push(keyword.replaceAll(mustEscape, escapeAll));
    return texts.filter((text) => text.length > 3).map((text) => ({ text: text.toLowerCase(), fold: true, lead: 0, phase: 0 }));
  }

  /** Only forwards: what stands before the keyword is not part of what the rules look for, save the few bytes that a boundary needs. */
  function decodeAround(content: Buffer, at: number, _form: EncodedForm, before: number, after: number): Decoded {
    const earliest = Math.max(0, at - before);
    const from = earliest + content.subarray(earliest, at).lastIndexOf(lineFeed) + 1;
    const headLength = at - from;
    const decoded = Buffer.allocUnsafe(headLength + after);
    content.copy(decoded, 0, from, at);
    // What ends before a keyword ends there in percent of percent (`%2522`) as it does in percent (`%22`).
    const isTwice = headLength >= 5 && decoded.toString('latin1', headLength - 5, headLength - 2) === '%25';
    if (isTwice) decoded[headLength - 3] = percentSign;
    let length = headLength;
    for (let i = at; i < content.length && length < decoded.length && content[i] !== lineFeed;) {
      const found = read(content, i);
      decoded[length++] = found ? found.byte : content[i]!;
      i += found ? found.length : 1;
    }
    return {
      content: decoded.subarray(0, length),
      at: headLength,
      toOuter: (start, end) => [toEncoded(start), toEncoded(end)],
    };

    /** Walks the escapes again: only what matches asks for its place. */
    function toEncoded(offset: number): number {
      let place = from + Math.min(offset, headLength);
      for (let i = headLength; i < offset; i++) place += read(content, place)?.length ?? 1;
      return place;
    }
  }

  return { encoding, isLineBound: true, listForms, encodedLength: (length) => length * longest, decodeAround };
}

function hexOf(byte: number, digits: number): string {
  return byte.toString(16).padStart(digits, '0');
}

function readHexEscape(content: Buffer, at: number, prefix: string): Escape | undefined {
  for (let i = 0; i < prefix.length; i++) {
    if (content[at + i] !== prefix.charCodeAt(i)) return undefined;
  }
  const byte = (digitOf(content[at + prefix.length]) << 4) | digitOf(content[at + prefix.length + 1]);
  return byte < 0 ? undefined : { byte, length: prefix.length + 2 };
}

/** The value of a hex digit; a negative number for anything else. */
function digitOf(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

const namedReferences: Readonly<Record<string, number>> = { amp: 0x26, lt: 0x3c, gt: 0x3e, quot: 0x22, apos: 0x27 };

function readReference(content: Buffer, at: number): Escape | undefined {
  if (content[at] !== 0x26) return undefined;
  const [text, hex, decimal, name] =
    /^&(?:#x0?([0-9a-f]{2})|#0?(\d{2,3})|(amp|lt|gt|quot|apos));/i.exec(content.toString('latin1', at, at + 7)) ?? [];
  if (text === undefined) return undefined;
  const byte = hex ? Number.parseInt(hex, 16) : decimal ? Number(decimal) & 0xff : namedReferences[name!.toLowerCase()]!;
  return { byte, length: text.length };
}
