import type { Decoded, Decoder, EncodedForm } from './decoder.ts';

/** `%2F`, as in URLs and forms. */
export const percent = createEscapeDecoder({
  encoding: 'percent',
  escape: (byte) => `%${hexOf(byte, 2)}`,
  mustEscape: /[^A-Za-z0-9\-._~]/g,
  longest: 3,
  expression: /%([0-9A-Fa-f]{2})/y,
  decode: (digits) => Number.parseInt(digits, 16),
});

/** `\u002f`, as in JSON, JavaScript and Java. */
export const unicodeEscape = createEscapeDecoder({
  encoding: 'unicode-escape',
  escape: (byte) => `\\u${hexOf(byte, 4)}`,
  mustEscape: /[<>&'"=+/]/g,
  longest: 6,
  expression: /\\u00([0-9A-Fa-f]{2})/y,
  decode: (digits) => Number.parseInt(digits, 16),
});

/** `\x2f`, as in C, Python and shells. */
export const hexEscape = createEscapeDecoder({
  encoding: 'hex-escape',
  escape: (byte) => `\\x${hexOf(byte, 2)}`,
  mustEscape: /[<>&'"=+/]/g,
  longest: 4,
  expression: /\\x([0-9A-Fa-f]{2})/y,
  decode: (digits) => Number.parseInt(digits, 16),
});

/** `\/`, as some JSON writers put every slash. */
export const jsonEscape = createEscapeDecoder({
  encoding: 'json-escape',
  escape: (byte) => `\\${String.fromCharCode(byte)}`,
  mustEscape: /[/"]/g,
  longest: 2,
  expression: /\\([/"\\])/y,
  decode: (character) => character.charCodeAt(0),
});

/** `&#47;` and `&#x2f;`, as in HTML and XML. */
export const characterReference = createEscapeDecoder({
  encoding: 'character-reference',
  escape: (byte) => `&#x${byte.toString(16)};`,
  mustEscape: /[<>&'"]/g,
  longest: 10,
  expression: /&(?:#0{0,3}(\d{2,3}|x[0-9A-Fa-f]{2})|(amp|lt|gt|quot|apos));/y,
  decode: (number, name) => (number === undefined ? namedReferences[name!]! : Number(number.startsWith('x') ? `0${number}` : number)),
});

const namedReferences: Readonly<Record<string, number>> = { amp: 0x26, lt: 0x3c, gt: 0x3e, quot: 0x22, apos: 0x27 };

interface EscapeForm {
  readonly encoding: string;
  readonly escape: (byte: number) => string;
  /** What writers of this form escape even where only some characters are. */
  readonly mustEscape: RegExp;
  /** Bytes of the longest escape that `expression` reads. */
  readonly longest: number;
  readonly expression: RegExp;
  readonly decode: (...groups: string[]) => number;
}

/** An escaped keyword is looked for by its first characters, so that the anchors of related keywords are one. */
const escapedCharacters = 3;

function createEscapeDecoder({ encoding, escape, mustEscape, longest, expression, decode }: EscapeForm): Decoder {
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
    const from = Math.max(0, at - before);
    const text = content.toString('latin1', from, Math.min(content.length, at + after * longest));
    const lineStart = text.lastIndexOf('\n', at - from - 1) + 1;
    const lineEnd = text.indexOf('\n', at - from);
    const line = text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd);

    const bytes: number[] = [];
    const positions: number[] = [];
    let keywordAt = -1;
    for (let i = 0; i < line.length && (keywordAt === -1 || bytes.length < keywordAt + after);) {
      if (from + lineStart + i === at) keywordAt = bytes.length;
      positions.push(from + lineStart + i);
      expression.lastIndex = i;
      const found = i + from + lineStart < at ? null : expression.exec(line);
      bytes.push(found ? decode(...found.slice(1)) : line.charCodeAt(i));
      i += found ? found[0].length : 1;
      if (i >= line.length) positions.push(from + lineStart + i);
    }
    if (positions.length === bytes.length) positions.push(positions.at(-1)! + 1);
    return {
      content: Buffer.from(bytes),
      at: keywordAt,
      toOuter: (start, end) => [positions[start]!, positions[end]!],
    };
  }

  return { encoding, isLineBound: true, listForms, encodedLength: (length) => length * longest, decodeAround };
}

function hexOf(byte: number, digits: number): string {
  return byte.toString(16).padStart(digits, '0');
}
