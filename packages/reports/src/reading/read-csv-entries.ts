import { readCsvRows } from './csv-rows.ts';
import type { CsvDelimiter } from './csv-rows.ts';
import { splitHeader } from './outline-csv.ts';
import type { ReportBytes } from './report-bytes.ts';

/** The line with the names of the columns is the first that has all of these; what stands before it is about the scan. */
export interface CsvLayout {
  readonly columns: readonly string[];
  /** There is no such line: `columns` are the names of all fields, in their order. */
  readonly hasNoHeader?: boolean;
}

export interface CsvEntry {
  readonly problem?: never;
  /** A field by the name of its column, without white space around it; an empty one is none. */
  field(column: string): string | undefined;
}

const batchSize = 512;

/** A batch that has reached this is not added to, in characters: a row may be megabytes. */
const fullBatchLength = 1 << 20;
const headerBytes = 1 << 16;

/** The rows below the names of the columns, or all, in batches. */
export async function* readCsvEntries(source: ReportBytes, { columns, hasNoHeader }: CsvLayout): AsyncGenerator<CsvEntry[]> {
  const delimiter = await findDelimiter(source, columns);
  let places: ReadonlyMap<string, number> | undefined = hasNoHeader ? new Map(columns.map((name, index) => [name, index])) : undefined;
  let batch: CsvEntry[] = [];
  let length = 0;
  for await (const row of readCsvRows(source, delimiter)) {
    if (!places) {
      const names = row.map((field) => field.trim());
      if (columns.every((column) => names.includes(column))) places = new Map(names.map((name, index) => [name, index]));
      continue;
    }
    const known = places;
    batch.push({ field: (column) => row[known.get(column) ?? -1]?.replaceAll('\0', '').trim() || undefined });
    for (const field of row) length += field.length;
    if (batch.length === batchSize || length >= fullBatchLength) {
      yield batch;
      batch = [];
      length = 0;
    }
  }
  if (batch.length > 0) yield batch;
}

async function findDelimiter(source: ReportBytes, columns: readonly string[]): Promise<CsvDelimiter> {
  const beginning = Buffer.alloc(headerBytes);
  const count = await source.read(beginning, 0);
  const lines = beginning.toString('utf8', 0, count).split(/\r?\n/);
  return lines.map((line) => splitHeader(line, columns)).find((delimiter) => delimiter !== undefined) ?? ',';
}
