import { tokenStart } from '../rules/forms.ts';
import type { Rule } from '../rules/rule.ts';
import type { Anchor } from './anchor.ts';
import { base64 } from './decode/base64.ts';
import type { Decoder, EncodedForm } from './decode/decoder.ts';
import { characterReference, hexEscape, jsonEscape, percent, unicodeEscape } from './decode/escapes.ts';
import { hex } from './decode/hex.ts';
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

/** By the name of its encoding. */
export function findDecoder(encoding: string): Decoder | undefined {
  return [...anywhere, ...inMarks].find((decoder) => decoder.encoding === encoding);
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

  const plainKeywords = new Set(rules.flatMap((rule) => rule.plainKeywords ?? []));
  for (const { keyword, ruleIndices } of groupByKeyword(rules)) {
    const plain: Try = { keyword, ruleIndices, steps: [] };
    add(keyword, plain);
    if (maxDecodeDepth === 0 || plainKeywords.has(keyword.text) || !isPrintable(keyword.text)) continue;
    for (const text of listSpellings(keyword)) {
      for (const decoder of anywhere) addEncoded(decoder, text, plain, maxDecodeDepth, add);
    }
    // The name of a provider is never escaped; addresses and what a token begins with are.
    if (keyword.scope === 'far' || (keyword.fold && !/[^a-z0-9_.\- ]/.test(keyword.text))) continue;
    for (const decoder of inMarks) addEncoded(decoder, keyword.text, plain, 1, add);
  }
  return [...byText.values()];
}

function addEncoded(decoder: Decoder, text: string, inner: Try, depth: number, add: (anchor: Anchor, own: Try) => void): void {
  const [next] = inner.steps;
  // How far the windows of single lines reach is what every change to a long line costs.
  const isLine = decoder.isLineBound && inner.keyword.scope === 'line';
  const before = Math.min(next ? next.decoder.encodedLength(next.before) : inner.keyword.before, isLine ? maxEscapedBefore : Infinity);
  const after = Math.min(next ? next.decoder.encodedLength(next.after) : inner.keyword.after, isLine ? maxEscapedAfter : Infinity);
  for (const form of decoder.listForms(text)) {
    const own: Try = { ...inner, steps: [{ decoder, form, before, after }, ...inner.steps] };
    add(
      {
        text: form.text,
        fold: form.fold,
        scope: isLine ? 'line' : 'far',
        before: decoder.encodedLength(before),
        after: decoder.encodedLength(after),
        needsOperator: false,
        atBoundary: false,
      },
      own,
    );
    // Text that was encoded twice was, in all that is known, encoded in base64 both times.
    if (depth > 1 && decoder === base64 && form.text.length >= minTwiceEncoded) addEncoded(base64, form.text, own, depth - 1, add);
  }
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
