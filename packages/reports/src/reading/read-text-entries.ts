import type { ReportBytes } from './report-bytes.ts';
import { shortenTexts } from './shorten-texts.ts';
import { readTextLines } from './text-lines.ts';

/** Where entries stand in a report in plain text. Patterns have no flags that keep a state (`g`, `y`). */
export interface TextLayout {
  /** The first line of an entry. */
  readonly begins: RegExp;
  /** The lines behind it that belong to it, up to the first that does not fit; without it an entry is one line. */
  readonly continues?: RegExp;
  /** Lines outside of entries that are needed to understand those behind them. */
  readonly context?: RegExp;
}

export interface TextEntry {
  readonly problem?: never;
  readonly lines: readonly string[];
  /** The lines of the context that stand before it. */
  readonly context: readonly string[];
}

const batchSize = 512;

/** A batch that has reached this is not added to, in characters: an entry may be a megabyte. */
const fullBatchLength = 1 << 20;

/** What is held of one entry; the rest of it is passed over. */
const mostLines = 1000;
const longestEntry = 1 << 20;
const mostContextLines = 1000;

/** The entries of a report in order, in batches. */
export async function* readTextEntries(source: ReportBytes, { begins, continues, context }: TextLayout): AsyncGenerator<TextEntry[]> {
  let known: readonly string[] = [];
  let batch: TextEntry[] = [];
  let lines: string[] | undefined;
  let [entryLength, batchLength] = [0, 0];
  const close = (): void => {
    if (lines) batch.push({ lines, context: known });
    batchLength += entryLength;
    entryLength = 0;
    lines = undefined;
  };
  for await (const read of readTextLines(source)) {
    for (const line of read.map((text) => text.replaceAll('\0', ''))) {
      if (begins.test(line)) {
        close();
        lines = [line];
        entryLength = line.length;
      } else if (lines && continues?.test(line)) {
        if (lines.length === mostLines || entryLength + line.length > longestEntry) continue;
        lines.push(line);
        entryLength += line.length;
      } else {
        close();
        if (known.length < mostContextLines && context?.test(line)) known = [...known, shortenTexts(line)];
      }
    }
    if (batch.length >= batchSize || batchLength >= fullBatchLength) {
      yield batch;
      batch = [];
      batchLength = 0;
    }
  }
  close();
  if (batch.length > 0) yield batch;
}
