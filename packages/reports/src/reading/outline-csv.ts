import type { CsvDelimiter } from './csv-rows.ts';
import type { ReportBytes } from './report-bytes.ts';

const firstBytes = 1 << 16;
const mostLines = 60;

/** What the first lines of a report in CSV look like; some scanners write a few lines about themselves first. */
export interface CsvOutline {
  /** Whether one of the first lines has all of these fields. */
  hasColumns(...names: readonly string[]): boolean;
}

export async function outlineCsv(source: ReportBytes): Promise<CsvOutline> {
  const beginning = Buffer.alloc(firstBytes);
  const count = await source.read(beginning, 0);
  const lines = beginning.toString('utf8', 0, count).split(/\r?\n/, mostLines);
  return { hasColumns: (...names) => lines.some((line) => splitHeader(line, names) !== undefined) };
}

/** The delimiter of a line that has all of these fields. */
export function splitHeader(line: string, names: readonly string[]): CsvDelimiter | undefined {
  return ([',', ';', '\t', '|'] as const).find((delimiter) => {
    const fields = new Set(line.split(delimiter).map((field) => field.trim().replaceAll(/^"|"$/g, '').trim()));
    return names.every((name) => fields.has(name));
  });
}
