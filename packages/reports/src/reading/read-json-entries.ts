import { findValueStart } from './find-value-start.ts';
import { JsonCursor } from './json-cursor.ts';
import type { JsonEntry, JsonPlace, JsonTables } from './json-entry.ts';
import { isSequence } from './json-layout.ts';
import type { JsonLayout, JsonNesting } from './json-layout.ts';
import { parseValue, readParcel, releaseBytes } from './json-parcel.ts';
import type { SpareBytes } from './json-parcel.ts';
import { readAhead } from './read-ahead.ts';
import type { ReportBytes } from './report-bytes.ts';
import { ReportError } from './report-error.ts';
import { shortenTexts } from './shorten-texts.ts';
import { splitJsonEntries } from './split-json-entries.ts';

const batchSize = 64;

/** A batch that has reached this is not added to: entries may be megabytes. */
const fullBatchBytes = 1 << 20;

/** Of the JSON of all tables of a report; they are held while it is read. */
const mostTableCharacters = 64 << 20;

/**
 * The entries of a report in order, in batches; memory does not grow with the report. A batch is to be gone through before the next one is
 * asked for.
 *
 * Throws REPORT_UNREADABLE where the report breaks off or is no JSON, after the entries before that place, and REPORT_TOO_LARGE when it
 * is nested too deep.
 */
export async function* readJsonEntries(source: ReportBytes, layout: JsonLayout): AsyncGenerator<Iterable<JsonEntry>> {
  if (isSequence(layout)) {
    yield* readSequence(source, layout.entries[0]!);
    return;
  }
  const tables = layout.tables && (await readTables(source, layout.tables, layout.nesting));
  const spare: SpareBytes = [];
  for await (const parcel of splitJsonEntries(source, layout, spare)) {
    yield readParcel(parcel, tables);
    releaseBytes(parcel.bytes, spare);
  }
}

/** The values that entries refer to. */
async function readTables(source: ReportBytes, paths: readonly string[], nesting: JsonNesting | undefined): Promise<JsonTables> {
  const tables = new Map<string, unknown[]>(paths.map((path) => [path, []]));
  let length = 0;
  try {
    for await (const batch of readJsonEntries(source, { entries: paths, nesting })) {
      for (const { path, value } of batch) {
        tables.get(path)!.push(shortenTexts(value));
        length += JSON.stringify(value)?.length ?? 0;
      }
      if (length > mostTableCharacters) throw new ReportError('REPORT_TOO_LARGE', 'The report explains more than is held of it.');
    }
  } catch (error) {
    // The entries before that place are still read.
    if (!(error instanceof ReportError) || error.code !== 'REPORT_UNREADABLE') throw error;
  }
  return tables;
}

/** Values one after the other; one that is damaged ends with its line. */
async function* readSequence(source: ReportBytes, path: string): AsyncGenerator<JsonEntry[]> {
  const cursor = new JsonCursor(readAhead(source), await findValueStart(source));
  let batch: JsonEntry[] = [];
  const place: JsonPlace = { path, parents: [], keys: [] };
  let start = cursor.position;
  while ((cursor.peekNow() ?? (await cursor.peek())) !== undefined) {
    const entry = await takeOrSkipLine(cursor, place);
    batch.push(entry);
    if (batch.length === batchSize || cursor.position - start >= fullBatchBytes) {
      yield batch;
      batch = [];
      start = cursor.position;
    }
  }
  if (batch.length > 0) yield batch;
}

async function takeOrSkipLine(cursor: JsonCursor, place: JsonPlace): Promise<JsonEntry> {
  const before = cursor.position;
  try {
    const range = cursor.takeValueNow() ?? (await cursor.takeValue());
    if (range === undefined) return { ...place, value: undefined, problem: 'too-large' };
    const value = parseValue(cursor.bytes, range.start, range.end);
    if (value === undefined) {
      cursor.at = range.start;
      await cursor.skipLine();
      return { ...place, value, problem: 'damaged' };
    }
    if (cursor.position === before) cursor.at++;
    return { ...place, value };
  } catch (error) {
    if (!(error instanceof ReportError) || error.code !== 'REPORT_UNREADABLE') throw error;
    await cursor.skipLine();
    return { ...place, value: undefined, problem: 'damaged' };
  }
}
