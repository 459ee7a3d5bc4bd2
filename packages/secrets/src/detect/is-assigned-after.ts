/** How far behind a name its operator may stand. */
export const operatorReach = 64;

/**
 * A coarse necessary condition for an assignment to the name that ends at `end`; the rest is the expression's business.
 *
 * From `end`, at most `operatorReach` bytes of name, quotes, brackets and blanks are passed (`A-Z a-z 0-9 _ - . [ ] ) } $ ! ? * " ' \ `` ` ``,
 * blank, tab). It is an assignment when one of them is a quote (`"`, `'`, `` ` ``) right after a blank or tab. Else what ends them must be
 * - `=`, `:`, `|` or `>`, with at least one more byte on the line (a line feed ends it), or
 * - `<-` or `%3D` (also `%3d`), or
 * - `,`, `(`, `{` or `@`, followed by a quote (`"`, `'`, `` ` ``) within 8 bytes, before which only blanks, tabs and backslashes stand.
 */
export function isAssignedAfter(content: Uint8Array, end: number): boolean {
  const limit = Math.min(content.length, end + operatorReach + 1);
  for (let i = end; i < limit; i++) {
    const kind = kindOfByte[content[i]!]!;
    if (kind === passed) continue;
    if (kind === quotes) {
      if (i > end && isBlank(content[i - 1]!)) return true;
      continue;
    }
    if (kind === assigns) return i + 1 < content.length && content[i + 1] !== lineFeed;
    if (kind === opens) return isQuoteNext(content, i + 1);
    return kind === begins && isArrowOrEscape(content, i);
  }
  return false;
}

function isQuoteNext(content: Uint8Array, from: number): boolean {
  for (let i = from; i < content.length && i < from + 8; i++) {
    const byte = content[i]!;
    if (!isBlank(byte) && byte !== 0x5c) return kindOfByte[byte] === quotes;
  }
  return false;
}

/** `<-`, `%3D`. */
function isArrowOrEscape(content: Uint8Array, at: number): boolean {
  if (content[at] === 0x3c) return content[at + 1] === 0x2d;
  return content[at + 1] === 0x33 && (content[at + 2]! | 0x20) === 0x64;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

const lineFeed = 0x0a;
const passed = 1;
const assigns = 2;
const opens = 3;
const quotes = 4;
const begins = 5;

const kindOfByte = buildKinds();

function buildKinds(): Uint8Array {
  const kinds = new Uint8Array(256);
  const passable = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.[])}$!?*\\ \t';
  for (const character of passable) kinds[character.charCodeAt(0)] = passed;
  for (const character of '=:|>') kinds[character.charCodeAt(0)] = assigns;
  for (const character of '"\'`') kinds[character.charCodeAt(0)] = quotes;
  for (const character of ',({@') kinds[character.charCodeAt(0)] = opens;
  for (const character of '<%') kinds[character.charCodeAt(0)] = begins;
  return kinds;
}
