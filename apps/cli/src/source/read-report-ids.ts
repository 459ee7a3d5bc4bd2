import { CliError } from '../cli-error.ts';

/**
 * The ids of the findings in a report that `scan --format json` or `jsonl` wrote.
 *
 * @throws {CliError} `REPORT_UNREADABLE`; the message quotes nothing of the file.
 */
export function readReportIds(text: string, file: string): string[] {
  let items: unknown[];
  try {
    const document: unknown = JSON.parse(text);
    items = isRecord(document) && Array.isArray(document['findings']) ? document['findings'] : isRecord(document) ? [document] : [];
  } catch {
    items = parseLines(text, file);
  }
  const ids = items.flatMap((item) =>
    isRecord(item) && item['type'] !== 'report' && item['type'] !== 'end' && typeof item['id'] === 'string' ? [item['id']] : [],
  );
  if (ids.length === 0 && !/"schemaVersion"/.test(text)) {
    throw new CliError(
      'REPORT_UNREADABLE',
      `${file} is no report of DeployGuard. Write one with \`deployguard scan --format json --output <file>\`.`,
    );
  }
  return ids;
}

function parseLines(text: string, file: string): unknown[] {
  try {
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line): unknown => JSON.parse(line));
  } catch {
    throw new CliError('REPORT_UNREADABLE', `${file} is not JSON. Write a report with \`deployguard scan --format json --output <file>\`.`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
