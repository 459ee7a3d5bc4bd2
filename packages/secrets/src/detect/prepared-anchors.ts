import { createHash } from 'node:crypto';
import { builtInRules } from '../rules/registry.ts';
import type { Rule } from '../rules/rule.ts';
import type { Anchor, AnchorList } from './anchor.ts';
import { buildAnchorTable, type AnchorTable } from './build-anchor-table.ts';
import { buildAnchors, findDecoder, type DecodeStep, type Try } from './build-anchors.ts';
import type { EncodedForm } from './decode/decoder.ts';
import { keepAnchors, readKeptAnchors } from './kept-anchors.ts';

/** The anchors of rules, ready for use. */
export interface PreparedAnchors {
  /** All of it, in memory that threads can share: see `prepareAnchors`. */
  readonly encoded: Uint8Array;
  readonly anchors: AnchorList;
  /** The anchors as they are searched for. */
  getTable(): AnchorTable;
  /** What is tried where an anchor stands. */
  listTries(anchorIndex: number): readonly Try[];
}

/**
 * What `buildAnchors` and `buildAnchorTable` give: from another thread's `encoded`, or from what was kept, where that was made for these rules. They
 * are many thousands: what is kept of those that had to be worked out is their encoding, too.
 */
export function prepareAnchors(rules: readonly Rule[], maxDecodeDepth: number, encoded?: Uint8Array): PreparedAnchors {
  const digest = digestRules(rules, maxDecodeDepth);
  const known = encoded && decodeAnchors(encoded, digest);
  if (known) return known;
  const kept = readKeptAnchors();
  const fitting = kept && decodeAnchors(kept, digest);
  if (fitting) return fitting;
  const workedOut = encodeAnchors(rules, maxDecodeDepth);
  if (rules.length === builtInRules.length && rules.every((rule, index) => rule === builtInRules[index])) keepAnchors(workedOut);
  return decodeAnchors(workedOut, digest)!;
}

/**
 * A file of anchors: the length of its head (4 bytes), the head (JSON, with blanks up to a multiple of 4), then the sections one after the
 * other: the table, all texts, all tries (JSON, each anchor's by itself: few are ever needed), and three numbers for each anchor: where its
 * text and its tries end, and its kind.
 */
interface Head {
  /** Of the rules. */
  readonly digest: string;
  readonly sectionBytes: readonly number[];
  /** What is the same for many anchors and keywords, and for many steps. */
  readonly kinds: readonly AnchorKind[];
  readonly stepKinds: readonly StepKind[];
  readonly table: Omit<AnchorTable, 'bytes'>;
}

type AnchorKind = Omit<Anchor, 'text'>;

interface StepKind extends Omit<DecodeStep, 'decoder' | 'form'> {
  readonly encoding: string;
  readonly form: Omit<EncodedForm, 'text'>;
}

/** The kind and text of the keyword, the rules, the kind and text of each step by turns, and 1 for what is packed. */
type StoredTry = readonly [
  kind: number,
  keyword: string,
  ruleIndices: readonly number[],
  steps?: readonly (number | string)[],
  isPacked?: 1,
];

const headAlignment = 4;

/** The anchors of rules, as `prepareAnchors` reads them. */
export function encodeAnchors(rules: readonly Rule[], maxDecodeDepth: number): Uint8Array {
  const entries = buildAnchors(rules, maxDecodeDepth);
  const kinds = new Numbering<AnchorKind>();
  const stepKinds = new Numbering<StepKind>();
  const texts = entries.map(({ anchor }) => anchor.text);
  const kindNumbers = entries.map(({ anchor }) => kinds.numberOf(kindOf(anchor)));
  const tries = entries.map((entry) => JSON.stringify(entry.tries.map((own) => storeTry(own, kinds, stepKinds))));
  const { bytes, ...table } = buildAnchorTable(entries.map(({ anchor }) => anchor));
  const sections = [
    bytes,
    Buffer.from(texts.join(''), 'latin1'),
    Buffer.from(tries.join(''), 'latin1'),
    ...[listEnds(texts), listEnds(tries), kindNumbers].map((numbers) => new Uint8Array(Uint32Array.from(numbers).buffer)),
  ];
  const head: Head = {
    digest: digestRules(rules, maxDecodeDepth),
    sectionBytes: sections.map(({ length }) => length),
    kinds: kinds.values,
    stepKinds: stepKinds.values,
    table,
  };
  const headText = Buffer.from(JSON.stringify(head));
  const padding = Buffer.alloc(-headText.length & (headAlignment - 1), ' ');
  const headBytes = new Uint8Array(Uint32Array.of(headText.length + padding.length).buffer);
  return concatShared([headBytes, headText, padding, ...sections]);
}

