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
  const bytes = Buffer.from(keyword, 'latin1');
  const forms: EncodedForm[] = [];
  for (const phase of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(phase), bytes]).toString('base64');
    const lead = Math.ceil((phase * 8) / 6);
    const text = encoded.slice(lead, Math.min(lead + maxFormLength, Math.floor(((phase + bytes.length) * 8) / 6)));
    if (text.length < minFormLength) continue;
    forms.push({ text, fold: false, lead, phase });
    const urlText = text.replaceAll('+', '-').replaceAll('/', '_');
    if (urlText !== text) forms.push({ text: urlText, fold: false, lead, phase });
  }
  return forms;
}

function encodedLength(decodedLength: number): number {
  const characters = Math.ceil((decodedLength + 3) / 3) * 4 + 4;
  const breaks = Math.ceil(characters / minWrappedLine) + 1;
  return characters + breaks * maxBreakBytes + minWrappedLine;
}

function decodeAround(content: Buffer, at: number, { lead, phase }: EncodedForm, before: number, after: number): Decoded {
  const unitsBefore = Math.ceil(before / 3);
  const unitsAfter = Math.ceil((phase + after) / 3);
  const back = listBackwards(content, at, unitsBefore * 4 + lead);
  const forward = listForwards(content, at, unitsAfter * 4 - lead);
  const positions = [...back, ...forward];
  // The keyword's own unit begins `lead` characters before the form; whole units are counted from there.
  const unitStart = back.length - lead;
  const first = unitStart >= 0 ? unitStart % 4 : back.length;
  const used = positions.slice(first);
  let text = '';
  for (const position of used) text += String.fromCharCode(content[position]!);
  return {
    content: Buffer.from(text, 'base64'),
    at: unitStart >= 0 ? ((unitStart - first) / 4) * 3 + phase : -1,
    toOuter: (start, end) => [used[Math.floor((start * 8) / 6)]!, used[Math.min(used.length, Math.ceil((end * 8) / 6)) - 1]! + 1],
  };
}

function listForwards(content: Buffer, at: number, count: number): number[] {
  const positions: number[] = [];
  for (let i = at; i < content.length && positions.length < count;) {
    if (isBase64(content[i]!)) {
      positions.push(i++);
      continue;
    }
    const next = skipBreak(content, i, 1);
    if (next === undefined || !endsWrappedLine(content, i - 1)) break;
    i = next;
  }
  return positions;
}

function listBackwards(content: Buffer, at: number, count: number): number[] {
  const positions: number[] = [];
  for (let i = at - 1; i >= 0 && positions.length < count;) {
    if (isBase64(content[i]!)) {
      positions.push(i--);
      continue;
    }
    const next = skipBreak(content, i, -1);
    if (next === undefined || !endsWrappedLine(content, next)) break;
    i = next;
  }
  return positions.toReversed();
}

function endsWrappedLine(content: Buffer, last: number): boolean {
  for (let i = last; i > last - minWrappedLine; i--) {
    if (i < 0 || !isBase64(content[i]!)) return false;
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

function isBase64(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x2f && byte <= 0x39) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x5f
  );
}
