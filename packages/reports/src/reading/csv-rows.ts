import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { ReportBytes } from './report-bytes.ts';
import { ReportError } from './report-error.ts';

const chunkBytes = 1 << 18;

/** Of one line with all its fields. */
const maximumRowBytes = 8 << 20;

export type CsvDelimiter = ',' | ';' | '\t' | '|';

/**
 * The rows of a report in CSV (RFC 4180; quotes may also stand inside of a field). Throws REPORT_UNREADABLE where a quote is never closed, and
 * REPORT_TOO_LARGE for a row that is larger than is held.
 */
export async function* readCsvRows(source: ReportBytes, delimiter: CsvDelimiter): AsyncGenerator<readonly string[]> {
  const options = {
    delimiter,
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: maximumRowBytes,
  };
  const rows = Readable.from(readChunks(source), { objectMode: false }).pipe(parse(options));
  try {
    for await (const row of rows) yield row as string[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    if (error.code === 'CSV_MAX_RECORD_SIZE')
      throw new ReportError('REPORT_TOO_LARGE', `Row ${error['records']} of the report is larger than is read.`);
    throw new ReportError('REPORT_UNREADABLE', `The report breaks off or is no CSV at line ${error['lines']}.`);
  }
}

async function* readChunks(source: ReportBytes): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const count = await source.read(chunk, position);
    if (count === 0) return;
    position += count;
    yield chunk.subarray(0, count);
  }
}
