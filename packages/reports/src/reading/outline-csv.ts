import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import type { CsvDelimiter } from './csv-rows.ts';
import type { ReportBytes } from './report-bytes.ts';

const firstBytes = 1 << 16;
const mostLines = 60;

/** What the first lines of a report in CSV look like; some scanners write a few lines about themselves first. */
export interface CsvOutline {
  /** Whether one of the first lines has all of these fields. */
  hasColumns(...names: readonly string[]): boolean;
  /** Whether the first row, of a report without names of columns, has as many fields as there are patterns, and each fits. */
  fits(...patterns: readonly RegExp[]): boolean;
}

export async function outlineCsv(source: ReportBytes): Promise<CsvOutline> {
  const beginning = Buffer.alloc(firstBytes);
  const count = await source.read(beginning, 0);
  const text = beginning.toString('utf8', 0, count);
  const lines = text.split(/\r?\n/, mostLines);
  const first = parseFirstRow(text);
  return {
    hasColumns: (...names) => lines.some((line) => splitHeader(line, names) !== undefined),
    fits: (...patterns) => first.length === patterns.length && patterns.every((pattern, at) => pattern.test(first[at]!)),
  };
}

/** Empty where there is none. */
function parseFirstRow(text: string): readonly string[] {
  try {
    return (parse(text, { to: 1, bom: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true }) as string[][])[0] ?? [];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return [];
  }
}

/** The delimiter of a line that has all of these fields. */
export function splitHeader(line: string, names: readonly string[]): CsvDelimiter | undefined {
  return ([',', ';', '\t', '|'] as const).find((delimiter) => {
    const fields = new Set(line.split(delimiter).map((field) => field.trim().replaceAll(/^"|"$/g, '').trim()));
    return names.every((name) => fields.has(name));
  });
}
