import { tokenStart } from '../rules/forms.ts';
import type { Rule } from '../rules/rule.ts';
import type { Anchor } from './anchor.ts';
import { base64 } from './decode/base64.ts';
import type { Decoder, EncodedForm } from './decode/decoder.ts';
import { characterReference, hexEscape, jsonEscape, percent, unicodeEscape } from './decode/escapes.ts';
import { hex } from './decode/hex.ts';
import { utf16le } from './decode/utf16.ts';
import { operatorReach } from './is-assigned-after.ts';
import { contextBefore, defaultReach } from './match-at-anchor.ts';

/** What is to be tried where an anchor stands. */
export interface AnchorTries {
  readonly anchor: Anchor;
  readonly tries: readonly Try[];
}

/** Rules of one keyword, and how to get from the anchor to that keyword: the decoding steps, outermost first; none in plain text. */
export interface Try {
  readonly keyword: Anchor;
  readonly ruleIndices: readonly number[];
  readonly steps: readonly DecodeStep[];
  /** Instead of rules: what begins with the keyword is packed, and is opened. */
  readonly isPacked?: true;
}

export interface DecodeStep {
  readonly decoder: Decoder;
  readonly form: EncodedForm;
  /** How many decoded bytes around the next step's anchor are needed. */
  readonly before: number;
  readonly after: number;
}

const anywhere: readonly Decoder[] = [base64, hex];
const inMarks: readonly Decoder[] = [percent, unicodeEscape, hexEscape, characterReference, jsonEscape];

/** What is looked through besides base64 in base64, for tokens that begin with letters of their own: each pair is some anchors for every one. */
const pairs: readonly { readonly outer: Decoder; readonly inner: Decoder }[] = [
  { outer: base64, inner: utf16le },
  { outer: base64, inner: hex },
  { outer: base64, inner: percent },
  { outer: hex, inner: base64 },
  { outer: hex, inner: utf16le },
  { outer: hex, inner: hex },
  { outer: percent, inner: percent },
];

/** The first bytes of gzip (RFC 1952), zip and zstd (RFC 8878). */
const packedStarts = ['\x1f\x8b\x08', 'PK\x03\x04', '\x28\xb5\x2f\xfd'];
/** Kubernetes keeps releases of Helm so, of 1 MiB at most. Of longer ones the beginning is unpacked. */
const maxPackedBytes = 4 << 20;
/** Enough to see whether a line of base64 goes on from the one before. */
const packedBefore = 96;

/** By the name of its encoding. */
export function findDecoder(encoding: string): Decoder | undefined {
  return [...anywhere, ...inMarks, utf16le].find((decoder) => decoder.encoding === encoding);
}

/** Every text at which something is tried: the keywords of all rules, and how they look encoded. Bounds are the widest of what is tried. */
export function buildAnchors(rules: readonly Rule[], maxDecodeDepth: number): AnchorTries[] {
  const byText = new Map<string, { anchor: Anchor; tries: Try[] }>();
  const add = (anchor: Anchor, own: Try): void => {
    const key = (anchor.fold ? 'i' : 'x') + anchor.text;
    const known = byText.get(key);
    if (!known) {
      byText.set(key, { anchor, tries: [own] });
    } else {
      known.anchor = widen(known.anchor, anchor);
      known.tries.push(own);
    }
  };

  const addAll = (encoded: readonly AnchoredTry[]): void => encoded.forEach(({ anchor, own }) => add(anchor, own));
  const plainKeywords = new Set(rules.flatMap((rule) => rule.plainKeywords ?? []));
  for (const { keyword, ruleIndices } of groupByKeyword(rules)) {
    const plain: Try = { keyword, ruleIndices, steps: [] };
    add(keyword, plain);
    if (maxDecodeDepth === 0 || plainKeywords.has(keyword.text) || !isPrintable(keyword.text)) continue;
    for (const text of listSpellings(keyword)) {
      for (const decoder of anywhere) addAll(encodeDeeply(decoder, text, plain, maxDecodeDepth));
    }
    if (maxDecodeDepth > 1) addAll(encodeInPairs(plain));
    if (!isEscaped(keyword)) continue;
    for (const decoder of inMarks) addAll(encode(decoder, keyword.text, plain));
  }
  if (maxDecodeDepth > 0) addAll(packedStarts.flatMap((start) => encodePacked(start, maxDecodeDepth)));
  return [...byText.values()];
}

interface AnchoredTry {
  readonly anchor: Anchor;
  readonly own: Try;
}

/** A text in an encoding: what to look for, and how to get from there to what `inner` tries. */
function encode(decoder: Decoder, text: string, inner: Try): AnchoredTry[] {
  const [next] = inner.steps;
  // How far the windows of single lines reach is what every change to a long line costs.
  const isLine = decoder.isLineBound && inner.keyword.scope === 'line';
  const before = Math.min(next ? next.decoder.encodedLength(next.before) : inner.keyword.before, isLine ? maxEscapedBefore : Infinity);
  const after = Math.min(next ? next.decoder.encodedLength(next.after) : inner.keyword.after, isLine ? maxEscapedAfter : Infinity);
  return decoder.listForms(text).map((form) => ({
    anchor: {
      text: form.text,
      fold: form.fold,
      scope: isLine ? 'line' : 'far',
      before: decoder.encodedLength(before),
      after: decoder.encodedLength(after),
      needsOperator: false,
      atBoundary: false,
    },
    own: { ...inner, steps: [{ decoder, form, before, after }, ...inner.steps] },
  }));
}

