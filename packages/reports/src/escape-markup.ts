/**
 * Text for XML and HTML, inside elements and quoted attributes. Characters that XML 1.0 cannot hold even as references (controls,
 * lone surrogates, U+FFFE, U+FFFF) become U+FFFD; those that reorder or hide text become references. https://www.w3.org/TR/xml/#charsets
 */
export function escapeMarkup(text: string): string {
  return text
    .toWellFormed()
    .replace(impossibleInXml, '\uFFFD')
    .replace(/[&<>"'\t\n\r\p{Cf}\p{Zl}\p{Zp}]/gu, toReference);
}

const impossibleInXml = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\uFFFE\uFFFF]/g;

function toReference(character: string): string {
  // Line ends in attributes would be read as spaces unless they are references.
  return `&#${character.codePointAt(0)};`;
}
