import { findValueStart } from './find-value-start.ts';
import { damaged, JsonCursor } from './json-cursor.ts';
import type { ValueRange } from './json-cursor.ts';
import { buildLayoutTree } from './json-layout.ts';
import type { JsonLayout, LayoutNode } from './json-layout.ts';
import { readAhead } from './read-ahead.ts';
import type { ReportBytes } from './report-bytes.ts';
import { ReportError } from './report-error.ts';
import { longestEntryText, longestSharedText, shortenTexts } from './shorten-texts.ts';

/** What leads to an entry: the members that the layout wants, of each object on the way. */
export type JsonObject = Readonly<Record<string, unknown>>;

export interface JsonEntry {
  /** Where it stands, as the layout says it. */
  readonly path: string;
  /** Undefined where it could not be read. */
  readonly value: unknown;
  /** Why it could not be read. */
  readonly problem?: 'damaged' | 'too-large';
  /** The objects that lead to it, outermost first. */
  readonly parents: readonly JsonObject[];
  /** Its name, where it is a member of an object. */
  readonly key?: string;
  /** Those of the members that lead to it and stand where the path has `{}`, outermost first. */
  readonly keys: readonly string[];
  /** The values of the tables of the layout, by path. */
  readonly tables?: ReadonlyMap<string, readonly unknown[]>;
}

const batchSize = 64;

/** A batch that has reached this is not added to: entries may be megabytes. */
const fullBatchBytes = 1 << 20;

/** Of the JSON of all tables of a report; they are held while it is read. */
const mostTableCharacters = 64 << 20;

const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** A container that is open on the way to entries. */
interface Frame {
  readonly node: LayoutNode;
  readonly isObject: boolean;
  readonly object: Record<string, unknown>;
  /** Whether what stands behind the cursor has been looked at already. */
  isComplete: boolean;
}

/**
 * The entries of a report in order, in batches; memory does not grow with the report.
 *
 * Throws REPORT_UNREADABLE where the report breaks off or is no JSON, after the entries before that place, and REPORT_TOO_LARGE when it
 * is nested too deep.
 */
export async function* readJsonEntries(source: ReportBytes, layout: JsonLayout): AsyncGenerator<JsonEntry[]> {
  if (layout.tables === undefined) {
    yield* readEntries(source, layout);
    return;
  }
  const tables = await readTables(source, layout.tables);
  for await (const batch of readEntries(source, layout)) yield batch.map((entry) => ({ ...entry, tables }));
}

