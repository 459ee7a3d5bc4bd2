import { SaxesParser } from 'saxes';
import { cutText } from '../cut-text.ts';
import { decodeXml } from './decode-xml.ts';
import { ElementTable } from './element-table.ts';
import { readAhead } from './read-ahead.ts';
import type { ReportBytes } from './report-bytes.ts';
import { ReportError } from './report-error.ts';
import { longestEntryText, longestSharedText, shortenTexts } from './shorten-texts.ts';
import { withoutPrefix, XmlScanner } from './scan-xml.ts';
import type { XmlElement } from './xml-element.ts';
import { writeXml } from './write-xml.ts';

/** Where entries stand in a report in XML. Paths are names of elements from the root on, without prefixes: `/Report/ReportHost/ReportItem`. */
export interface XmlLayout {
  readonly entries: readonly string[];
  /** Elements around entries that are needed to understand them and stand before them. Attributes of what leads to entries always come. */
  readonly context?: readonly string[];
  /** Elements that entries refer to and that may stand anywhere. The report is read twice for them. */
  readonly tables?: readonly string[];
  /** It is HTML: elements that are not closed end with those around them, and values need no quotes. */
  readonly isHtml?: boolean;
}

export interface XmlEntry {
  readonly path: string;
  readonly element: XmlElement;
  readonly problem?: never;
  /** What leads to it, outermost first, with the children that the layout wants. */
  readonly parents: readonly XmlElement[];
  /** The elements of the tables, by path. */
  readonly tables: ReadonlyMap<string, ElementTable>;
}

const deepest = 64;
const mostAttributes = 1000;

/** What may stand between two tags, and in one entry. */
const maximumTextLength = 32 << 20;

/** Of the tables of a report; they are held while it is read. */
const mostTableBytes = 155_000_000;

/** Of the context that is open at a time. */
const maximumContextLength = 32 << 20;

/** What an element takes besides its texts, in characters. */
const elementLength = 128;

/**
 * The entries of a report in order, in batches. A DOCTYPE is passed over: no entity that it declares is known and nothing is fetched.
 *
 * Throws REPORT_UNREADABLE where the report breaks off or is no XML, after the entries before that place, and REPORT_TOO_LARGE.
 */
export async function* readXmlEntries(source: ReportBytes, layout: XmlLayout): AsyncGenerator<XmlEntry[]> {
  const { entries, context = [], tables = [], isHtml = false } = layout;
  const found = new Map(tables.map((path) => [path, new ElementTable()]));
  if (tables.length > 0) await readTables(source, found, isHtml);
  const wanted = new Set(context);
  const targets = new Set(entries);
  for await (const batch of readElements(source, isHtml, (path) =>
    targets.has(path) ? 'entry' : wanted.has(path) ? 'context' : undefined,
  )) {
    yield batch.map(({ path, element, parents }) => ({ path, element, parents, tables: found }));
  }
}

async function readTables(source: ReportBytes, tables: ReadonlyMap<string, ElementTable>, isHtml: boolean): Promise<void> {
  try {
    for await (const batch of readElements(source, isHtml, (path) => (tables.has(path) ? 'entry' : undefined))) {
      for (const { path, element } of batch) tables.get(path)!.add(shortenTexts(element));
      const heldBytes = tables.values().reduce((sum, table) => sum + table.heldBytes, 0);
      if (heldBytes > mostTableBytes) throw tooMuchExplained();
    }
  } catch (error) {
    // The entries before that place are still read.
    if (!(error instanceof ReportError) || error.code !== 'REPORT_UNREADABLE') throw error;
  }
}

function tooMuchExplained(): ReportError {
  return new ReportError('REPORT_TOO_LARGE', 'The report explains more than is held of it.');
}

interface FoundElement {
  readonly path: string;
  readonly element: XmlElement;
  readonly parents: readonly XmlElement[];
}

type Role = 'entry' | 'context' | undefined;

