import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { builtInRules } from '../rules/registry.ts';
import { createSampler } from '../rules/sampler.ts';
import { createDetector } from './detector.ts';
import type { Match } from './detector.ts';
import { createAnchorFinder } from './find-anchors.ts';
import { settleMatches } from './settle-matches.ts';

const detector = createDetector();
const finder = createAnchorFinder(detector.getAnchorTable());

const pieces = builtInRules.flatMap((rule) => [
  ...rule.examples.matches.map((example, index) => example(createSampler(`${rule.id}:${index}`))),
  ...rule.examples.misses.map((example, index) => example(createSampler(`${rule.id}:${index}`))),
]);
const piece = fc.constantFrom(...pieces);
const encodedPiece = piece.map((text) => Buffer.from(text, 'latin1').toString('base64'));
const noise = fc.string({ unit: fc.constantFrom(...'aZ9 _-=:"\'\n\r\t{}/+%\\,;.@$xkeypassword'), maxLength: 120 });
const text = fc
  .array(fc.oneof(piece, noise, encodedPiece, encodedPiece.map(wrapLines)), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join('\n'));

test('what is found at an anchor depends on nothing outside of the window it declares', () => {
  const cases = fc.property(text, noise, noise, fc.nat(), (middle, before, after, seed) => {
    const content = Buffer.from(`${before}\n${middle}\n${after}`, 'latin1');

    for (const { at, anchorIndex } of listHits(content)) {
      const { changed, shift } = changeOutside(content, at, anchorIndex, seed);

      assert.deepEqual(verifyAt(changed, at + shift, anchorIndex, shift), verifyAt(content, at, anchorIndex, 0));
    }
  });
  fc.assert(cases, { numRuns: 150 });
});

test('a scan is what verifying each anchor gives, in any order', () => {
  const cases = fc.property(text, (whole) => {
    const content = Buffer.from(whole, 'latin1');
    const matches: Match[] = [];

    for (const { at, anchorIndex } of listHits(content).toReversed()) detector.verify(content, at, anchorIndex, matches);

    if (!detector.isWrapped(content)) assert.deepEqual(settleMatches(matches), detector.scan(content));
  });
  fc.assert(cases, { numRuns: 100 });
});

test('settling matches in parts and then together gives the same as settling them at once', () => {
  const cases = fc.property(text, fc.nat(), (whole, cut) => {
    const content = Buffer.from(whole, 'latin1');
    const matches: Match[] = [];
    for (const { at, anchorIndex } of listHits(content)) detector.verify(content, at, anchorIndex, matches);
    const border = cut % (matches.length + 1);

    const inParts = settleMatches([...settleMatches(matches.slice(border)), ...settleMatches(matches.slice(0, border))]);

    assert.deepEqual(inParts, settleMatches(matches));
  });
  fc.assert(cases, { numRuns: 100 });
});

test('two detectors of the same options find the same, again and again', () => {
  const content = Buffer.from(pieces.slice(0, 200).join('\n'), 'latin1');
  const other = createDetector(structuredClone({}));

  const first = detector.scan(content);

  assert.ok(first.length > 50);
  assert.deepEqual(detector.scan(content), first);
  assert.deepEqual(other.scan(content), first);
});

function listHits(content: Buffer): { at: number; anchorIndex: number }[] {
  const count = finder.find(content, 0, content.length);
  return Array.from({ length: count }, (_, i) => ({ at: finder.hits[2 * i]!, anchorIndex: finder.hits[2 * i + 1]! }));
}

function verifyAt(content: Buffer, at: number, anchorIndex: number, shift: number): Match[] {
  const matches: Match[] = [];
  detector.verify(content, at, anchorIndex, matches);
  return settleMatches(matches).map((match) => ({
    ...match,
    start: match.start - shift,
    end: match.end - shift,
    secretStart: match.secretStart - shift,
    secretEnd: match.secretEnd - shift,
  }));
}

/** Replaces everything outside of the anchor's window: by other bytes, more or fewer of them, with the window's own ends in mind. */
function changeOutside(content: Buffer, at: number, anchorIndex: number, seed: number): { changed: Buffer; shift: number } {
  const { scope, before, after } = detector.anchors.at(anchorIndex)!;
  let from = Math.max(0, at - before);
  let to = Math.min(content.length, at + after);
  if (scope === 'line') {
    const lineStart = content.lastIndexOf(0x0a, at - 1) + 1;
    const lineEnd = content.indexOf(0x0a, at);
    // The line feed itself is what tells that the line ends.
    if (at > 0) from = Math.max(from, lineStart - 1, 0);
    if (lineEnd !== -1) to = Math.min(to, lineEnd + 1);
  }
  const filler = (length: number): Buffer => Buffer.from(createSampler(`${seed}`).from('aA0+/=_-"\' :\n', length), 'latin1');
  const head = from === 0 ? Buffer.alloc(0) : filler(seed % 400);
  const tail = to === content.length ? Buffer.alloc(0) : filler((seed >> 4) % 400);
  // At least one byte stays outside: whether content begins or ends at the window's border is part of what may be seen.
  const outsideHead = from === 0 ? head : Buffer.concat([head, Buffer.from('z')]);
  const outsideTail = to === content.length ? tail : Buffer.concat([Buffer.from('z'), tail]);
  return { changed: Buffer.concat([outsideHead, content.subarray(from, to), outsideTail]), shift: outsideHead.length - from };
}

function wrapLines(encoded: string): string {
  return encoded.replaceAll(/.{64}/g, '$&\n');
}
