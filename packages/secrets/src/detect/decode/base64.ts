import type { Decoded, Decoder, EncodedForm } from './decoder.ts';

/** Base64 in the standard and the URL alphabet, on one line or wrapped. */
export const base64: Decoder = { encoding: 'base64', isLineBound: false, listForms, encodedLength, decodeAround };

/** Shorter forms would stand everywhere by chance. */
const minFormLength = 4;
/** Longer ones would only stand across the ends of wrapped lines more often. */
const maxFormLength = 8;
/** A line shorter than this ends the text: what stands on the next one is something else. */
const minWrappedLine = 40;
const maxBreakBytes = 32;

/** Three bytes are four characters, so a keyword looks different at each of three phases; its outermost bits share characters with its neighbours. */
function listForms(keyword: string): EncodedForm[] {
  const forms: EncodedForm[] = [];
  // No more of the keyword than the form can show.
  const shown = keyword.slice(0, maxFormLength);
  for (let phase = 0; phase < 3; phase++) {
    const encoded = btoa('\0'.repeat(phase) + shown);
    const lead = Math.ceil((phase * 8) / 6);
    const text = encoded.slice(lead, Math.min(lead + maxFormLength, Math.floor(((phase + shown.length) * 8) / 6)));
    if (text.length < minFormLength) continue;
    forms.push({ text, fold: false, lead, phase });
    if (/[+/]/.test(text)) forms.push({ text: text.replaceAll('+', '-').replaceAll('/', '_'), fold: false, lead, phase });
  }
  return forms;
}

/** Whether no text of base64 goes on where this begins: neither on its line nor, when lines are wrapped, on the one before. */
export function startsBase64(content: Buffer, at: number): boolean {
  const last = content[at - 1];
  if (last !== undefined && isBase64[last] === 1) return endsEscape(content, at);
  const before = skipBreak(content, at - 1, -1);
  return before === undefined || !endsWrappedLine(content, before);
}

/** Whether `\n`, `\r` or `\t` ends there. */
function endsEscape(content: Buffer, at: number): boolean {
  return content[at - 2] === 0x5c && [0x6e, 0x72, 0x74].includes(content[at - 1]!);
}

function encodedLength(decodedLength: number): number {
  const characters = Math.ceil((decodedLength + 3) / 3) * 4 + 4;
  const breaks = Math.ceil(characters / minWrappedLine) + 1;
  return characters + breaks * maxBreakBytes + minWrappedLine;
}

function decodeAround(content: Buffer, at: number, { lead, phase }: EncodedForm, before: number, after: number): Decoded {
  const back = listBackwards(content, at, Math.ceil(before / 3) * 4 + lead);
  const backCount = countCharacters(back);
  // The keyword's own unit begins `lead` characters before the form; whole units are counted from there.
  const unitStart = backCount - lead;
  if (unitStart < 0) return { content: Buffer.alloc(0), at: -1, toOuter: () => [at, at] };
  const forward = listForwards(content, at, Math.ceil((phase + after) / 3) * 4 - lead);
  const spans = skipCharacters([...back, ...forward], unitStart % 4);
  const text = spans.map(({ start, end }) => content.toString('latin1', start, end)).join('');
  return {
    content: Buffer.from(text, 'base64'),
    at: Math.floor(unitStart / 4) * 3 + phase,
    toOuter: (start, end) => [
      placeOf(spans, Math.floor((start * 8) / 6)),
      placeOf(spans, Math.min(text.length, Math.ceil((end * 8) / 6)) - 1) + 1,
    ],
  };
}

/** Characters of the text that stand together. */
export interface Base64Line {
  readonly start: number;
  readonly end: number;
}

/** The text that begins there, to its end, without its padding. */
export function readBase64Lines(content: Buffer, at: number): Base64Line[] {
  return listForwards(content, at, Infinity);
}

function listForwards(content: Buffer, at: number, count: number): Base64Line[] {
  const spans: Base64Line[] = [];
  let left = count;
  for (let start: number | undefined = at; start !== undefined && left > 0;) {
    let end: number = start;
    while (end < content.length && left > 0 && isBase64[content[end]!] === 1) {
      end++;
      left--;
    }
    if (end > start) spans.push({ start, end });
    start = left > 0 && endsWrappedLine(content, end - 1) ? skipBreak(content, end, 1) : undefined;
  }
  return spans;
}

function listBackwards(content: Buffer, at: number, count: number): Base64Line[] {
  const spans: Base64Line[] = [];
  let left = count;
  for (let last: number | undefined = at - 1; last !== undefined && left > 0;) {
    let start: number = last + 1;
    while (start > 0 && left > 0 && isBase64[content[start - 1]!] === 1) {
      start--;
      left--;
    }
    if (start <= last) spans.push({ start, end: last + 1 });
    const next: number | undefined = left > 0 ? skipBreak(content, start - 1, -1) : undefined;
    last = next !== undefined && endsWrappedLine(content, next) ? next : undefined;
  }
  return spans.toReversed();
}

function endsWrappedLine(content: Buffer, last: number): boolean {
  for (let i = last; i > last - minWrappedLine; i--) {
    if (i < 0 || isBase64[content[i]!] !== 1) return false;
  }
  return true;
}

/** The next byte beyond one line break and the blanks around it; `undefined` when there is no line break. */
function skipBreak(content: Buffer, from: number, step: 1 | -1): number | undefined {
  let lineFeeds = 0;
  let i = from;
  for (; Math.abs(i - from) < maxBreakBytes; i += step) {
    const byte = content[i];
    if (byte === 0x0a) lineFeeds++;
    else if (byte !== 0x0d && byte !== 0x20 && byte !== 0x09) break;
  }
  return lineFeeds === 1 ? i : undefined;
}

function countCharacters(spans: readonly Base64Line[]): number {
  return spans.reduce((count, { start, end }) => count + end - start, 0);
}

function skipCharacters([first, ...others]: readonly Base64Line[], count: number): Base64Line[] {
  if (!first) return [];
  const length = first.end - first.start;
  return count < length ? [{ start: first.start + count, end: first.end }, ...others] : skipCharacters(others, count - length);
}

function placeOf(spans: readonly Base64Line[], character: number): number {
  let left = character;
  for (const { start, end } of spans) {
    if (left < end - start) return start + left;
    left -= end - start;
  }
  return spans.at(-1)!.end;
}

/** By byte: 1 for the characters of both alphabets. */
const isBase64 = Uint8Array.from({ length: 256 }, (_, byte) => (/[A-Za-z0-9+/_-]/.test(String.fromCharCode(byte)) ? 1 : 0));
