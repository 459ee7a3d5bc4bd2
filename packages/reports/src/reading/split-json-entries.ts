import { findValueStart } from './find-value-start.ts';
import { damaged, JsonCursor } from './json-cursor.ts';
import { buildLayoutTree } from './json-layout.ts';
import type { JsonLayout, LayoutNode } from './json-layout.ts';
import { isLargeEntry, ParcelFiller, parseJson, wrapLarge } from './json-parcel.ts';
import type { JsonContainer, JsonParcel, SpareBytes } from './json-parcel.ts';
import { readAhead } from './read-ahead.ts';
import type { ReportBytes } from './report-bytes.ts';
import { ReportError } from './report-error.ts';
import { longestSharedText, shortenTexts } from './shorten-texts.ts';

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
  /** Of the JSON of the members in it. */
  contextBytes: number;
  /** Whether entries were found below it. */
  isHeld: boolean;
  /** Whether what stands behind the cursor has been looked at already. */
  isComplete: boolean;
}

interface Reader {
  readonly source: ReportBytes;
  readonly cursor: JsonCursor;
  readonly frames: Frame[];
  /** Of the members that the cursor is in and for which the path has `{}`. */
  readonly keys: string[];
  readonly filler: ParcelFiller;
}

/**
 * Takes the entries of a report apart, in order, without parsing them; memory does not grow with the report.
 *
 * Throws REPORT_UNREADABLE where the report breaks off or is no JSON, after the entries before that place, and REPORT_TOO_LARGE when it
 * is nested too deep.
 */
export async function* splitJsonEntries(source: ReportBytes, layout: JsonLayout, spare: SpareBytes = []): AsyncGenerator<JsonParcel> {
  const root = buildLayoutTree(layout);
  const cursor = new JsonCursor(readAhead(source), await findValueStart(source));
  const filler = new ParcelFiller(spare);
  const reader: Reader = { source, cursor, frames: [], keys: [], filler };
  let failure: { readonly error: unknown } | undefined;
  try {
    while (await isBeforeValue(source, cursor)) yield* walk(reader, root);
  } catch (error) {
    failure = { error };
  }
  if (!filler.isEmpty) yield filler.take();
  if (failure) throw failure.error;
}

/** Whether another value follows, behind lines of text such as notices of the scanner; JSON that a damaged place has cut off is damage. */
async function isBeforeValue(source: ReportBytes, cursor: JsonCursor): Promise<boolean> {
  const byte = await cursor.peek();
  if (byte === undefined) return false;
  if (byte === openBrace || byte === openBracket) return true;
  if (cursor.position === 0 || cutOff.has(byte)) throw damaged(cursor.position);
  do await cursor.skipLine();
  while ((await cursor.peek()) !== undefined && !(await isBeforeJson(source, cursor)));
  return (await cursor.peek()) !== undefined;
}

/** Lines of text may begin with a bracket as well: `[INFO] …`. */
async function isBeforeJson(source: ReportBytes, cursor: JsonCursor): Promise<boolean> {
  const byte = await cursor.peek();
  if (byte !== openBrace && byte !== openBracket) return false;
  const ahead = cursor.lookAhead(source);
  ahead.at++;
  const next = await ahead.peek();
  return next !== undefined && (byte === openBrace ? objectStarts : listStarts).has(next);
}

const objectStarts: ReadonlySet<number> = new Set(Buffer.from('"}'));
const listStarts: ReadonlySet<number> = new Set(Buffer.from('{'));

/** What JSON may go on with in the middle. */
const cutOff: ReadonlySet<number> = new Set(Buffer.from('}],:"'));

async function* walk(reader: Reader, node: LayoutNode): AsyncGenerator<JsonParcel> {
  const byte = await reader.cursor.peek();
  if (byte === openBracket && node.items) yield* walkItems(reader, node, node.items);
  else if (byte === openBrace && (node.members.size > 0 || node.anyMember !== undefined)) yield* walkMembers(reader, node);
  else await passValue(reader.cursor);
}

async function* walkItems(reader: Reader, node: LayoutNode, child: LayoutNode): AsyncGenerator<JsonParcel> {
  const { cursor, frames } = reader;
  cursor.at++;
  frames.push({ node, isObject: false, object: {}, contextBytes: 0, isHeld: false, isComplete: false });
  if (child.entry === undefined) {
    while (await isBeforeItem(cursor, closeBracket)) yield* walk(reader, child);
  } else {
    yield* takeEntries(reader, child.entry, () => {
      const isThere = isBeforeItemNow(cursor, closeBracket) ?? isBeforeItem(cursor, closeBracket);
      if (typeof isThere === 'boolean') return isThere ? unnamed : undefined;
      return isThere.then((isItem) => (isItem ? unnamed : undefined));
    });
  }
  frames.pop();
}

