import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBase62 } from './base62.ts';

test('a number is written in base 62 with digits before upper before lower case, padded to the width', () => {
  assert.equal(toBase62(0, 6), '000000');
  assert.equal(toBase62(9, 1), '9');
  assert.equal(toBase62(10, 1), 'A');
  assert.equal(toBase62(35, 1), 'Z');
  assert.equal(toBase62(36, 1), 'a');
  assert.equal(toBase62(61, 1), 'z');
  assert.equal(toBase62(62, 6), '000010');
  // 4·62⁵ + 42·62⁴ + 41·62³ + 15·62² + 12·62 + 3 = 2³² - 1
  assert.equal(toBase62(0xffff_ffff, 6), '4gfFC3');
});