async function readTables(source: ReportBytes, paths: readonly string[]): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const tables = new Map<string, unknown[]>(paths.map((path) => [path, []]));
  let length = 0;
  try {
    for await (const batch of readEntries(source, { entries: paths })) {
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

async function* readEntries(source: ReportBytes, layout: JsonLayout): AsyncGenerator<JsonEntry[]> {
  const root = buildLayoutTree(layout);
  const reader: Reader = { source, cursor: new JsonCursor(readAhead(source), await findValueStart(source)), frames: [], keys: [] };
  if (root.entry !== undefined) yield* readSequence(reader.cursor, root.entry);
  else while ((await reader.cursor.peek()) !== undefined) yield* walk(reader, root);
}

interface Reader {
  readonly source: ReportBytes;
  readonly cursor: JsonCursor;
  readonly frames: Frame[];
  /** Of the members that the cursor is in and for which the path has `{}`. */
  readonly keys: string[];
}

/** Values one after the other; one that is damaged ends with its line. */
async function* readSequence(cursor: JsonCursor, path: string): AsyncGenerator<JsonEntry[]> {
  let batch: JsonEntry[] = [];
  let start = cursor.position;
  while ((cursor.peekNow() ?? (await cursor.peek())) !== undefined) {
    const entry = await takeOrSkipLine(cursor, path);
    batch.push(entry);
    if (batch.length === batchSize || cursor.position - start >= fullBatchBytes) {
      yield batch;
      batch = [];
      start = cursor.position;
    }
  }
  if (batch.length > 0) yield batch;
}

async function takeOrSkipLine(cursor: JsonCursor, path: string): Promise<JsonEntry> {
  const before = cursor.position;
  try {
    const range = cursor.takeValueNow() ?? (await cursor.takeValue());
    const entry = toEntry(cursor, range, { path, parents: [], keys: [] });
    if (entry.problem === 'damaged') {
      cursor.at = range!.start;
      await cursor.skipLine();
    } else if (cursor.position === before) cursor.at++;
    return entry;
  } catch (error) {
    if (!(error instanceof ReportError) || error.code !== 'REPORT_UNREADABLE') throw error;
    await cursor.skipLine();
    return { path, value: undefined, problem: 'damaged', parents: [], keys: [] };
  }
}

async function* walk(reader: Reader, node: LayoutNode): AsyncGenerator<JsonEntry[]> {
  const byte = await reader.cursor.peek();
  if (byte === openBracket && node.items) yield* walkItems(reader, node, node.items);
  else if (byte === openBrace && (node.members.size > 0 || node.anyMember !== undefined)) yield* walkMembers(reader, node);
  else await passValue(reader.cursor);
}

async function* walkItems(reader: Reader, node: LayoutNode, child: LayoutNode): AsyncGenerator<JsonEntry[]> {
  const { cursor, frames } = reader;
  cursor.at++;
  frames.push({ node, isObject: false, object: {}, isComplete: false });
  if (child.entry === undefined) {
    while (await isBeforeItem(cursor, closeBracket)) yield* walk(reader, child);
  } else {
    yield* readBatches(reader, async () => {
      if (!(await isBeforeItem(cursor, closeBracket))) return undefined;
      return { path: child.entry! };
    });
  }
  frames.pop();
}

async function* walkMembers(reader: Reader, node: LayoutNode): AsyncGenerator<JsonEntry[]> {
  const { cursor, frames, keys } = reader;
  cursor.at++;
  const frame: Frame = { node, isObject: true, object: Object.create(null) as Record<string, unknown>, isComplete: false };
  frames.push(frame);
  const isTable = node.anyMember?.entry !== undefined;
  if (isTable) {
    yield* readBatches(reader, async () => {
      const key = await takeKey(cursor);
      return key === undefined ? undefined : { path: node.anyMember!.entry!, key };
    });
  } else {
    for (let key = await takeKey(cursor); key !== undefined; key = await takeKey(cursor)) {
      const child = node.members.get(key) ?? (node.wanted.has(key) ? undefined : node.anyMember);
      if (child?.entry !== undefined) {
        const path = child.entry;
        const name = key;
        let isTaken = false;
        yield* readBatches(reader, async () => {
          if (isTaken) return undefined;
          isTaken = true;
          return { path, key: name };
        });
      } else if (child) {
        const isNamed = child === node.anyMember;
        if (isNamed) keys.push(key);
        yield* walk(reader, child);
        if (isNamed) keys.pop();
      } else if (node.wanted.has(key) && !frame.isComplete) frame.object[key] = await takeContext(cursor);
      else await passValue(cursor);
    }
  }
  frames.pop();
}

/** Takes entries as long as `next` finds one before the cursor; their surroundings are completed first. */
async function* readBatches(
  reader: Reader,
  next: () => Promise<{ readonly path: string; readonly key?: string } | undefined>,
): AsyncGenerator<JsonEntry[]> {
  const { cursor } = reader;
  const keys = [...reader.keys];
  let batch: JsonEntry[] = [];
  let start = cursor.position;
  let parents: readonly JsonObject[] | undefined;
  try {
    for (let place = await next(); place !== undefined; place = await next()) {
      parents ??= await completeParents(reader);
      const range = cursor.takeValueNow() ?? (await cursor.takeValue());
      batch.push(toEntry(cursor, range, { ...place, parents, keys }));
      if (batch.length === batchSize || cursor.position - start >= fullBatchBytes) {
        yield batch;
        batch = [];
        start = cursor.position;
      }
    }
  } catch (error) {
    if (batch.length > 0) yield batch;
    throw error;
  }
  if (batch.length > 0) yield batch;
}

/** Looks ahead for members that entries need and that stand behind them. */
async function completeParents({ source, cursor, frames }: Reader): Promise<readonly JsonObject[]> {
  const outermost = frames.findIndex(({ node, object, isComplete }) => !isComplete && [...node.wanted].some((name) => !(name in object)));
  if (outermost !== -1) {
    const ahead = new JsonCursor(source, cursor.position);
    await passValue(ahead);
    for (const frame of frames.slice(outermost).toReversed()) await readRest(ahead, frame);
  }
  return frames.filter(({ isObject }) => isObject).map(({ object }) => object);
}

/** Reads on to the end of a container, keeping what its entries need. A report that breaks off before has not got it. */
async function readRest(cursor: JsonCursor, frame: Frame): Promise<void> {
  const { node, isObject, object } = frame;
  const isKept = !frame.isComplete;
  frame.isComplete = true;
  try {
    if (!isObject) {
      await cursor.leaveContainer();
      return;
    }
    for (let key = await takeKey(cursor); key !== undefined; key = await takeKey(cursor)) {
      if (isKept && node.wanted.has(key)) object[key] = await takeContext(cursor);
      else await passValue(cursor);
    }
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
  }
}

/** Whether there is another item; false behind the closing byte. */
async function isBeforeItem(cursor: JsonCursor, closing: number): Promise<boolean> {
  for (;;) {
    const byte = cursor.peekNow() ?? (await cursor.peek());
    if (byte === undefined) throw damaged(cursor.position);
    if (byte === comma) cursor.at++;
    else if (byte === closing) {
      cursor.at++;
      return false;
    } else if (byte === closeBrace || byte === closeBracket || byte === colon) throw damaged(cursor.position);
    else return true;
  }
}

/** The name of the next member, with the cursor before its value; undefined at the end of the object. */
async function takeKey(cursor: JsonCursor): Promise<string | undefined> {
  if (!(await isBeforeItem(cursor, closeBrace))) return undefined;
  const range = cursor.takeValueNow() ?? (await cursor.takeValue());
  const key = range && parse(cursor, range);
  if (typeof key !== 'string' || (cursor.peekNow() ?? (await cursor.peek())) !== colon) throw damaged(cursor.position);
  cursor.at++;
  if ((cursor.peekNow() ?? (await cursor.peek())) === undefined) throw damaged(cursor.position);
  return shortenTexts(key);
}

async function passValue(cursor: JsonCursor): Promise<void> {
  const before = cursor.position;
  if (cursor.takeValueNow() === undefined) await cursor.skipValue();
  if (cursor.position === before) throw damaged(before);
}

/** A member that entries below need. */
async function takeContext(cursor: JsonCursor): Promise<unknown> {
  const range = await cursor.takeValue();
  if (range === undefined) return undefined;
  const value = parse(cursor, range);
  return range.end - range.start > longestSharedText ? shortenTexts(value) : value;
}

function toEntry(cursor: JsonCursor, range: ValueRange | undefined, place: Omit<JsonEntry, 'value' | 'problem'>): JsonEntry {
  if (range === undefined) return { ...place, value: undefined, problem: 'too-large' };
  const value = parse(cursor, range);
  if (value === undefined) return { ...place, value, problem: 'damaged' };
  return { ...place, value: range.end - range.start > longestEntryText ? shortenTexts(value, longestEntryText) : value };
}

/** Undefined when it is no JSON: why would quote it. */
function parse({ bytes }: JsonCursor, { start, end }: ValueRange): unknown {
  try {
    return JSON.parse(bytes.toString('utf8', start, end)) as unknown;
  } catch {
    return undefined;
  }
}
