import { findValueStart } from './find-value-start.ts';
import { JsonCursor } from './json-cursor.ts';
import { splitPath } from './json-layout.ts';
import type { JsonNesting } from './json-layout.ts';
import type { ReportBytes } from './report-bytes.ts';
import { ReportError } from './report-error.ts';

/** What of a report is looked at to recognise it; more only when that does not tell. */
const firstBytes = 1 << 20;
const itemsPerList = 8;
const membersPerObject = 200;
const textsPerPlace = 4;
const maximumTextLength = 200;
const deepest = 12;
const smallValueBytes = 1 << 16;

interface Place {
  isList: boolean;
  isObject: boolean;
  readonly texts: string[];
  readonly members: Map<string, Place>;
  items: Place | undefined;
}

/** What a JSON report looks like: which members it has, and the first values they have. Paths are those of `JsonLayout`. */
export interface JsonOutline {
  /** Whether each of these places is there, with any value. */
  has(...paths: readonly string[]): boolean;
  /** Whether there is a list. */
  hasList(path: string): boolean;
  /** Whether there is an object. */
  hasObject(path: string): boolean;
  /** The first words and numbers of a place. */
  texts(path: string): readonly string[];
  /** Whether one of the first words of a place fits. */
  matches(path: string, pattern: RegExp): boolean;
  /** As it would look to who takes each item of its lists for a report, or its values for items of one list; undefined where that cannot be. */
  nest(nesting: JsonNesting): JsonOutline | undefined;
  /** The list that it is, as it would look at a path such as `$.results`, with its items or as if it had none; undefined where it is no list. */
  putBack(path: string, list: 'as it is' | 'empty'): JsonOutline | undefined;
  /** False where it breaks off, or goes on behind what was looked at. */
  readonly isWhole: boolean;
}

/** Undefined when it is no JSON from its beginning on. */
export async function outlineJson(source: ReportBytes, extent: 'beginning' | 'whole'): Promise<JsonOutline | undefined> {
  const cursor = new JsonCursor(source, await findValueStart(source));
  const root = createPlace();
  const outliner: Outliner = { cursor, limit: extent === 'whole' ? Number.POSITIVE_INFINITY : firstBytes };
  const first = await cursor.peek();
  if (first !== openBrace && first !== openBracket)
    return first === undefined || (await isLiteral(source)) ? describe(root, true) : undefined;
  let documentCount = 0;
  let isWhole = false;
  try {
    while (documentCount < itemsPerList) {
      const byte = await cursor.peek();
      isWhole = byte === undefined;
      if (isWhole || cursor.position > outliner.limit) break;
      const before = cursor.position;
      await outline(outliner, root, 0);
      if (cursor.position === before) break;
      documentCount++;
      if (isUntouched(root)) return undefined;
    }
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
  }
  return isUntouched(root) ? undefined : describe(root, isWhole);
}

const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const colon = 0x3a;

interface Outliner {
  readonly cursor: JsonCursor;
  readonly limit: number;
}

async function outline(outliner: Outliner, place: Place, depth: number): Promise<void> {
  const { cursor, limit } = outliner;
  const byte = await cursor.peek();
  if (byte === undefined || cursor.position > limit) throw new ReportError('REPORT_UNREADABLE', 'The report breaks off.');
  const small = cursor.takeValueNow();
  if (small && small.end - small.start <= smallValueBytes) {
    note(place, parse(cursor.bytes.toString('utf8', small.start, small.end)), depth);
    return;
  }
  if (small) cursor.at = small.start;
  if (depth === deepest || (byte !== openBrace && byte !== openBracket)) {
    await cursor.skipValue();
    return;
  }
  cursor.at++;
  if (byte === openBracket) await outlineList(outliner, place, depth);
  else await outlineObject(outliner, place, depth);
}

async function outlineList(outliner: Outliner, place: Place, depth: number): Promise<void> {
  const { cursor } = outliner;
  place.isList = true;
  for (let count = 0; await isBefore(cursor, closeBracket); count++) {
    if (count === itemsPerList) {
      await cursor.leaveContainer();
      return;
    }
    place.items ??= createPlace();
    await outline(outliner, place.items, depth + 1);
  }
}

