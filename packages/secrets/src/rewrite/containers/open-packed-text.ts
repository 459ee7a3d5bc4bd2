import { readBase64Lines, startsBase64 } from '../../detect/decode/base64.ts';
import type { Base64Line } from '../../detect/decode/base64.ts';
import type { UnpackBudget } from '../../detect/unpack/unpack-budget.ts';
import type { Container } from './container.ts';

/** How gzip, zip and zstd begin in base64 of either alphabet, and how that begins in base64 once more. */
export const packedTextStarts: readonly string[] = ['H4sI', 'UEsDB', 'KLUv/', 'KLUv_'].flatMap((start) => [
  start,
  // Whole characters only: the last one holds bits of what follows.
  btoa(start).slice(0, Math.floor((start.length * 8) / 6)),
]);

export function holdsPackedText(content: Buffer): boolean {
  return packedTextStarts.some((start) => listPlaces(content, start).next().value !== undefined);
}

/** Text that holds packed content in base64, as releases of Helm do. `undefined` when there is none. */
export function openPackedText(content: Buffer, budget: UnpackBudget): Container | undefined {
  const texts = listPackedTexts(content);
  if (texts.length === 0) return undefined;
  return {
    format: 'base64',
    isTolerant: true,
    *members() {
      for (const [index, { text }] of texts.entries()) {
        if (!budget.takeEntry('base64')) return;
        yield { index, name: '', content: Buffer.from(text, 'base64'), isPlain: false };
      }
    },
    rebuild({ contents, redactText }) {
      const parts: Buffer[] = [];
      let copied = 0;
      for (const [index, packed] of texts.entries()) {
        const changed = contents.get(index);
        if (!changed) continue;
        parts.push(content.subarray(copied, packed.start), encodeLike(content, packed, changed));
        copied = packed.end;
      }
      const rebuilt = Buffer.concat([...parts, content.subarray(copied)]);
      return redactText(rebuilt) ?? rebuilt;
    },
  };
}

interface PackedText {
  readonly start: number;
  /** After the padding. */
  readonly end: number;
  readonly lines: readonly Base64Line[];
  readonly text: string;
  readonly isPadded: boolean;
}

function listPackedTexts(content: Buffer): PackedText[] {
  const places = packedTextStarts.flatMap((start) => [...listPlaces(content, start)]).sort((a, b) => a - b);
  const texts: PackedText[] = [];
  for (const start of places) {
    if (start < (texts.at(-1)?.end ?? 0)) continue;
    const lines = readBase64Lines(content, start);
    const lastEnd = lines.at(-1)!.end;
    let end = lastEnd;
    while (end < lastEnd + 2 && content[end] === equalsSign) end++;
    const text = lines.map((line) => content.toString('latin1', line.start, line.end)).join('');
    texts.push({ start, end, lines, text, isPadded: end > lastEnd });
  }
  return texts;
}

function* listPlaces(content: Buffer, start: string): Generator<number> {
  for (let at = content.indexOf(start, 0, 'latin1'); at !== -1; at = content.indexOf(start, at + 1, 'latin1')) {
    if (startsBase64(content, at)) yield at;
  }
}

/** In the alphabet, with the padding and in lines as the text that it takes the place of. */
function encodeLike(content: Buffer, { lines, text, isPadded }: PackedText, bytes: Buffer): Buffer {
  const isUrl = /[-_]/.test(text);
  // A text of whole groups does not show whether its writer pads; standard base64 does as a rule.
  const pads = isPadded || (!isUrl && text.length % 4 === 0);
  const padded = bytes.toString(isUrl ? 'base64url' : 'base64').replace(/(?<!=)=+$/, '');
  const encoded = pads ? padded.padEnd(Math.ceil(padded.length / 4) * 4, '=') : padded;
  const [first, second] = lines;
  if (!second) return Buffer.from(encoded, 'latin1');
  const lineBreak = content.toString('latin1', first!.end, second.start);
  return Buffer.from(encoded.replaceAll(new RegExp(`.{${first!.end - first!.start}}(?!$)`, 'g'), `$&${lineBreak}`), 'latin1');
}

const equalsSign = 0x3d;
