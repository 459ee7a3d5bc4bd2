import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMasker } from './mask-secrets.ts';

test('every value is replaced by its preview, the longest first', () => {
  const mask = createMasker(['correct-horse-battery', 'correct-horse-battery-staple', 'tr0ub4dor']);

  assert.equal(mask('a correct-horse-battery-staple b tr0ub4dor, correct-horse-battery'), 'a cor...ple b ***, cor...ery');
});

test('text without values and values too short to tell apart are left', () => {
  const mask = createMasker(['abc', 'longer-value']);

  assert.equal(mask('abc longer-valu'), 'abc longer-valu');
});
