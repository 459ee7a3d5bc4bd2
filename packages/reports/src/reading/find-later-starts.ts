import type { ReportBytes } from './report-bytes.ts';

const firstBytes = 1 << 16;
const mostStarts = 8;

/** Lines with which a report in JSON or XML may begin. What Markdown fences is an example in a text about reports. */
const beginning = /^(?=<\?xml\s|[[{])(?<!^ {0,3}(?:```|~~~).*\n)/gm;

/** Where, in bytes, a report may begin behind other lines: what a scanner said while it worked, or a comment before the XML declaration. */
export async function findLaterStarts(source: ReportBytes): Promise<number[]> {
  const bytes = Buffer.alloc(firstBytes);
  const count = await source.read(bytes, 0);
  const lines = bytes.toString('latin1', 0, count).matchAll(beginning);
  return lines
    .map(({ index }) => index)
    .filter((index) => index > 0)
    .take(mostStarts)
    .toArray();
}

/** A report without what stands before `start`. */
export function readFrom(source: ReportBytes, start: number): ReportBytes {
  return {
    byteLength: source.byteLength - start,
    read: (target, position) => source.read(target, start + position),
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}