async function outlineObject(outliner: Outliner, place: Place, depth: number): Promise<void> {
  const { cursor } = outliner;
  while (await isBefore(cursor, closeBrace)) {
    const range = await cursor.takeValue();
    const key = range && parse(cursor.bytes.toString('utf8', range.start, range.end));
    if (typeof key !== 'string' || (await cursor.peek()) !== colon) throw new ReportError('REPORT_UNREADABLE', 'The report is no JSON.');
    cursor.at++;
    place.isObject = true;
    await outline(outliner, getMember(place, key) ?? createPlace(), depth + 1);
  }
}

async function isBefore(cursor: JsonCursor, closing: number): Promise<boolean> {
  let byte = await cursor.peek();
  while (byte === comma) {
    cursor.at++;
    byte = await cursor.peek();
  }
  if (byte === undefined) throw new ReportError('REPORT_UNREADABLE', 'The report breaks off.');
  if (byte === closing) cursor.at++;
  return byte !== closing;
}

/** `null`, `true`, `"text"` and numbers: a report that says that there is nothing may be one. */
async function isLiteral(source: ReportBytes): Promise<boolean> {
  const start = Buffer.alloc(64);
  const length = await source.read(start, 0);
  return source.byteLength <= 64 && parse(start.toString('utf8', 0, length)) !== undefined;
}

function note(place: Place, value: unknown, depth: number): void {
  if (depth > deepest) return;
  if (Array.isArray(value)) {
    place.isList = true;
    for (const item of value.slice(0, itemsPerList)) note((place.items ??= createPlace()), item, depth + 1);
  } else if (typeof value === 'object' && value !== null) {
    place.isObject = true;
    for (const [key, member] of Object.entries(value)) {
      const inner = getMember(place, key);
      if (inner) note(inner, member, depth + 1);
    }
  } else if (value !== undefined && value !== null && place.texts.length < textsPerPlace) {
    place.texts.push(String(value).slice(0, maximumTextLength));
  }
}

function getMember({ members }: Place, key: string): Place | undefined {
  let member = members.get(key);
  if (!member && members.size < membersPerObject) members.set(key, (member = createPlace()));
  return member;
}

function describe(root: Place, isWhole: boolean): JsonOutline {
  const find = (path: string): Place[] =>
    splitPath(path).reduce<Place[]>((places, step) => places.flatMap((place) => follow(place, step)), [root]);
  return {
    isWhole,
    nest: (nesting) => {
      const { isList, isObject, items } = root;
      if (isList === isObject) return undefined;
      if (nesting === 'unlisted') return isObject ? describe({ ...createPlace(), isList: true, items: root }, isWhole) : undefined;
      return items && describe(items, isWhole);
    },
    putBack: (path, list) => {
      if (!root.isList || root.isObject) return undefined;
      const start = list === 'empty' ? { ...createPlace(), isList: true } : root;
      return describe(splitPath(path).reduceRight(hold, start), isWhole);
    },
    has: (...paths) => paths.every((path) => find(path).length > 0),
    hasList: (path) => find(path).some(({ isList }) => isList),
    hasObject: (path) => find(path).some(({ isObject }) => isObject),
    texts: (path) => find(path).flatMap(({ texts }) => texts),
    matches: (path, pattern) => find(path).some(({ texts }) => texts.some((text) => pattern.test(text))),
  };
}

/** An object that has only this member. */
function hold(place: Place, step: string): Place {
  return { ...createPlace(), isObject: true, members: new Map([[step.slice(1), place]]) };
}

function follow({ items, members }: Place, step: string): Place[] {
  if (step === '[]') return items ? [items] : [];
  if (step === '{}') return [...members.values()];
  const member = members.get(step.slice(1));
  return member ? [member] : [];
}

function createPlace(): Place {
  return { isList: false, isObject: false, texts: [], members: new Map(), items: undefined };
}

/** A line of a log may begin with a bracket, and looks like a list of which no item can be read. */
function isUntouched({ isList, isObject, items, texts }: Place): boolean {
  return !isObject && texts.length === 0 && (!isList || (items !== undefined && isUntouched(items)));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
