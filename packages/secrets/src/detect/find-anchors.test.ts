import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Anchor } from './anchor.ts';
import { buildAnchorTable } from './build-anchor-table.ts';
import { createAnchorFinder } from './find-anchors.ts';

const anchorDefaults = { scope: 'line', before: 4, after: 64, needsOperator: false, atBoundary: false } as const;

test('an anchor is found at the first and at the last byte', () => {
  const finder = createAnchorFinder(buildAnchorTable([anAnchor('key')]));

  assert.deepEqual(findAll(finder, 'key and key'), ['0:0', '8:0']);
});

test('without case, only ASCII letters are folded', () => {
  const finder = createAnchorFinder(buildAnchorTable([{ ...anAnchor('key[1]'), fold: true }]));

  assert.deepEqual(findAll(finder, 'KEY[1] key{1} kEy[1]'), ['0:0', '14:0']);
});

test('an anchor that needs an operator is passed over in prose', () => {
  const finder = createAnchorFinder(buildAnchorTable([{ ...anAnchor('password'), needsOperator: true }]));

  assert.deepEqual(findAll(finder, 'the password of the user is here'), []);
  assert.deepEqual(findAll(finder, 'password_prod = "x"'), ['0:0']);
  assert.deepEqual(findAll(finder, 'set(password, value)'), []);
  assert.deepEqual(findAll(finder, 'set("password", "value")'), ['5:0']);
  assert.deepEqual(findAll(finder, 'password:\n next'), []);
});

test('the finder reports exactly the places that a naive search reports, however the content is cut into ranges', () => {
  const letters = fc.constantFrom(
    'a',
    'A',
    'b',
    'k',
    'K',
    '_',
    '-',
    '=',
    ' ',
    '"',
    '\n',
    '(',
    '\\',
    'n',
    '%',
    '\xe9',
    '<',
    '3',
    'D',
    '@',
    '{',
    '*',
    '\x1b[',
    '1',
    ';',
    'm',
  );
  const anchorText = fc.string({ unit: fc.constantFrom('a', 'b', 'k', '_', '-'), minLength: 3, maxLength: 7 });
  const anchor = fc
    .tuple(anchorText, fc.boolean(), fc.boolean(), fc.boolean())
    .map(([text, fold, needsOperator, atBoundary]): Anchor => ({ ...anAnchor(text), fold, needsOperator, atBoundary }));
  const cases = fc.property(
    fc.array(anchor, { minLength: 1, maxLength: 12 }),
    fc.string({ unit: letters, maxLength: 200 }),
    fc.nat(),
    (anchors, text, cut) => {
      const finder = createAnchorFinder(buildAnchorTable(anchors));
      const border = cut % (text.length + 1);

      const found = [...findAll(finder, text, 0, border), ...findAll(finder, text, border, text.length)];

      assert.deepEqual(found.sort(), findNaively(anchors, text).sort());
    },
  );
  fc.assert(cases, { numRuns: 2000 });
});

function anAnchor(text: string): Anchor {
  return { text, fold: false, ...anchorDefaults };
}

function findAll(finder: ReturnType<typeof createAnchorFinder>, text: string, from = 0, to = text.length): string[] {
  const count = finder.find(Buffer.from(text, 'latin1'), from, to);
  return Array.from({ length: count }, (_, i) => `${finder.hits[2 * i]}:${finder.hits[2 * i + 1]}`);
}

/** The definition in `anchor.ts` and `is-assigned-after.ts`, spelled as an expression a place. */
function findNaively(anchors: readonly Anchor[], text: string): string[] {
  const places: string[] = [];
  for (const [index, { text: literal, fold, atBoundary, needsOperator }] of anchors.entries()) {
    for (let at = 0; at + literal.length <= text.length; at++) {
      const piece = text.slice(at, at + literal.length);
      if ((fold ? piece.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : piece) !== literal) continue;
      if (atBoundary && /[A-Za-z0-9_]$/.test(text.slice(0, at)) && !/(\\[nrt]|%[0-9A-Fa-f]{2}|\x1b\[[0-9;]{0,5}m)$/.test(text.slice(0, at)))
        continue;
      const after =
        /^[\w.\-[\])}$!?*"'\\` \t]{0,64}(?:[=:|>][^\n]|<-|%3[Dd]|[,({@][ \t\\]{0,7}["'`])|^[\w.\-[\])}$!?*"'\\` \t]{0,63}[ \t]["'`]/;
      if (needsOperator && !after.test(text.slice(at + literal.length))) continue;
      places.push(`${at}:${index}`);
    }
  }
  return places;
}
