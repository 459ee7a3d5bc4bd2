/**
 * Makes text from a repository safe to show: what could move the cursor, recolour the terminal, reorder the line or hide is written
 * as a visible escape. Control characters (C0, DEL, C1, so also line ends), bidirectional controls, zero-width and other format
 * characters, line and paragraph separators, private tags, lone surrogates.
 */
export function neutralizeText(text: string): string {
  return text.replace(unsafeCharacters, toVisibleEscape);
}

// Cc: controls; Cf: format characters (bidi, zero-width, tags); Cs: lone surrogates; Zl, Zp: separators. U+200D is Cf too: an emoji
// sequence falls apart into its parts, which is harmless.
const unsafeCharacters = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function toVisibleEscape(character: string): string {
  const code = character.codePointAt(0)!;
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  return code <= 0xff ? `\\x${hex(code, 2)}` : code <= 0xffff ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 1)}}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
