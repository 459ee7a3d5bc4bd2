import { extname } from 'node:path';
import { type Consumer, printJson } from '@deployguard/reports';

/** Some items, each as JSON in a line of its own, as `jsonl` has them. */
export interface ItemLines {
  /** Whole lines; in pieces, because one entry may become more than a text can hold. */
  readonly texts: readonly string[];
  readonly count: number;
}

const pieceCharacters = 256 * 1024;

export function printLines(items: readonly object[]): ItemLines {
  const texts: string[] = [];
  let text = '';
  for (const item of items) {
    text += `${printJson(item)}\n`;
    if (text.length < pieceCharacters) continue;
    texts.push(text);
    text = '';
  }
  if (text !== '') texts.push(text);
  return { texts, count: items.length };
}

export const linePrinter: Consumer<ItemLines> = {
  consume: printLines,
  thread: new URL(`./print-lines-thread${extname(import.meta.filename)}`, import.meta.url),
};
