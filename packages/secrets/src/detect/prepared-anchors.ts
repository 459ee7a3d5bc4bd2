import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Rule } from '../rules/rule.ts';
import type { Anchor } from './anchor.ts';
import { buildAnchorTable, type AnchorTable } from './build-anchor-table.ts';
import { buildAnchors, findDecoder, type Try } from './build-anchors.ts';
import type { Decoder } from './decode/decoder.ts';

/** The anchors of rules, ready for use. */
export interface PreparedAnchors {
  readonly anchors: readonly Anchor[];
  /** The anchors for the kernel. */
  getTable(): AnchorTable;
  /** What is tried where an anchor stands. */
  listTries(anchorIndex: number): readonly Try[];
}

/** The build writes it beside the compiled code. Source code has none: its rules change between two runs. */
const preparedFile = import.meta.filename.endsWith('.ts') ? undefined : new URL('./anchors.bin', import.meta.url);

/** What `buildAnchors` and `buildAnchorTable` give, from the build where that was made for these rules. */
export function prepareAnchors(rules: readonly Rule[], maxDecodeDepth: number): PreparedAnchors {
  const file = preparedFile && readIfThere(preparedFile);
  return (file && decodeAnchors(file, rules, maxDecodeDepth)) ?? computeAnchors(rules, maxDecodeDepth);
}

function computeAnchors(rules: readonly Rule[], maxDecodeDepth: number): PreparedAnchors {
  const entries = buildAnchors(rules, maxDecodeDepth);
  const anchors = entries.map(({ anchor }) => anchor);
  return { anchors, getTable: () => buildAnchorTable(anchors), listTries: (anchorIndex) => entries[anchorIndex]!.tries };
}

function readIfThere(file: URL): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * A file of anchors: the length of its head (4 bytes), the head (JSON), then the sections one after the other: the kernel's table, all texts,
 * all tries (JSON, each anchor's by itself: few are ever needed), where each text and each anchor's tries end, and the kind of each anchor.
 */
interface Head {
  /** Of the rules. */
  readonly digest: string;
  readonly sectionBytes: readonly number[];
  /** What is the same for many anchors. */
  readonly kinds: readonly Omit<Anchor, 'text'>[];
  readonly table: Omit<AnchorTable, 'bytes'>;
}

/** The anchors of rules, as `decodeAnchors` reads them. */
export function encodeAnchors(rules: readonly Rule[], maxDecodeDepth: number): Buffer {
  const { anchors, getTable, listTries } = computeAnchors(rules, maxDecodeDepth);
  const kinds = new Map<string, number>();
  const kindOf = anchors.map((anchor) => {
    const key = JSON.stringify({ ...anchor, text: undefined });
    if (!kinds.has(key)) kinds.set(key, kinds.size);
    return kinds.get(key)!;
  });
  const texts = anchors.map(({ text }) => text);
  const tries = anchors.map((_, anchorIndex) => JSON.stringify(listTries(anchorIndex), nameDecoder));
  const { bytes, ...table } = getTable();
  const sections = [
    bytes,
    Buffer.from(texts.join(''), 'latin1'),
    Buffer.from(tries.join(''), 'latin1'),
    ...[listEnds(texts), listEnds(tries), kindOf].map((numbers) => new Uint8Array(Uint32Array.from(numbers).buffer)),
  ];
  const head: Head = {
    digest: digestRules(rules, maxDecodeDepth),
    sectionBytes: sections.map(({ length }) => length),
    kinds: [...kinds.keys()].map((key) => JSON.parse(key) as Omit<Anchor, 'text'>),
    table,
  };
  const headText = Buffer.from(JSON.stringify(head));
  return Buffer.concat([new Uint8Array(Uint32Array.of(headText.length).buffer), headText, ...sections]);
}

/** `undefined` when they are those of other rules. */
export function decodeAnchors(file: Buffer, rules: readonly Rule[], maxDecodeDepth: number): PreparedAnchors | undefined {
  let at = 4 + file.readUInt32LE(0);
  const { digest, sectionBytes, kinds, table } = JSON.parse(file.toString('utf8', 4, at)) as Head;
  if (digest !== digestRules(rules, maxDecodeDepth)) return undefined;
  const [bytes, texts, tries, ...numbers] = sectionBytes.map((length) => file.subarray(at, (at += length)));
  const [textEnds, triesEnds, kindOf] = numbers.map((section) => new Uint32Array(new Uint8Array(section).buffer));
  const text = texts!.toString('latin1');
  const known: (readonly Try[] | undefined)[] = [];

  return {
    anchors: Array.from(kindOf!, (kind, i) => new StoredAnchor(kinds[kind]!, text, textEnds![i - 1] ?? 0, textEnds![i]!)),
    getTable: () => ({ bytes: bytes!, ...table }),
    listTries: (index) => (known[index] ??= decodeTries(tries!.toString('latin1', triesEnds![index - 1] ?? 0, triesEnds![index]))),
  };
}

/** There are many thousands, made anew for every scan, and few are ever met. */
class StoredAnchor implements Anchor {
  readonly #kind: Omit<Anchor, 'text'>;
  readonly #texts: string;
  readonly #start: number;
  readonly #end: number;

  constructor(kind: Omit<Anchor, 'text'>, texts: string, start: number, end: number) {
    this.#kind = kind;
    this.#texts = texts;
    this.#start = start;
    this.#end = end;
  }

  get text(): string {
    return this.#texts.slice(this.#start, this.#end);
  }

  get fold(): boolean {
    return this.#kind.fold;
  }

  get scope(): 'line' | 'far' {
    return this.#kind.scope;
  }

  get before(): number {
    return this.#kind.before;
  }

  get after(): number {
    return this.#kind.after;
  }

  get needsOperator(): boolean {
    return this.#kind.needsOperator;
  }

  get atBoundary(): boolean {
    return this.#kind.atBoundary;
  }
}

function decodeTries(encoded: string): readonly Try[] {
  return JSON.parse(encoded, reviveDecoder) as Try[];
}

function nameDecoder(key: string, value: unknown): unknown {
  return key === 'decoder' ? (value as Decoder).encoding : value;
}

function reviveDecoder(key: string, value: unknown): unknown {
  return key === 'decoder' ? findDecoder(value as string) : value;
}

function listEnds(texts: readonly string[]): number[] {
  let end = 0;
  return texts.map(({ length }) => (end += length));
}

function digestRules(rules: readonly Rule[], maxDecodeDepth: number): string {
  const hash = createHash('sha256').update(`${maxDecodeDepth}\n`);
  return hash.update(rules.map(describeRule).join('')).digest('hex');
}

/** All that anchors depend on but the expression, which most rules only build when it is asked for. */
function describeRule({ id, keywords, plainKeywords, lookBehind, reach, maxOffset, multiline, needsOperator }: Rule): string {
  return `${id} ${keywords.join(' ')} ${plainKeywords?.join(' ')} ${lookBehind} ${reach} ${maxOffset} ${multiline} ${needsOperator}\n`;
}
