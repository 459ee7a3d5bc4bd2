import type { Decoded, Decoder, EncodedForm } from './decoder.ts';

/** Characters of one byte as UTF-16LE: what Windows encodes in base64 and hex. Files in UTF-16 are read as a whole: see `decodeWideText`. */
export const utf16le: Decoder = {
  encoding: 'utf-16le',
  isLineBound: false,
  listForms,
  encodedLength: (length) => length * 2,
  decodeAround,
};

/** A keyword is looked for by its first characters, so that the anchors of related keywords are one. */
const shownCharacters = 4;

function listForms(keyword: string): EncodedForm[] {
  const text = Buffer.from(keyword.slice(0, shownCharacters), 'utf16le').toString('latin1');
  return [{ text, fold: false, lead: 0, phase: 0 }];
}

function decodeAround(content: Buffer, at: number, _form: EncodedForm, before: number, after: number): Decoded {
  const isCharacter = (place: number): boolean => content[place] !== 0 && content[place + 1] === 0;
  let from = at;
  while (from >= 2 && at - from < before * 2 && isCharacter(from - 2)) from -= 2;
  let to = at;
  while (to + 2 <= content.length && to - at < after * 2 && isCharacter(to)) to += 2;
  const decoded = Buffer.allocUnsafe((to - from) / 2);
  for (let i = 0; i < decoded.length; i++) decoded[i] = content[from + 2 * i]!;
  return { content: decoded, at: (at - from) / 2, toOuter: (start, end) => [from + start * 2, from + end * 2] };
}
