import type { ReportBytes } from './report-bytes.ts';
import { ReportError } from './report-error.ts';

const chunkBytes = 1 << 18;

/** A longer line is no line of a report. */
const longestLine = 1 << 20;

/** The lines of a report in plain text, without what ends them. Throws REPORT_TOO_LARGE for a line that is longer than is held. */
export async function* readTextLines(source: ReportBytes): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let rest = '';
  for (let position = 0; ;) {
    const count = await source.read(chunk, position);
    position += count;
    const lines = (rest + decoder.decode(chunk.subarray(0, count), { stream: count > 0 })).split(/\r?\n/);
    rest = count === 0 ? '' : lines.pop()!;
    if (rest.length > longestLine) throw new ReportError('REPORT_TOO_LARGE', 'The report has a line that is longer than is read.');
    if (lines.length > 0) yield lines;
    if (count === 0) return;
  }
}