function concatShared(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(new SharedArrayBuffer(parts.reduce((sum, { length }) => sum + length, 0)));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** `undefined` when they are those of other rules. */
function decodeAnchors(encoded: Uint8Array, wantedDigest: string): PreparedAnchors | undefined {
  const file = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.length);
  let at = 4 + file.readUInt32LE(0);
  const { digest, sectionBytes, kinds, stepKinds, table } = JSON.parse(file.toString('utf8', 4, at)) as Head;
  if (digest !== wantedDigest) return undefined;
  const [bytes, texts, tries, ...numbers] = sectionBytes.map((length) => file.subarray(at, (at += length)));
  const [textEnds, triesEnds, kindNumbers] = numbers.map((section) => new Uint32Array(new Uint8Array(section).buffer));
  const known: (readonly Try[] | undefined)[] = [];

  function readTries(index: number): readonly Try[] {
    const stored = JSON.parse(tries!.toString('latin1', triesEnds![index - 1] ?? 0, triesEnds![index])) as StoredTry[];
    return stored.map((own) => restoreTry(own, kinds, stepKinds));
  }

  function readAnchor(index: number): Anchor {
    return { text: texts!.toString('latin1', textEnds![index - 1] ?? 0, textEnds![index]), ...kinds[kindNumbers![index]!]! };
  }

  return {
    encoded,
    anchors: {
      length: kindNumbers!.length,
      at: readAnchor,
      *[Symbol.iterator]() {
        for (const index of kindNumbers!.keys()) yield readAnchor(index);
      },
    },
    getTable: () => ({ bytes: bytes!, ...table }),
    listTries: (index) => (known[index] ??= readTries(index)),
  };
}

function kindOf({ fold, scope, before, after, needsOperator, atBoundary }: Anchor): AnchorKind {
  return { fold, scope, before, after, needsOperator, atBoundary };
}

function storeTry({ keyword, ruleIndices, steps, isPacked }: Try, kinds: Numbering<AnchorKind>, stepKinds: Numbering<StepKind>): StoredTry {
  const storedSteps = steps.flatMap(({ decoder, form: { text: formText, ...form }, before, after }) => [
    stepKinds.numberOf({ encoding: decoder.encoding, form, before, after }),
    formText,
  ]);
  const stored = [kinds.numberOf(kindOf(keyword)), keyword.text, ruleIndices] as const;
  if (isPacked) return [...stored, storedSteps, 1];
  return steps.length > 0 ? [...stored, storedSteps] : stored;
}

function restoreTry(
  [kind, text, ruleIndices, storedSteps = [], isPacked]: StoredTry,
  kinds: readonly AnchorKind[],
  stepKinds: readonly StepKind[],
): Try {
  const steps: DecodeStep[] = [];
  for (let i = 0; i < storedSteps.length; i += 2) {
    const { encoding, form, before, after } = stepKinds[storedSteps[i] as number]!;
    steps.push({ decoder: findDecoder(encoding)!, form: { text: storedSteps[i + 1] as string, ...form }, before, after });
  }
  return { keyword: { text, ...kinds[kind]! }, ruleIndices, steps, ...(isPacked && { isPacked: true as const }) };
}

/** Gives equal values the same number. */
class Numbering<T> {
  readonly values: T[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(value: T): number {
    const key = JSON.stringify(value);
    let number = this.#numbers.get(key);
    if (number === undefined) this.#numbers.set(key, (number = this.values.push(value) - 1));
    return number;
  }
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