/** Text that was encoded more than once was, in most that is known, encoded in base64 each time. */
function encodeDeeply(decoder: Decoder, text: string, inner: Try, depth: number): AnchoredTry[] {
  return encode(decoder, text, inner).flatMap((once) => {
    const { form } = once.own.steps[0]!;
    const isDeeper = depth > 1 && decoder === base64 && form.text.length >= minTwiceEncoded;
    return isDeeper ? [once, ...encodeDeeply(base64, form.text, once.own, depth - 1)] : [once];
  });
}

function encodeInPairs(plain: Try): AnchoredTry[] {
  const { text, fold } = plain.keyword;
  if (fold || text.length < minEncodedKeyword) return [];
  return pairs.flatMap(({ outer, inner }) => {
    if (inner === percent && !isEscaped(plain.keyword)) return [];
    return encode(inner, text, plain).flatMap(({ own }) => {
      const { form } = own.steps[0]!;
      // Digits in hex and percent are of either case, which only shows in what is encoded again.
      const texts = form.fold ? new Set([form.text, form.text.toUpperCase()]) : [form.text];
      return [...texts].flatMap((spelled) => encode(outer, spelled, own));
    });
  });
}

/** Packed content is encoded from its first byte on. */
function encodePacked(start: string, maxDecodeDepth: number): AnchoredTry[] {
  const keyword: Anchor = {
    text: start,
    fold: false,
    scope: 'far',
    before: packedBefore,
    after: maxPackedBytes,
    needsOperator: false,
    atBoundary: false,
  };
  const fromStart = (text: string, inner: Try): AnchoredTry[] =>
    encode(base64, text, inner).filter(({ own }) => own.steps[0]!.form.phase === 0);
  const once = fromStart(start, { keyword, ruleIndices: [], steps: [], isPacked: true });
  return maxDecodeDepth === 1 ? once : [...once, ...once.flatMap(({ own }) => fromStart(own.steps[0]!.form.text, own))];
}

const minTwiceEncoded = 5;
const maxEscapedBefore = 128;
const maxEscapedAfter = 640;
const minEncodedKeyword = 4;

/** The spellings of a keyword that are looked for in encoded text, where case cannot be ignored. */
function listSpellings({ text, fold, needsOperator }: Anchor): string[] {
  if (text.length < minEncodedKeyword) return [];
  if (!fold) return [text];
  return needsOperator ? [text, text.toUpperCase()] : [];
}

/** The name of a provider is never escaped, nor what stands around a key of several lines; addresses and what a token begins with are. */
function isEscaped({ text, fold, scope }: Anchor): boolean {
  return scope === 'far' ? !fold && /^\w+$/.test(text) : !fold || /[^a-z0-9_.\- ]/.test(text);
}

function isPrintable(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text);
}

function groupByKeyword(rules: readonly Rule[]): { keyword: Anchor; ruleIndices: number[] }[] {
  const byText = new Map<string, { keyword: Anchor; ruleIndices: number[] }>();
  for (const [ruleIndex, rule] of rules.entries()) {
    for (const text of new Set(rule.keywords)) {
      const keyword = describeKeyword(rule, text);
      const key = `${keyword.fold ? 'i' : 'x'}${keyword.text}`;
      const known = byText.get(key);
      if (known) byText.set(key, { keyword: widen(known.keyword, keyword), ruleIndices: [...known.ruleIndices, ruleIndex] });
      else byText.set(key, { keyword, ruleIndices: [ruleIndex] });
    }
  }
  return [...byText.values()];
}

function describeKeyword(rule: Rule, text: string): Anchor {
  const fold = rule.expression.ignoreCase;
  // A keyword that ends in an operator already has what others need to be followed by.
  const needsOperator = (rule.needsOperator ?? false) && !/[:=]$/.test(text);
  return {
    text: fold ? text.toLowerCase() : text,
    fold,
    scope: rule.multiline ? 'far' : 'line',
    // Up to `maxOffset` the window is cut by the start of the content, and so shows where it is.
    before: Math.max(rule.lookBehind ?? 0, rule.maxOffset ?? 0) + contextBefore,
    after: Math.max(rule.reach ?? defaultReach, needsOperator ? text.length + operatorReach + 16 : 0),
    needsOperator,
    atBoundary: (rule.lookBehind ?? 0) === 0 && rule.expression.source.startsWith(tokenStart) && /^[A-Za-z0-9_]/.test(text),
  };
}

function widen(known: Anchor, other: Anchor): Anchor {
  return {
    text: known.text,
    fold: known.fold,
    scope: known.scope === 'far' || other.scope === 'far' ? 'far' : 'line',
    before: Math.max(known.before, other.before),
    after: Math.max(known.after, other.after),
    needsOperator: known.needsOperator && other.needsOperator,
    atBoundary: known.atBoundary && other.atBoundary,
  };
}
