import { CliError } from '../cli-error.ts';

/**
 * The ids of the findings in a report that `scan --format json`, `jsonl` or `sarif` wrote.
 *
 * @throws {CliError} `REPORT_UNREADABLE`; the message quotes nothing of the file.
 */
export function readReportIds(text: string, file: string): string[] {
  const items = findItems(text) ?? parseLines(text, file);
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

/** Of one JSON document; `undefined` for anything else. */
function findItems(text: string): unknown[] | undefined {
  try {
    const document: unknown = JSON.parse(text);
    if (!isRecord(document)) return undefined;
    if (Array.isArray(document['runs'])) return document['runs'].flatMap(listSarifItems);
    return Array.isArray(document['findings']) ? document['findings'] : undefined;
  } catch {
    return undefined;
  }
}

/** Our own SARIF names the findings in the fingerprints of its results. */
function listSarifItems(run: unknown): unknown[] {
  const results = isRecord(run) && Array.isArray(run['results']) ? (run['results'] as unknown[]) : [];
  return results.flatMap((result) => {
    const fingerprints = isRecord(result) ? result['partialFingerprints'] : undefined;
    const id = isRecord(fingerprints) ? fingerprints['deployguardFindingId/v1'] : undefined;
    return id === undefined ? [] : [{ id }];
  });
}

function parseLines(text: string, file: string): unknown[] {
  let items: unknown[];
  try {
    items = text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line): unknown => JSON.parse(line));
  } catch {
    throw new CliError('REPORT_UNREADABLE', `${file} is not JSON. Write a report with \`deployguard scan --format json --output <file>\`.`);
  }
  const [first, last] = [items[0], items.at(-1)];
  if (isRecord(first) && first['type'] === 'report' && !(isRecord(last) && last['type'] === 'end'))
    throw new CliError('REPORT_UNREADABLE', `${file} was cut off: its last line is missing. Write the report again.`);
  return items;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
