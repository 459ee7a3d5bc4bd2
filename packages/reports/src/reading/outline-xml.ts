import { SaxesParser } from 'saxes';
import { decodeXml } from './decode-xml.ts';
import type { ReportBytes } from './report-bytes.ts';
import { writeXml } from './write-xml.ts';

const firstCharacters = 1 << 20;
const mostPaths = 5000;
const deepest = 12;
const deepestText = 3;
const textsPerPath = 16;
const longestText = 200;
/** Behind this nobody looks for anything, and the parser takes the longer the deeper it is. */
const mostOpen = 1000;
/** Of what the parser is given at once: it cannot be stopped before its end. */
const pieceCharacters = 4096;

/** What a report in XML looks like, as far as was looked. */
export interface XmlOutline {
  /** Name of the root element, without prefix. */
  readonly root: string;
  /** Namespace of the root element; empty without one. */
  readonly namespace: string;
  /** An attribute of the first element at a path. */
  attribute(path: string, name: string): string | undefined;
  /** Whether one of the first texts at a path fits: of elements near the root. */
  matches(path: string, pattern: RegExp): boolean;
  /** Whether there is an element at each of these paths: `/report/results/result`. */
  has(...paths: readonly string[]): boolean;
  /** False where it goes on behind what was looked at. */
  readonly isWhole: boolean;
}

/** Undefined when it is no XML from its beginning on. */
export async function outlineXml(source: ReportBytes, extent: 'beginning' | 'whole'): Promise<XmlOutline | undefined> {
  const parser = new SaxesParser({ position: false, xmlns: true });
  const open: string[] = [];
  const attributesByPath = new Map<string, ReadonlyMap<string, string>>();
  const textsByPath = new Map<string, string[]>();
  let root: { readonly name: string; readonly namespace: string } | undefined;
  let hasFailed = false;
  let isEndless = false;

  parser.on('error', () => {
    // A prefix without namespace is a fault of the scanner's, and no reason to give up; before the root there is no XML.
    hasFailed ||= root === undefined;
  });
  parser.on('opentag', ({ local, uri, attributes }) => {
    root ??= { name: local, namespace: uri };
    open.push(local);
    isEndless ||= open.length > mostOpen;
    if (open.length > deepest || attributesByPath.size === mostPaths) return;
    const path = `/${open.join('/')}`;
    if (attributesByPath.has(path)) return;
    attributesByPath.set(path, new Map(Object.values(attributes).map((attribute) => [attribute.local, attribute.value])));
  });
  parser.on('text', (text) => {
    if (open.length > deepestText || text.length > longestText) return;
    const path = `/${open.join('/')}`;
    const texts = textsByPath.get(path) ?? [];
    if (texts.length === 0 && textsByPath.size < mostPaths) textsByPath.set(path, texts);
    if (texts.length < textsPerPath) texts.push(text.trim());
  });
  parser.on('closetag', () => {
    open.pop();
  });

  let length = 0;
  let isWhole = true;
  for await (const text of decodeXml(source)) {
    for (let at = 0; at < text.length; at += pieceCharacters) {
      writeXml(parser, text.slice(at, at + pieceCharacters));
      if (hasFailed || isEndless) break;
    }
    length += text.length;
    isWhole = extent === 'whole' || length <= firstCharacters;
    if (hasFailed || isEndless || !isWhole) break;
  }
  if (!root || hasFailed) return undefined;
  const { name, namespace } = root;
  return {
    root: name,
    namespace,
    attribute: (path, attribute) => attributesByPath.get(path)?.get(attribute),
    matches: (path, pattern) => textsByPath.get(path)?.some((text) => pattern.test(text)) ?? false,
    has: (...paths) => paths.every((path) => attributesByPath.has(path)),
    isWhole,
  };
}
