import { base64Needles } from './base64-needles.ts';
import { encodeAs } from './encode-text.ts';
import { encodingsInBase64 } from './encodings-in-base64.ts';
import { looseReach, matchLoosely } from './loose-match.ts';

/** A part of a value by which its loosely written forms are found: escaped in some mixture, or broken over lines or string literals. */
export interface LooseForm {
  readonly needle: Buffer;
  /** What must stand around the part. Latin-1. */
  readonly whole: string;
  /** Where in it the part stands. */
  readonly offset: number;
  /** Whether `whole` is base64, which is broken over lines, but not escaped. */
  readonly isBase64: boolean;
}

const minBrokenBytes = 16;
const minRunBytes = 6;
const maxPartBytes = 12;

/** The parts by which the loose forms of a value are looked for. Each comes with too many false hits to stand for itself: see `findLoosely`. */
export function listLooseForms(value: string): LooseForm[] {
  const runs = (value.match(/[A-Za-z0-9]+/g) ?? []).sort((a, b) => b.length - a.length);
  const escaped = runs[0] !== undefined && runs[0].length >= minRunBytes && runs[0].length < value.length ? [runs[0]] : [];
  const bytes = Buffer.from(value, 'latin1');
  const once = base64Needles(bytes).map(({ needle }) => needle);
  const encoded = [...once, ...encodingsInBase64.map((encoding) => encodeAs(encoding, bytes))];
  const nested = encoded.flatMap((inner) => base64Needles(inner).map(({ needle }) => needle));
  const inBase64 = new Set([...once, ...nested].map((needle) => needle.toString('latin1')));
  return [
    ...[...escaped, ...halve(value)].map((part) => buildForm(part, value, false)),
    ...[...inBase64].flatMap((whole) => halve(whole).map((part) => buildForm(part, whole, true))),
  ];
}

function buildForm(part: string, whole: string, isBase64: boolean): LooseForm {
  return { needle: Buffer.from(part, 'latin1'), whole, offset: whole.indexOf(part), isBase64 };
}

/** Two neighbours, of which a break leaves one whole (so do more, if they are far enough apart); of several lines the longest one. */
function halve(text: string): string[] {
  if (text.length < minBrokenBytes) return [];
  const lines = text.split(/[\r\n]+/).sort((a, b) => b.length - a.length);
  const middle = Math.floor(text.length / 2);
  return lines.length > 1
    ? [lines[0]!]
    : [text.slice(Math.max(0, middle - maxPartBytes), middle), text.slice(middle, middle + maxPartBytes)];
}

/** The whole around a part that stands at `at`, in bytes of the content; `undefined` when there is only the part. */
export function findLoosely(
  content: Uint8Array,
  at: number,
  { needle, whole, offset, isBase64 }: LooseForm,
): { start: number; end: number } | undefined {
  const reach = looseReach(whole);
  const from = Math.max(0, at - reach);
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.length);
  const text = bytes.toString('latin1', from, Math.min(content.length, at + needle.length + reach));
  const part = at - from;
  // What follows a chance hit is rarely what follows in the value: most end here.
  if (matchLoosely(text, part, whole.slice(offset), !isBase64) === -1) return undefined;
  for (let start = offset === 0 ? part : Math.max(0, part - looseReach(whole.slice(0, offset))); start <= part - offset; start++) {
    if (!canBegin(text, start, whole)) continue;
    const end = matchLoosely(text, start, whole, !isBase64);
    if (end < part + needle.length) continue;
    return isBase64 ? widenBase64(text, from, start, end) : { start: from + start, end: from + end };
  }
  return undefined;
}

/** The value's first character as it is, or what any escape begins with. */
function canBegin(text: string, at: number, whole: string): boolean {
  return text[at] === whole[0] || '%=+\\&'.includes(text[at]!);
}

/** The characters beside it hold bits of the value too. */
function widenBase64(text: string, from: number, start: number, end: number): { start: number; end: number } {
  const isCharacter = (at: number): boolean => /[A-Za-z0-9+/\-_]/.test(text[at] ?? '');
  return { start: from + start - (start > 0 && isCharacter(start - 1) ? 1 : 0), end: from + end + (isCharacter(end) ? 1 : 0) };
}
