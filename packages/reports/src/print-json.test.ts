import assert from 'node:assert/strict';
import test from 'node:test';
import { printJson } from './print-json.ts';

test('what a terminal obeys is escaped, and the same again once parsed', () => {
  const value = { text: 'a\u001b[31m\u007f\u009b31m\u202e\u2028\u{e0041}é😀"\\' };

  const text = printJson(value);

  assert.match(text, /^[^\0-\x1f\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]*$/u);
  assert.deepEqual(JSON.parse(text), value);
  assert.ok(text.includes('é😀'));
});
