import { SaxesParser } from 'saxes';
import { decodeXml } from './decode-xml.ts';
import type { ReportBytes } from './report-bytes.ts';
import { ReportError } from './report-error.ts';
import type { XmlElement } from './xml-element.ts';

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
  readonly tables: ReadonlyMap<string, readonly XmlElement[]>;
}

const deepest = 64;
const mostAttributes = 1000;

/** What may stand between two tags, and in one entry. */
const maximumTextLength = 32 << 20;
const mostTableElements = 500_000;

/**
 * The entries of a report in order, in batches. A DOCTYPE is passed over: no entity that it declares is known and nothing is fetched.
 *
 * Throws REPORT_UNREADABLE where the report breaks off or is no XML, after the entries before that place, and REPORT_TOO_LARGE.
 */
export async function* readXmlEntries(source: ReportBytes, layout: XmlLayout): AsyncGenerator<XmlEntry[]> {
  const { entries, context = [], tables = [], isHtml = false } = layout;
  const found = new Map<string, XmlElement[]>(tables.map((path) => [path, []]));
  if (tables.length > 0) await readTables(source, found, isHtml);
  const wanted = new Set(context);
  const targets = new Set(entries);
  for await (const batch of readElements(source, isHtml, (path) =>
    targets.has(path) ? 'entry' : wanted.has(path) ? 'context' : undefined,
  )) {
    yield batch.map(({ path, element, parents }) => ({ path, element, parents, tables: found }));
  }
}

async function readTables(source: ReportBytes, tables: ReadonlyMap<string, XmlElement[]>, isHtml: boolean): Promise<void> {
  let count = 0;
  try {
    for await (const batch of readElements(source, isHtml, (path) => (tables.has(path) ? 'entry' : undefined))) {
      count += batch.length;
      if (count > mostTableElements)
        throw new ReportError('REPORT_TOO_LARGE', `The report explains more than ${mostTableElements} things.`);
      for (const { path, element } of batch) tables.get(path)!.push(element);
    }
  } catch (error) {
    // The entries before that place are still read.
    if (!(error instanceof ReportError) || error.code !== 'REPORT_UNREADABLE') throw error;
  }
}

interface FoundElement {
  readonly path: string;
  readonly element: XmlElement;
  readonly parents: readonly XmlElement[];
}

type Role = 'entry' | 'context' | undefined;

interface OpenElement extends XmlElement {
  readonly path: string;
  readonly children: XmlElement[];
  text: string;
  /** Whether it belongs to an entry or to its context, and so is kept. */
  readonly isKept: boolean;
  readonly role: Role;
}

async function* readElements(source: ReportBytes, isHtml: boolean, roleOf: (path: string) => Role): AsyncGenerator<FoundElement[]> {
  const parser = new SaxesParser({ position: false });
  const open: OpenElement[] = [];
  let batch: FoundElement[] = [];
  let failure: Error | undefined;
  let heldLength = 0;
  let events = 0;

  parser.on('error', (error) => {
    if (!harmless.test(error.message) && !(isHtml && usualInHtml.test(error.message))) failure ??= error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    events++;
    if (failure) return;
    const parent = open.at(-1);
    if (isHtml && voidElements.has(name)) {
      if (parent?.isKept) parent.text += '\n';
      return;
    }
    const path = `${parent?.path ?? ''}/${withoutPrefix(name)}`;
    const role = parent?.isKept ? undefined : roleOf(path);
    open.push({
      name: withoutPrefix(name),
      path,
      attributes: toAttributes(attributes),
      children: [],
      text: '',
      at: parent?.text.length ?? 0,
      role,
      isKept: (parent?.isKept ?? false) || role !== undefined,
    });
    if (open.length > deepest) failure = new ReportError('REPORT_TOO_LARGE', `The report is nested deeper than ${deepest} levels.`);
  });
  const onText = (text: string): void => {
    events++;
    const element = open.at(-1);
    if (!element?.isKept) return;
    element.text += text;
    heldLength += text.length;
    if (heldLength > maximumTextLength)
      failure ??= new ReportError('REPORT_TOO_LARGE', 'The report has an entry that is larger than is read.');
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.on('closetag', ({ name }) => {
    if (isHtml && voidElements.has(name)) return;
    const element = open.pop();
    if (!element || failure) return;
    const parent = open.at(-1);
    if (element.role === 'entry') batch.push({ path: element.path, element, parents: [...open] });
    if (parent && element.isKept && element.role !== 'entry') parent.children.push(element);
    if (element.role !== undefined) heldLength = 0;
  });

  let fedSinceEvent = 0;
  let ending = '';
  for await (const text of decodeXml(source)) {
    const before = events;
    parser.write(text);
    ending = (ending + text).slice(-100);
    fedSinceEvent = events === before ? fedSinceEvent + text.length : 0;
    if (batch.length > 0) {
      yield batch;
      batch = [];
    }
    if (fedSinceEvent > maximumTextLength) throw new ReportError('REPORT_TOO_LARGE', 'The report has a text that is longer than is read.');
    if (failure) throw toReportError(failure);
  }
  parser.close();
  // A script may seem to go on where it compares.
  const isWhole = isHtml ? /<\/html>\s*$/i.test(ending) : open.length === 0;
  if (failure || !isWhole) throw toReportError(failure);
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

function withoutPrefix(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
