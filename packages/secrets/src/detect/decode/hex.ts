import type { Decoded, Decoder, EncodedForm } from './decoder.ts';

/** Two hex digits a byte, nothing between them. */
export const hex: Decoder = { encoding: 'hex', isLineBound: true, listForms, encodedLength: (length) => length * 2, decodeAround };

function listForms(keyword: string): EncodedForm[] {
  return [{ text: Buffer.from(keyword, 'latin1').toString('hex'), fold: true, lead: 0, phase: 0 }];
}

function decodeAround(content: Buffer, at: number, _form: EncodedForm, before: number, after: number): Decoded {
  let from = at;
  while (from - 2 >= 0 && at - from < before * 2 && isHex(content[from - 1]!) && isHex(content[from - 2]!)) from -= 2;
  let to = at;
  while (to + 2 <= content.length && to - at < after * 2 && isHex(content[to]!) && isHex(content[to + 1]!)) to += 2;
  return {
    content: Buffer.from(content.toString('latin1', from, to), 'hex'),
    at: (at - from) / 2,
    toOuter: (start, end) => [from + start * 2, from + end * 2],
  };
}

function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}
