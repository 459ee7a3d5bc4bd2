/**
 * JSON that is also safe to print: what `JSON.stringify` leaves as it is but a terminal or an editor may obey (DEL, C1 controls,
 * bidirectional and other format characters, line separators) is written as an escape. Parsed, it is the same.
 */
export function printJson(value: object | string, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(unsafeCharacters, toEscape);
}

const unsafeCharacters = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu;

function toEscape(character: string): string {
  // Outside the basic plane as the two surrogates that JSON knows (RFC 8259, section 7).
  return Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
}