async function* walkMembers(reader: Reader, node: LayoutNode): AsyncGenerator<JsonParcel> {
  const { cursor, frames, keys } = reader;
  cursor.at++;
  const object = Object.create(null) as Record<string, unknown>;
  const frame: Frame = { node, isObject: true, object, contextBytes: 0, isHeld: false, isComplete: false };
  frames.push(frame);
  if (node.anyMember?.entry !== undefined) {
    yield* takeEntries(reader, node.anyMember.entry, async () => {
      const key = await takeKey(cursor);
      return key === undefined ? undefined : { key };
    });
  } else {
    for (let key = await takeKey(cursor); key !== undefined; key = await takeKey(cursor)) {
      const child = node.members.get(key) ?? (node.wanted.has(key) ? undefined : node.anyMember);
      if (child?.entry !== undefined) {
        const members: Found[] = [{ key }];
        yield* takeEntries(reader, child.entry, () => members.pop());
      } else if (child) {
        const isNamed = child === node.anyMember;
        if (isNamed) keys.push(key);
        yield* walk(reader, child);
        if (isNamed) keys.pop();
      } else if (node.wanted.has(key) && !frame.isComplete) await takeContext(cursor, frame, key);
      else await passValue(cursor);
    }
  }
  frames.pop();
}

/**
 * Takes entries as long as `next` finds one before the cursor; their surroundings are completed first. For most there is nothing to wait for,
 * and waiting would take longer than all else here.
 */
async function* takeEntries(reader: Reader, path: string, next: NextEntry): AsyncGenerator<JsonParcel> {
  const { cursor, filler } = reader;
  let found = await next();
  if (found === undefined) return;
  const container = await openContainer(reader, path);
  filler.open(container);
  while (found !== undefined) {
    const range = cursor.takeValueNow() ?? (await cursor.takeValue());
    if (range && isLargeEntry(range)) {
      if (!filler.isEmpty) yield filler.take();
      yield wrapLarge(container, cursor.bytes, range, found.key);
    } else {
      filler.add(cursor.bytes, range, found.key);
      if (filler.isFull) yield filler.take();
    }
    const following = next();
    found = following instanceof Promise ? await following : following;
  }
}

type NextEntry = () => Found | undefined | Promise<Found | undefined>;

interface Found {
  /** Of an entry that is a member of an object. */
  readonly key?: string;
}

const unnamed: Found = {};

/** Looks ahead for members that entries need and that stand behind them. */
async function openContainer(reader: Reader, path: string): Promise<JsonContainer> {
  const { source, cursor, frames, keys } = reader;
  const outermost = frames.findIndex(({ node, object, isComplete }) => !isComplete && [...node.wanted].some((name) => !(name in object)));
  if (outermost !== -1) {
    const ahead = cursor.lookAhead(source);
    await passValue(ahead);
    for (const frame of frames.slice(outermost).toReversed()) await readRest(ahead, frame);
  }
  let [contextBytes, ownContextBytes] = [0, 0];
  for (const frame of frames) {
    contextBytes += frame.contextBytes;
    if (!frame.isHeld) ownContextBytes += frame.contextBytes;
    // What its entries were told stays, whatever comes behind them.
    frame.isHeld = frame.isComplete = true;
  }
  for (const key of keys) ownContextBytes += key.length;
  return {
    path,
    parents: frames.filter(({ isObject }) => isObject).map(({ object }) => object),
    keys: [...keys],
    contextBytes,
    ownContextBytes,
  };
}

/** Reads on to the end of a container, keeping what its entries need. A report that breaks off before has not got it. */
async function readRest(cursor: JsonCursor, frame: Frame): Promise<void> {
  const { node, isObject } = frame;
  const isKept = !frame.isComplete;
  frame.isComplete = true;
  try {
    if (!isObject) {
      await cursor.leaveContainer();
      return;
    }
    for (let key = await takeKey(cursor); key !== undefined; key = await takeKey(cursor)) {
      if (isKept && node.wanted.has(key)) await takeContext(cursor, frame, key);
      else await passValue(cursor);
    }
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
  }
}

/** Whether there is another item; false behind the closing byte. */
async function isBeforeItem(cursor: JsonCursor, closing: number): Promise<boolean> {
  for (;;) {
    const isThere = isBeforeItemNow(cursor, closing);
    if (isThere !== undefined) return isThere;
    if ((await cursor.peek()) === undefined) throw damaged(cursor.position);
  }
}

/** Undefined when more must be read first. */
function isBeforeItemNow(cursor: JsonCursor, closing: number): boolean | undefined {
  for (;;) {
    const byte = cursor.peekNow();
    if (byte === undefined) return undefined;
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
  const key = range && parseJson(cursor.bytes, range.start, range.end);
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
async function takeContext(cursor: JsonCursor, frame: Frame, key: string): Promise<void> {
  const range = await cursor.takeValue();
  frame.object[key] = undefined;
  if (range === undefined) return;
  const length = range.end - range.start;
  const value = parseJson(cursor.bytes, range.start, range.end);
  frame.object[key] = length > longestSharedText ? shortenTexts(value) : value;
  frame.contextBytes += length;
}