interface OpenElement extends XmlElement {
  /** Where it stands; undefined in an entry or its context. */
  readonly place: Place | undefined;
  readonly children: XmlElement[];
  text: string;
  /** Of the context that stands in it. */
  contextLength: number;
  /** Whether it belongs to an entry or to its context, and so is kept. */
  readonly isKept: boolean;
}

/** One way to elements from the root on; each is made once. */
interface Place {
  readonly path: string;
  readonly role: Role;
  readonly below: Map<string, Place>;
}

/** Of the places of a report that are remembered; a report has a few dozen. */
const mostPlaces = 1000;

/** Builds the elements that are wanted, from what a parser tells. */
class ElementBuilder {
  readonly #roleOf: (path: string) => Role;
  readonly #root: Place;
  readonly #open: OpenElement[] = [];
  /** What leads to the next entry, as long as it does not change. */
  #parents: readonly XmlElement[] | undefined;
  #found: FoundElement[] = [];
  /** Of the entry or context that is open. */
  #heldLength = 0;
  /** Of the context that is closed and belongs to what is open. */
  #contextLength = 0;
  #placeCount = 0;
  failure: Error | undefined;
  /** How much was told. */
  events = 0;

  constructor(roleOf: (path: string) => Role) {
    this.#roleOf = roleOf;
    this.#root = { path: '', role: undefined, below: new Map() };
  }

