import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { neutralizeText } from './neutralize-text.ts';

test('control, reordering and invisible characters are written out', () => {
  const examples = new Map([
    ['\u001B[31mred', '\\x1b[31mred'],
    ['a\nb\r\tc', 'a\\nb\\r\\tc'],
    ['\u009B2J', '\\x9b2J'],
    ['\u202Egpj.exe', '\\u202egpj.exe'],
    ['zero\u200Bwidth', 'zero\\u200bwidth'],
    ['\u2028', '\\u2028'],
    ['\u{E0041}', '\\u{e0041}'],
    ['\uD800', '\\ud800'],
    ['日本語 é 😀', '日本語 é 😀'],
  ]);

  for (const [text, expected] of examples) assert.equal(neutralizeText(text), expected);
});

test('nothing that a terminal acts on is left of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(neutralizeText(text), /[\0-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
    }),
  );
});
