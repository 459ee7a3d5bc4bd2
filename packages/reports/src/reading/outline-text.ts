import type { ReportBytes } from './report-bytes.ts';

const firstBytes = 1 << 16;

/** What the first lines of a report in plain text look like. */
export interface TextOutline {
  /** Whether one of the first lines fits. */
  hasLine(pattern: RegExp): boolean;
}

export async function outlineText(source: ReportBytes): Promise<TextOutline> {
  const beginning = Buffer.alloc(firstBytes);
  const count = await source.read(beginning, 0);
  const lines = beginning.toString('utf8', 0, count).split(/\r?\n/);
  return { hasLine: (pattern) => lines.some((line) => pattern.test(line)) };
}