  get isClosed(): boolean {
    return this.#open.length === 0;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.events++;
    if (this.failure) return;
    const parent = this.#open.at(-1);
    const isInside = parent?.isKept === true;
    const place = isInside ? undefined : this.#findPlace(parent?.place ?? this.#root, name);
    const isKept = isInside || place?.role !== undefined;
    if (!isKept) {
      this.#parents = undefined;
      shortenTexts(attributes);
    }
    this.#open.push({ name, place, attributes, children: [], text: '', at: parent?.text.length ?? 0, contextLength: 0, isKept });
    if (isKept) this.#hold(lengthOf(attributes));
    if (this.#open.length > deepest)
      this.failure = new ReportError('REPORT_TOO_LARGE', `The report is nested deeper than ${deepest} levels.`);
  }

  #findPlace(from: Place, name: string): Place {
    const known = from.below.get(name);
    if (known) return known;
    const path = `${from.path}/${name}`;
    const place = { path, role: this.#roleOf(path), below: new Map<string, Place>() };
    if (this.#placeCount++ < mostPlaces) from.below.set(name, place);
    return place;
  }

  text(text: string): void {
    this.events++;
    const element = this.#open.at(-1);
    if (!element?.isKept) return;
    const room = longestEntryText - element.text.length;
    if (room <= 0) return;
    const taken = text.length > room ? cutText(text, room) : text;
    element.text += taken;
    this.#hold(taken.length);
  }

  #hold(length: number): void {
    this.#heldLength += length;
    if (this.#heldLength > maximumTextLength)
      this.failure ??= new ReportError('REPORT_TOO_LARGE', 'The report has an entry that is larger than is read.');
  }

  close(): void {
    const element = this.#open.pop();
    if (!element || this.failure) return;
    const role = element.place?.role;
    const parent = this.#open.at(-1);
    if (!element.isKept) {
      this.#parents = undefined;
      this.#contextLength -= element.contextLength;
    } else if (role === 'entry') {
      this.#parents ??= [...this.#open];
      this.#found.push({ path: element.place!.path, element, parents: this.#parents });
    } else parent?.children.push(element);
    if (role === 'context' && this.#heldLength > longestSharedText) shortenTexts(element);
    if (role === 'context' && parent) {
      parent.contextLength += this.#heldLength;
      this.#contextLength += this.#heldLength;
      if (this.#contextLength > maximumContextLength) this.failure ??= tooMuchExplained();
    }
    if (role !== undefined) this.#heldLength = 0;
  }

  /** A line break in what is HTML. */
  breakLine(): void {
    this.events++;
    const element = this.#open.at(-1);
    if (element?.isKept && !this.failure) element.text += '\n';
  }

  /** The entries since the last time. */
  take(): FoundElement[] {
    const found = this.#found;
    if (found.length > 0) this.#found = [];
    return found;
  }
}

function lengthOf(attributes: Readonly<Record<string, string>>): number {
  let length = elementLength;
  for (const name in attributes) length += name.length + attributes[name]!.length;
  return length;
}

async function* readElements(source: ReportBytes, isHtml: boolean, roleOf: (path: string) => Role): AsyncGenerator<FoundElement[]> {
  const builder = new ElementBuilder(roleOf);
  // The parser judges what the scanner does not know; HTML is full of that.
  let scanner = isHtml ? undefined : new XmlScanner(builder);
  let parser = isHtml ? createParser(builder, isHtml, '') : undefined;
  const feed = (text: string): void => {
    if (parser) {
      writeXml(parser, text);
      return;
    }
    const stop = scanner!.write(text);
    if (!stop) return;
    scanner = undefined;
    parser = createParser(builder, isHtml, stop.before);
    writeXml(parser, stop.rest);
  };

  let fedSinceEvent = 0;
  let ending = '';
  for await (const text of decodeXml(readAhead(source))) {
    const before = builder.events;
    feed(text);
    if (isHtml) ending = (ending + text).slice(-100);
    fedSinceEvent = builder.events === before ? fedSinceEvent + text.length : 0;
    const batch = builder.take();
    if (batch.length > 0) yield batch;
    if (fedSinceEvent > maximumTextLength) throw new ReportError('REPORT_TOO_LARGE', 'The report has a text that is longer than is read.');
    if (builder.failure) throw toReportError(builder.failure);
  }
  const stop = scanner?.end();
  if (stop) {
    parser = createParser(builder, isHtml, stop.before);
    writeXml(parser, stop.rest);
  }
  parser?.close();
  const batch = builder.take();
  if (batch.length > 0) yield batch;
  // A script may seem to go on where it compares.
  const isWhole = isHtml ? /<\/html>\s*$/i.test(ending) : builder.isClosed;
  if (builder.failure || !isWhole) throw toReportError(builder.failure);
}

/** One that goes on behind `before`, of which nothing is told. */
function createParser(builder: ElementBuilder, isHtml: boolean, before: string): SaxesParser {
  const parser = new SaxesParser({ position: false });
  writeXml(parser, before);
  parser.on('error', (error) => {
    if (!harmless.test(error.message) && !(isHtml && usualInHtml.test(error.message))) builder.failure ??= error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (isHtml && voidElements.has(name)) builder.breakLine();
    else builder.open(withoutPrefix(name), toAttributes(attributes));
  });
  parser.on('text', (text) => {
    builder.text(text);
  });
  parser.on('cdata', (text) => {
    builder.text(text);
  });
  parser.on('closetag', ({ name }) => {
    if (!isHtml || !voidElements.has(name)) builder.close();
  });
  return parser;
}

/** HTML never closes them, and they hold nothing. */
const voidElements = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr']);

/** Faults in what scanners took from what they scanned: an entity that is not known stays as it is written. */
const harmless = /entity|disallowed character|duplicate attribute/;
const usualInHtml =
  /unclosed tag|unexpected close tag|unexpected end|attribute without value|unquoted attribute value|forward-slash|no whitespace between attributes/;

function toReportError(failure: Error | undefined): ReportError {
  // What saxes says may quote the report.
  return failure instanceof ReportError ? failure : new ReportError('REPORT_UNREADABLE', 'The report breaks off or is no XML.');
}

function toAttributes(attributes: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(attributes);
  if (entries.length > mostAttributes)
    throw new ReportError('REPORT_TOO_LARGE', `The report has an element with over ${mostAttributes} attributes.`);
  return Object.fromEntries(entries.map(([name, value]) => [withoutPrefix(name), String(value)]));
}
