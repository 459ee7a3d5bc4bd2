import { isUtf8 } from 'node:buffer';

/**
 * A path as text that leads back to its bytes, so that no two paths look alike: UTF-8 as it is, anything else as git prints it (git-config(1),
 * `core.quotePath`; git's `quote.c`): in double quotes, with escapes as in C and all bytes beyond ASCII in octal. A path that itself begins with
 * a double quote is written so too. `latin1`: the bytes, one character each.
 */
export function quotePath(latin1: string): string {
  const isPlain = !latin1.startsWith('"');
  if (isPlain && /^[\0-\x7f]*$/.test(latin1)) return latin1;
  const bytes = Buffer.from(latin1, 'latin1');
  if (isPlain && isUtf8(bytes)) return bytes.toString('utf8');
  return `"${latin1.replaceAll(/[^ !#-[\]-~]/g, escapeByte)}"`;
}

/** The bytes of a path, one character each (Latin-1), from what `quotePath` made of them. Other text is taken as UTF-8. */
export function unquotePath(text: string): string {
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  if (!/^"(?:[^"\\]|\\(?:["\\abfnrtv]|[0-3][0-7]{2}))*"$/.test(bytes)) return bytes;
  return bytes.slice(1, -1).replaceAll(/\\([0-7]{3}|.)/g, (_, code: string) => byteOf(code));
}

const escapes = new Map([
  ['\x07', 'a'],
  ['\b', 'b'],
  ['\t', 't'],
  ['\n', 'n'],
  ['\v', 'v'],
  ['\f', 'f'],
  ['\r', 'r'],
  ['"', '"'],
  ['\\', '\\'],
]);
const escapedBytes = new Map([...escapes].map(([byte, letter]) => [letter, byte]));

function escapeByte(byte: string): string {
  return `\\${escapes.get(byte) ?? byte.charCodeAt(0).toString(8).padStart(3, '0')}`;
}

function byteOf(code: string): string {
  return escapedBytes.get(code) ?? String.fromCharCode(Number.parseInt(code, 8));
}
